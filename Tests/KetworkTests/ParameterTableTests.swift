import Foundation
import Testing

@testable import ketwork

/// A file that is removed with the test.
private func withFile<T>(_ name: String, _ text: String, _ body: (String) throws -> T) throws -> T {
  let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { do { try FileManager.default.removeItem(at: folder) } catch { Issue.record(error) } }
  let path = folder.appending(path: name)
  try Data(text.utf8).write(to: path)
  return try body(path.path)
}

@Suite("parameter files")
struct ParameterTableTests {
  @Test("a table has a header of names; blanks, comments and quotes are not in the way")
  func csv() throws {
    let table = try withFile("p.csv", "# comment\n\"a\", b\r\n1, 2.5\n\n-3e-1,4\n") { try ParameterTable(path: $0) }
    #expect(table.names == ["a", "b"])
    #expect(table.rows == [[1, 2.5], [-0.3, 4]])
  }

  @Test(
    "what is not a table is refused with its line",
    arguments: [
      ("", "empty"), ("a,b\n", "no rows"), ("a,b\n1\n", ":2: 1 values for 2 columns"), ("a,b\n1,x\n", ":2: column 2 is 'x'"),
      ("a,a\n1,2\n", "'a' is there twice"), ("a\nnan\n", "finite"), ("a\n1\ninf\n", "row 2"),
    ])
  func refusals(_ text: String, _ message: String) throws {
    try withFile("p.csv", text) { path in
      let failure = #expect(throws: Failure.self) { try ParameterTable(path: path) }
      #expect(failure?.status == .invalidData)
      #expect(failure?.description.contains(message) == true, "\(String(describing: failure))")
    }
  }

  @Test("a missing file and a folder are refused by name")
  func missing() throws {
    for path in ["/nowhere/p.csv", "/tmp"] {
      let failure = #expect(throws: Failure.self) { try ParameterTable(path: path) }
      #expect(failure?.status == .noInput)
      #expect(failure?.description.contains(path) == true)
    }
  }
}
