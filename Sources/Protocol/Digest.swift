internal import Crypto
internal import FoundationEssentials

/// A SHA-256 digest: 32 bytes that name content.
public struct Digest: Hashable, Sendable, Comparable, CustomStringConvertible {
  /// How many bytes a digest has.
  public static let byteCount = 32

  /// Four big-endian words, so that comparing words compares bytes.
  private var words: (UInt64, UInt64, UInt64, UInt64)

  /// Digests bytes.
  public init(of bytes: [UInt8]) {
    self.init(SHA256.hash(data: bytes))
  }

  /// Reads a digest from its 32 bytes.
  ///
  /// - Returns: `nil` unless there are exactly 32.
  public init?(bytes: some Collection<UInt8>) {
    guard bytes.count == Digest.byteCount else { return nil }
    var words: [UInt64] = [0, 0, 0, 0]
    for (index, byte) in bytes.enumerated() { words[index / 8] = words[index / 8] << 8 | UInt64(byte) }
    self.words = (words[0], words[1], words[2], words[3])
  }

  /// Reads a digest from 64 hexadecimal digits.
  public init?(_ text: String) {
    let digits = text.utf8.map { Hexadecimal.value(of: $0) }
    guard digits.count == 2 * Digest.byteCount, digits.allSatisfy({ $0 != nil }) else { return nil }
    self.init(bytes: stride(from: 0, to: digits.count, by: 2).map { digits[$0]! << 4 | digits[$0 + 1]! })
  }

  init(_ hash: SHA256.Digest) {
    self.init(bytes: Array(hash))!
  }

  /// The 32 bytes.
  public var bytes: [UInt8] {
    [words.0, words.1, words.2, words.3].flatMap { word in
      stride(from: 56, through: 0, by: -8).map { UInt8(truncatingIfNeeded: word >> UInt64($0)) }
    }
  }

  /// 64 hexadecimal digits.
  public var description: String { Hexadecimal.text(bytes) }

  /// Whether all 32 bytes are equal.
  public static func == (a: Digest, b: Digest) -> Bool { a.words == b.words }
  /// Byte order.
  public static func < (a: Digest, b: Digest) -> Bool { a.words < b.words }

  /// Feeds one word of the digest, which is as uniform as all four.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(words.0)
  }
}

/// A SHA-256 computation fed piece by piece.
package struct DigestBuilder: Sendable {
  private var hasher = SHA256()

  package init() {}

  /// Appends bytes to what is digested.
  package mutating func append(_ bytes: some Sequence<UInt8>) {
    hasher.update(data: Data(bytes))
  }

  /// The digest of all that was appended.
  package func finish() -> Digest { Digest(hasher.finalize()) }
}

/// Lower-case hexadecimal.
enum Hexadecimal {
  static func text(_ bytes: some Sequence<UInt8>) -> String {
    let digits = Array("0123456789abcdef".utf8)
    return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }

  static func value(of digit: UInt8) -> UInt8? {
    switch digit {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
    default: nil
    }
  }
}
