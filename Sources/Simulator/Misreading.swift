internal import Circuits

/// Errors of reading, shot by shot, of outcomes that were sampled together.
struct Misreading {
  private let readout: [Circuit.Readout]

  init(_ readout: [Circuit.Readout]) { self.readout = readout }

  /// Basis states as they are read. Which shot found which of them is not known and does not matter: errors are drawn from what they find.
  ///
  /// - Parameter site: The first of the draws, one for each error.
  func read(_ sampled: StateCounts, shots: [UInt32], _ random: RandomStream, site: Int) -> StateCounts {
    guard !readout.isEmpty else { return sampled }
    var states = [UInt64]()
    states.reserveCapacity(shots.count)
    for (state, count) in zip(sampled.states, sampled.counts) { states += repeatElement(state, count: Int(count)) }
    for (index, entry) in readout.enumerated() {
      let draws = random.draws(shots: shots, site: UInt32(site + index))
      Reader(entry).read(&states, draws)
    }
    return StateCounts(states: states, counts: Array(repeating: 1, count: states.count))
  }
}

/// One error: of each true value, the bounds below which draws read each other value.
private struct Reader {
  private let qubits: [Int]
  /// The bits of each value in a basis state.
  private let places: [UInt64]
  private let bounds: [[UInt64]]

  init(_ entry: Circuit.Readout) {
    qubits = entry.qubits
    places = entry.error.probabilities.indices.map { value in
      entry.qubits.enumerated().reduce(0) { $0 | UInt64(value >> $1.offset & 1) << UInt64($1.element) }
    }
    bounds = entry.error.probabilities.map { RandomStream.bounds($0.dropLast()) }
  }

  func read(_ states: inout [UInt64], _ draws: [UInt64]) {
    let mask = places.reduce(0, |)
    for index in states.indices {
      let found = qubits.enumerated().reduce(0) { $0 | Int(states[index] >> UInt64($1.element) & 1) << $1.offset }
      // A value that comes with probability 1 after all others may have the bound 2⁶⁴, which no word holds.
      let read = bounds[found].firstIndex { draws[index] < $0 } ?? bounds[found].count
      states[index] = states[index] & ~mask | places[read]
    }
  }
}
