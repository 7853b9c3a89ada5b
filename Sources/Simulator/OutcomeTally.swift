internal import Circuits

/// Counts the outcomes of one row's shots, branch by branch.
struct OutcomeTally {
  /// The classical bits of an outcome, the first least significant; nil where the qubits themselves are the outcome.
  private let outputBits: [Int]?
  private let qubitCount: Int
  /// Outcomes that fit a word, in the order in which they came; the same one may be there several times.
  private var words: [UInt64] = []
  private var frequencies: [UInt64] = []
  /// How many words were left when equal ones were last put together.
  private var mergedCount = 0
  /// Those that do not.
  private var wide: [[Bool]: Int] = [:]

  /// Makes an empty tally for a circuit; one that measures nothing is sampled on all its qubits.
  init(_ circuit: Circuit, measures: Bool) {
    qubitCount = circuit.qubitCount
    outputBits = measures ? circuit.outputBits : nil
  }

  private var bitCount: Int { outputBits?.count ?? qubitCount }
  private var fitsWord: Bool { bitCount <= UInt64.bitWidth }

  /// All that was counted.
  var counts: Counts {
    if !fitsWord { return Counts(bitCount: bitCount, outcomes: wide) }
    let merged = StateCounts(states: words, counts: frequencies)
    return Counts(bitCount: bitCount, ascending: merged.states, values: merged.counts)
  }

  /// One of the same circuit that has counted nothing.
  var empty: OutcomeTally {
    var result = self
    (result.words, result.frequencies, result.mergedCount, result.wide) = ([], [], 0, [:])
    return result
  }

  /// Adds what another one of the same circuit has counted.
  mutating func merge(_ other: OutcomeTally) {
    append(other.words, other.frequencies)
    wide.merge(other.wide, uniquingKeysWith: +)
  }

  /// Adds shots that ended with these classical bits.
  mutating func add(bits: [Bool], count: Int) {
    let output = (outputBits ?? []).map { bits[$0] }
    if fitsWord {
      append([Self.word(output)], [UInt64(count)])
    } else {
      wide[output, default: 0] += count
    }
  }

  /// Adds sampled basis states, of which measurements set classical bits.
  mutating func add(_ sampled: StateCounts, _ measurements: [Program.FinalMeasurement], bits: [Bool]) {
    guard let outputBits else {
      append(sampled.states, sampled.counts)
      return
    }
    // A bit that is measured twice keeps the last value.
    var sources = [Int: Int]()
    for measurement in measurements { if let bit = measurement.bit { sources[bit] = measurement.qubit } }
    if fitsWord {
      let map = map(outputBits, sources, bits)
      append(sampled.states.map { map($0) }, sampled.counts)
    } else {
      for (state, count) in zip(sampled.states, sampled.counts) {
        let output = outputBits.map { bit in sources[bit].map { state >> UInt64($0) & 1 == 1 } ?? bits[bit] }
        wide[output, default: 0] += Int(count)
      }
    }
  }

  private mutating func append(_ states: [UInt64], _ counts: [UInt64]) {
    words += states
    frequencies += counts
    guard words.count > 2 * mergedCount + Limits.unmergedOutcomeCount else { return }
    let merged = StateCounts(states: words, counts: frequencies)
    (words, frequencies, mergedCount) = (merged.states, merged.counts, merged.states.count)
  }

  private func map(_ outputBits: [Int], _ sources: [Int: Int], _ bits: [Bool]) -> OutcomeMap {
    var places = [UInt64](repeating: 0, count: qubitCount)
    for (place, bit) in outputBits.enumerated() {
      if let qubit = sources[bit] { places[qubit] |= 1 << UInt64(place) }
    }
    return OutcomeMap(places: places, known: Self.word(outputBits.map { sources[$0] == nil && bits[$0] }))
  }

  private static func word(_ bits: [Bool]) -> UInt64 {
    bits.enumerated().reduce(0) { $1.element ? $0 | 1 << UInt64($1.offset) : $0 }
  }
}
