/// How often each outcome was drawn, outcomes in ascending order.
///
/// An outcome is kept as packed bytes, not as text: ten thousand circuits have millions of them.
public struct Counts: Hashable, Sendable {
  /// Bits of an outcome.
  public let bitCount: Int
  /// How often each outcome was drawn.
  public let values: [UInt64]
  /// ⌈bitCount / 8⌉ bytes an outcome, little-endian.
  let keys: [UInt8]

  /// Makes counts of outcomes that fit a word, in any order.
  ///
  /// - Parameters:
  ///   - bitCount: Bits of an outcome, at most 64.
  ///   - outcomes: Basis states with how often each was drawn; none twice.
  public init(bitCount: Int, outcomes: [(state: UInt64, count: Int)]) {
    precondition((0...64).contains(bitCount), "outcomes of \(bitCount) bits do not fit a word")
    let sorted = outcomes.sorted { $0.state < $1.state }
    let width = (bitCount + 7) / 8
    var keys: [UInt8] = []
    keys.reserveCapacity(width * sorted.count)
    for (state, _) in sorted {
      for byte in 0..<width { keys.append(UInt8(truncatingIfNeeded: state >> UInt64(8 * byte))) }
    }
    self.init(bitCount: bitCount, keys: keys, values: sorted.map { UInt64($0.count) })
  }

  /// Makes counts of bitstrings, the highest bit first, all of one length.
  ///
  /// - Throws: ``ProtocolError`` with code `invalid_value` when lengths differ or a character is not 0 or 1.
  public init(bitstrings: [String: Int]) throws(ProtocolError) {
    let bitCount = bitstrings.first?.key.utf8.count ?? 0
    var entries: [(key: [UInt8], count: Int)] = []
    for (text, count) in bitstrings {
      guard text.utf8.count == bitCount, text.utf8.allSatisfy({ $0 == 0x30 || $0 == 0x31 }), count >= 0 else {
        throw ProtocolError(.invalidValue, "outcome \(text): \(bitCount) characters, 0 or 1, accepted")
      }
      var key = [UInt8](repeating: 0, count: (bitCount + 7) / 8)
      for (bit, character) in text.utf8.reversed().enumerated() where character == 0x31 { key[bit / 8] |= 1 << UInt8(bit % 8) }
      entries.append((key, count))
    }
    entries.sort { $0.key.reversed().lexicographicallyPrecedes($1.key.reversed()) }
    self.init(bitCount: bitCount, keys: entries.flatMap(\.key), values: entries.map { UInt64($0.count) })
  }

  init(bitCount: Int, keys: [UInt8], values: [UInt64]) {
    self.bitCount = bitCount
    self.keys = keys
    self.values = values
  }

  /// How many different outcomes were drawn.
  public var count: Int { values.count }

  /// How many shots were drawn in all.
  public var total: UInt64 { values.reduce(0, &+) }

  /// One outcome as a bitstring, the highest bit first.
  public func bitstring(at index: Int) -> String {
    let width = (bitCount + 7) / 8
    return String(
      decoding: (0..<bitCount).reversed().map { bit in 0x30 + (keys[index * width + bit / 8] >> UInt8(bit % 8) & 1) }, as: UTF8.self
    )
  }

  /// The counts by bitstring.
  public var dictionary: [String: Int] {
    Dictionary(uniqueKeysWithValues: values.indices.map { (bitstring(at: $0), Int(clamping: values[$0])) })
  }
}
