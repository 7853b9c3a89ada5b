/// Draws of states that lie in the slots of one register, on their way to basis states: like ``DrawGroups``, for the few draws of each slot.
struct SlotDraws {
  /// The blocks that draws fell into, ascending.
  private(set) var runs: [DrawGroups.Run] = []
  /// Positions inside the weight of their block, run by run; a register replaces them by basis states.
  var positions: [UInt64] = []

  /// Places the draws of each slot.
  ///
  /// - Parameter weights: The fixed-point weights of all blocks, as many for each slot.
  /// - Throws: ``SimulatorError`` with code `invalid_argument` for a slot whose weights add up to zero, or to 2⁶³ or more.
  init(_ draws: [[UInt64]], weights: [UInt64]) throws(SimulatorError) {
    let blockCount = weights.count / draws.count
    positions.reserveCapacity(draws.reduce(0) { $0 + $1.count })
    for (slot, draws) in draws.enumerated() where !draws.isEmpty {
      try place(draws, weights[slot * blockCount..<(slot + 1) * blockCount])
    }
  }

  private mutating func place(_ draws: [UInt64], _ weights: ArraySlice<UInt64>) throws(SimulatorError) {
    var total: UInt64 = 0
    for weight in weights {
      let (sum, isOverflow) = total.addingReportingOverflow(weight)
      guard !isOverflow, sum <= Int64.max else { throw CumulativeWeights.unsound("two or more") }
      total = sum
    }
    guard total > 0 else { throw CumulativeWeights.unsound("zero") }
    var (block, below) = (weights.startIndex, UInt64(0))
    for position in draws.map({ $0.multipliedFullWidth(by: total).high }).sorted() {
      while position - below >= weights[block] {
        below += weights[block]
        block += 1
      }
      if runs.last?.block != UInt64(block) {
        runs.append(DrawGroups.Run(block: UInt64(block), positions: positions.count..<positions.count))
      }
      positions.append(position - below)
      runs[runs.count - 1].positions = runs[runs.count - 1].positions.lowerBound..<positions.count
    }
  }

  /// The block of each run.
  var blocks: [UInt64] { runs.map(\.block) }
  /// Where the positions of each run begin, and where those of the last one end.
  var bounds: [UInt64] { runs.map { UInt64($0.positions.lowerBound) } + [UInt64(positions.count)] }

  /// How often each basis state was drawn in each slot, once positions are basis states.
  func counted(_ slots: StateSlots) -> [StateCounts] {
    var found = [[UInt64]](repeating: [], count: slots.count)
    for state in positions { found[Int(state >> UInt64(slots.qubitCount))].append(state & ~slots.mask) }
    return found.map { StateCounts(states: $0, counts: Array(repeating: 1, count: $0.count)) }
  }
}
