/// The text form of binary keys: 5 printable characters for every 4 bytes.
///
/// Source: ZeroMQ RFC 32/Z85.
public enum Z85 {
  private static let alphabet = [UInt8](
    "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#".utf8)

  private static let values: [UInt8?] = {
    var values = [UInt8?](repeating: nil, count: 256)
    for (value, character) in alphabet.enumerated() { values[Int(character)] = UInt8(value) }
    return values
  }()

  /// The text of some bytes, `nil` unless their count is a multiple of 4.
  public static func encode(_ bytes: [UInt8]) -> String? {
    guard bytes.count.isMultiple(of: 4) else { return nil }
    var text: [UInt8] = []
    for start in stride(from: 0, to: bytes.count, by: 4) {
      var value = bytes[start..<start + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
      var digits = [UInt8](repeating: 0, count: 5)
      for position in stride(from: 4, through: 0, by: -1) {
        digits[position] = alphabet[Int(value % 85)]
        value /= 85
      }
      text += digits
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// The bytes of a text, `nil` unless it is whole groups of 5 known characters, each group below 2³².
  public static func decode(_ text: String) -> [UInt8]? {
    let characters = [UInt8](text.utf8)
    guard characters.count.isMultiple(of: 5) else { return nil }
    var bytes: [UInt8] = []
    for start in stride(from: 0, to: characters.count, by: 5) {
      var value: UInt64 = 0
      for character in characters[start..<start + 5] {
        guard let digit = values[Int(character)] else { return nil }
        value = value * 85 + UInt64(digit)
      }
      guard let word = UInt32(exactly: value) else { return nil }
      bytes += [UInt8(word >> 24), UInt8(word >> 16 & 0xff), UInt8(word >> 8 & 0xff), UInt8(word & 0xff)]
    }
    return bytes
  }
}
