import Testing

@testable import ketwork

@Suite("numbers as people read them")
struct FormatTests {
  @Test("counts have separators", arguments: [(0, "0"), (999, "999"), (1000, "1,000"), (-1_234_567, "-1,234,567")])
  func counts(_ number: Int, _ text: String) { #expect(Format.count(number) == text) }

  @Test(
    "times and sizes have three digits and a unit",
    arguments: [(0.000_812, "812 µs"), (3.414, "3.41 s"), (0.0999, "99.9 ms"), (12e-9, "12.0 ns"), (0, "0 ns"), (123.4, "123 s")])
  func times(_ seconds: Double, _ text: String) { #expect(Format.seconds(seconds) == text) }

  @Test(
    "fixed places round to nearest",
    arguments: [(0.615577734, 8, "0.61557773"), (-0.0004, 3, "0.000"), (1.5, 0, "2"), (-2.25, 1, "-2.3")])
  func fixed(_ value: Double, _ places: Int, _ text: String) { #expect(Format.fixed(value, places: places) == text) }

  @Test("sizes climb in powers of 1024")
  func bytes() {
    #expect(Format.bytes(512) == "512 B")
    #expect(Format.bytes(128 * 1024 * 1024) == "128 MiB")
    #expect(Format.bytes(0x1p63) == "8.00 EiB")
  }
}
