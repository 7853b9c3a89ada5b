/// How often each outcome was drawn, outcomes in ascending order.
///
/// An outcome is kept as packed bytes, not as text: ten thousand circuits have millions of them.
///
///     let counts = Counts(bitCount: 2, outcomes: [(state: 3, count: 4), (state: 0, count: 6)])
///     counts["11"]  // 4
public struct Counts: Hashable, Sendable {
  /// Bits of an outcome.
  public let bitCount: Int
  /// How often each outcome was drawn.
  public let values: [UInt64]
  /// ⌈bitCount / 8⌉ bytes an outcome, little-endian.
  package let keys: [UInt8]

  /// Makes counts of outcomes that fit a word, in any order.
  ///
  /// - Parameters:
  ///   - bitCount: Bits of an outcome, at most 64.
  ///   - outcomes: Basis states with how often each was drawn; none twice.
  public init(bitCount: Int, outcomes: [(state: UInt64, count: Int)]) {
    let sorted = outcomes.sorted { $0.state < $1.state }
    self.init(bitCount: bitCount, ascending: sorted.map(\.state), values: sorted.map { UInt64($0.count) })
  }

  /// Makes counts of ascending outcomes that fit a word.
  package init(bitCount: Int, ascending states: [UInt64], values: [UInt64]) {
    precondition((0...64).contains(bitCount), "outcomes of \(bitCount) bits do not fit a word")
    let width = Self.byteCount(bitCount)
    var keys: [UInt8] = []
    keys.reserveCapacity(width * states.count)
    for state in states {
      for byte in 0..<width { keys.append(UInt8(truncatingIfNeeded: state >> UInt64(8 * byte))) }
    }
    self.init(bitCount: bitCount, keys: keys, values: values)
  }

  /// Makes counts of outcomes of any number of bits, bit 0 first.
  package init(bitCount: Int, outcomes: [[Bool]: Int]) {
    let width = Self.byteCount(bitCount)
    let packed = outcomes.map { (bits, count) in
      var key = [UInt8](repeating: 0, count: width)
      for (bit, isSet) in bits.enumerated() where isSet { key[bit / 8] |= 1 << UInt8(bit % 8) }
      return (key: key, count: UInt64(count))
    }
    let sorted = packed.sorted { $0.key.reversed().lexicographicallyPrecedes($1.key.reversed()) }
    self.init(bitCount: bitCount, keys: sorted.flatMap(\.key), values: sorted.map(\.count))
  }

  /// Takes packed outcomes, ascending, as ``keys`` has them.
  package init(bitCount: Int, keys: [UInt8], values: [UInt64]) {
    precondition(keys.count == values.count * Self.byteCount(bitCount), "\(keys.count) bytes for \(values.count) outcomes")
    self.bitCount = bitCount
    self.keys = keys
    self.values = values
  }

  /// How many different outcomes were drawn.
  public var count: Int { values.count }

  /// How many shots were drawn in all.
  public var total: UInt64 { values.reduce(0, &+) }

  /// How often an outcome was drawn, given as a bitstring, the highest bit first; 0 for what is no outcome.
  ///
  /// - Complexity: O(count); take ``dictionary`` to look up many.
  public subscript(_ bitstring: String) -> UInt64 {
    values.indices.first { self.bitstring(at: $0) == bitstring }.map { values[$0] } ?? 0
  }

  /// One outcome as a bitstring, the highest bit first.
  public func bitstring(at index: Int) -> String {
    let start = index * Self.byteCount(bitCount)
    return unsafe String(unsafeUninitializedCapacity: bitCount) { text in
      for place in 0..<bitCount {
        let bit = bitCount - 1 - place
        unsafe text[place] = 0x30 + (keys[start + bit / 8] >> UInt8(bit % 8) & 1)
      }
      return bitCount
    }
  }

  /// The counts by bitstring.
  public var dictionary: [String: Int] {
    Dictionary(uniqueKeysWithValues: values.indices.map { (bitstring(at: $0), Int(clamping: values[$0])) })
  }

  private static func byteCount(_ bitCount: Int) -> Int { (bitCount + 7) / 8 }
}
