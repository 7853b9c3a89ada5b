/// The name of a job: 128 bits that sort by the time of acceptance, written as 26 letters and digits.
///
/// The text is Crockford's base 32 in lower case, most significant digit first, so texts sort as jobs do.
///
/// Source: D. Crockford, "Base 32" (crockford.com/base32.html); the layout follows the ULID specification.
public struct JobID: Hashable, Sendable, Comparable, CustomStringConvertible {
  /// Milliseconds since 1970 in the upper 48 bits, random below.
  public let high: UInt64
  /// Random.
  public let low: UInt64

  /// Makes a name of its two words.
  public init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// Makes a name for a job accepted at a time, with 80 random bits.
  package init(unixMilliseconds: UInt64, using generator: inout some RandomNumberGenerator) {
    self.init(high: unixMilliseconds << 16 | generator.next() & 0xffff, low: generator.next())
  }

  private static let digits = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)

  /// Reads the 26 characters that ``description`` writes, in either case.
  public init?(_ text: String) {
    let characters = Array(text.utf8)
    guard characters.count == 26 else { return nil }
    var (high, low): (UInt64, UInt64) = (0, 0)
    for (place, character) in characters.enumerated() {
      let lower = character >= 0x41 && character <= 0x5a ? character + 0x20 : character
      guard let digit = JobID.digits.firstIndex(of: lower), place > 0 || digit < 8 else { return nil }
      high = high << 5 | low >> 59
      low = low << 5 | UInt64(digit)
    }
    self.init(high: high, low: low)
  }

  /// The 26 characters.
  public var description: String {
    var (high, low) = (high, low)
    var text = [UInt8](repeating: 0, count: 26)
    for place in stride(from: 25, through: 0, by: -1) {
      text[place] = JobID.digits[Int(low & 31)]
      low = low >> 5 | high << 59
      high >>= 5
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// The 16 bytes, big-endian: byte order is time order.
  package var bytes: [UInt8] {
    [high, low].flatMap { word in stride(from: 56, through: 0, by: -8).map { UInt8(truncatingIfNeeded: word >> UInt64($0)) } }
  }

  package init?(bytes: some Collection<UInt8>) {
    guard bytes.count == 16 else { return nil }
    var (high, low): (UInt64, UInt64) = (0, 0)
    for (index, byte) in bytes.enumerated() {
      if index < 8 { high = high << 8 | UInt64(byte) } else { low = low << 8 | UInt64(byte) }
    }
    self.init(high: high, low: low)
  }

  /// The order of acceptance, to the millisecond.
  public static func < (a: JobID, b: JobID) -> Bool { (a.high, a.low) < (b.high, b.low) }
}
