import Testing
import ZeroMQ

@Suite struct Z85Tests {
  /// The example of RFC 32/Z85.
  @Test("the specification's example encodes and decodes")
  func specification() {
    let bytes: [UInt8] = [0x86, 0x4f, 0xd2, 0x6f, 0xb5, 0x59, 0xf7, 0x5b]
    #expect(Z85.encode(bytes) == "HelloWorld")
    #expect(Z85.decode("HelloWorld") == bytes)
  }

  @Test("extremes survive a round trip", arguments: [[], [0, 0, 0, 0], [255, 255, 255, 255], Array(0..<32)] as [[UInt8]])
  func roundTrip(_ bytes: [UInt8]) throws {
    let text = try #require(Z85.encode(bytes))
    #expect(text.utf8.count == bytes.count / 4 * 5)
    #expect(Z85.decode(text) == bytes)
  }

  @Test("what is no Z85 is refused", arguments: ["a", "abcd", "abcdef", "Hello World", "#####", "%nSc1", "Héllo", "abc~d"])
  func refused(_ text: String) {
    #expect(Z85.decode(text) == nil)
  }

  @Test("bytes that are not whole groups of four have no text")
  func unevenBytes() {
    #expect(Z85.encode([1, 2, 3]) == nil)
  }
}
