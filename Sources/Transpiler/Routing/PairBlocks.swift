/// Which gates on pairs of physical qubits follow each other on the same pair, and so become one gate with the SWAPs among them.
struct PairBlocks {
  /// For each physical qubit the last block on it; −1: none.
  private var last: [Int32]
  private var counts: [EntanglerCount] = []
  /// For each block whether it has a SWAP that another one would undo.
  private var isSwapped: [Bool] = []
  /// `cx` that SWAPs add so far.
  private(set) var addedCount = 0

  init(qubitCount: Int) { last = Array(repeating: -1, count: qubitCount) }

  private func common(_ first: Int, _ second: Int) -> Int? {
    last[first] >= 0 && last[first] == last[second] ? Int(last[first]) : nil
  }

  /// A gate. Only behind a SWAP that stands alone does it become one with what is there: it is the gate's mirror then.
  mutating func add(_ gate: EntanglerCount, _ first: Int, _ second: Int) {
    if let block = common(first, second), counts[block] == .swap {
      addedCount += gate.mirrored - gate.own - EntanglerCount.swap.own
      counts[block] = EntanglerCount(own: gate.mirrored, mirrored: gate.own)
    } else {
      begin(gate, first, second)
    }
  }

  /// `cx` that a SWAP adds.
  func swapCount(_ first: Int, _ second: Int) -> Int {
    guard let block = common(first, second) else { return EntanglerCount.swap.own }
    return counts[block].mirrored - counts[block].own
  }

  mutating func swap(_ first: Int, _ second: Int) {
    addedCount += swapCount(first, second)
    if let block = common(first, second) {
      counts[block] = EntanglerCount(own: counts[block].mirrored, mirrored: counts[block].own)
      isSwapped[block].toggle()
    } else {
      begin(.swap, first, second)
      isSwapped[isSwapped.count - 1] = true
    }
  }

  /// Whether a SWAP would only take back the one before.
  func undoes(_ first: Int, _ second: Int) -> Bool { common(first, second).map { isSwapped[$0] } ?? false }

  private mutating func begin(_ gate: EntanglerCount, _ first: Int, _ second: Int) {
    (last[first], last[second]) = (Int32(counts.count), Int32(counts.count))
    counts.append(gate)
    isSwapped.append(false)
  }
}
