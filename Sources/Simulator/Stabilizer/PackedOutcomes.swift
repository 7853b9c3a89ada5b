internal import Circuits

/// How often each outcome came, for outcomes of any number of bits: ascending, none twice.
struct PackedOutcomes {
  let bitCount: Int
  /// ⌈bitCount / 64⌉ words an outcome, at least one, the lowest first.
  private let width: Int
  private var words: [UInt64] = []
  private var frequencies: [UInt64] = []

  /// No outcomes.
  init(bitCount: Int) { (self.bitCount, width) = (bitCount, max(1, (bitCount + 63) / 64)) }

  /// Counts shots.
  ///
  /// - Parameters:
  ///   - record: For each bit of an outcome a word for each block of 64 shots.
  ///   - shotCount: How many of the blocks' shots there are.
  init(bitCount: Int, record: [UInt64], blockCount: Int, shotCount: Int) {
    self.init(bitCount: bitCount)
    words = [UInt64](repeating: 0, count: shotCount * width)
    frequencies = [UInt64](repeating: 1, count: shotCount)
    var square = [UInt64](repeating: 0, count: 64)
    for block in 0..<blockCount {
      let shots = 64 * block..<min(64 * block + 64, shotCount)
      for word in 0..<width {
        for bit in 0..<64 { square[bit] = 64 * word + bit < bitCount ? record[(64 * word + bit) * blockCount + block] : 0 }
        transposeBits(&square)
        for shot in shots { words[shot * width + word] = square[shot - shots.lowerBound] }
      }
    }
    merge()
  }

  /// How many different outcomes there are, as far as they have been put together.
  var count: Int { frequencies.count }
  /// Bytes that the outcomes take.
  var byteCount: Int { 8 * (words.count + frequencies.count) }

  /// Adds one outcome, bit 0 first.
  mutating func append(_ bits: some Sequence<Bool>, count: Int) {
    var outcome = [UInt64](repeating: 0, count: width)
    for (place, bit) in bits.enumerated() where bit { outcome[place / 64] |= 1 << UInt64(place % 64) }
    words += outcome
    frequencies.append(UInt64(count))
  }

  /// Adds others, without putting equal ones together.
  mutating func append(_ other: PackedOutcomes) {
    words += other.words
    frequencies += other.frequencies
  }

  /// Sorts, and makes one of those that are equal.
  mutating func merge() {
    if width == 1 {
      let merged = StateCounts(states: words, counts: frequencies)
      (words, frequencies) = (merged.states, merged.counts)
      return
    }
    let order = frequencies.indices.sorted { isBefore($0, $1) }
    var merged = PackedOutcomes(bitCount: bitCount)
    var last: Int?
    for place in order {
      if let last, isEqual(last, place) {
        merged.frequencies[merged.frequencies.count - 1] += frequencies[place]
      } else {
        merged.words += words[place * width..<(place + 1) * width]
        merged.frequencies.append(frequencies[place])
      }
      last = place
    }
    self = merged
  }

  /// Refuses outcomes, equal ones put together, that take more bytes than a limit.
  func refuseIfTooLarge(shots: Int, limit: Int = Limits.outcomeByteCount) throws(SimulatorError) {
    guard byteCount > limit else { return }
    throw SimulatorError(
      .limitExceeded,
      """
      \(shots) shots of \(bitCount) bits gave \(count) different outcomes before they were all drawn, \(byteCount) bytes; at most \
      \(limit) bytes are kept: ask for fewer shots, or measure fewer qubits
      """)
  }

  /// The counts; equal outcomes have to have been put together.
  var counts: Counts {
    let byteCount = (bitCount + 7) / 8
    var keys: [UInt8] = []
    keys.reserveCapacity(count * byteCount)
    for place in frequencies.indices {
      for byte in 0..<byteCount {
        keys.append(UInt8(truncatingIfNeeded: words[place * width + byte / 8] >> UInt64(8 * (byte % 8))))
      }
    }
    return Counts(bitCount: bitCount, keys: keys, values: frequencies)
  }

  private func isBefore(_ a: Int, _ b: Int) -> Bool {
    for word in (0..<width).reversed() where words[a * width + word] != words[b * width + word] {
      return words[a * width + word] < words[b * width + word]
    }
    return false
  }

  private func isEqual(_ a: Int, _ b: Int) -> Bool { (0..<width).allSatisfy { words[a * width + $0] == words[b * width + $0] } }
}
