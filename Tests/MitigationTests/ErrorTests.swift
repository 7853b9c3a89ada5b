import Testing

@testable import Mitigation

@Suite("errors of mitigation")
struct ErrorTests {
  @Test("an error says its message and its code")
  func description() {
    #expect(MitigationError(.singular, "a matrix").description == "a matrix [singular]")
  }
}
