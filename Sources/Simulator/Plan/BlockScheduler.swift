internal import Circuits

/// Turns the operations of a pass into blocks on three registers each, and keeps the layout that they leave behind.
///
/// Registers lie above a block of memory, whose qubits are reached by exchanging them with others when nothing else is left to do; those
/// come in that are needed last (Belady's rule). Diagonals are put off until one of their qubits is mixed, over passes too.
struct BlockScheduler {
  private(set) var layout: QubitLayout
  private let planner: Planner
  private var pending: PendingDiagonals

  init(_ planner: Planner, _ layout: QubitLayout) {
    (self.planner, self.layout) = (planner, layout)
    // A table is worth no more than a small part of a pass over the state.
    let widest = min(Limits.blockTableQubitCount, max(Limits.leastTableQubitCount, planner.qubitCount - 10))
    pending = PendingDiagonals(widest: widest)
  }

  /// The passes of operations that fit one tile; more than one if one of them fits none.
  mutating func passes(_ operations: [PlannedOperation]) -> [Pass] {
    let mixed = operations.reduce(UInt64(0)) { $0 | $1.mixed }
    activate(operations)
    guard let local = localPositions(layout.positions(of: mixed)) else { return wide(operations) }
    var builder = StepBuilder(planner, layout, local: local, pending: pending)
    builder.add(operations)
    (layout, pending) = (builder.layout, builder.pending)
    guard !builder.steps.isEmpty else { return [] }
    return [.tile(TilePass(localQubits: local, activeCount: visitedCount, steps: builder.steps))]
  }

  /// Applies what has been put off.
  mutating func finish(_ passes: inout [Pass]) {
    let tables = pending.takeAll().map { $0.moved(to: layout.positions) }
    guard !tables.isEmpty else { return }
    if case .tile(let last)? = passes.last {
      let steps = last.steps + StepBuilder.blocks(of: tables, lanes: planner.laneQubitCount, local: last.localQubits)
      passes[passes.count - 1] = .tile(TilePass(localQubits: last.localQubits, activeCount: visitedCount, steps: steps))
    } else {
      let local = (UInt64(1) << UInt64(planner.tileQubitCount)) - 1
      let steps = StepBuilder.blocks(of: tables, lanes: planner.laneQubitCount, local: local)
      passes.append(.tile(TilePass(localQubits: local, activeCount: visitedCount, steps: steps)))
    }
  }

  /// At least a tile is visited.
  private var visitedCount: Int { max(layout.activeCount, planner.tileQubitCount) }

  /// Gives positions to qubits that have been |0⟩ until now. Those that are mixed first lie above a block of memory.
  private mutating func activate(_ operations: [PlannedOperation]) {
    var names = [Int]()
    var seen = UInt64(0)
    for operation in operations {
      var rest = operation.mixed & ~seen
      seen |= rest
      while rest != 0 {
        names.append(rest.trailingZeroBitCount)
        rest &= rest - 1
      }
    }
    guard names.contains(where: { layout.isZero($0) }) else { return }
    let (lanes, tile) = (planner.laneQubitCount, planner.tileQubitCount)
    layout.activate(names, at: Array(lanes..<tile) + Array(0..<lanes) + Array(tile..<planner.qubitCount))
  }

  /// The positions of a tile that holds these, filled up with the lowest others so that runs in memory are long; nil if it holds too few.
  private func localPositions(_ mixed: UInt64) -> UInt64? {
    let lowest = (UInt64(1) << UInt64(Limits.tileRowQubitCount)) - 1
    var local = mixed | lowest
    guard local.nonzeroBitCount <= planner.tileQubitCount else { return nil }
    for position in 0..<UInt64(planner.qubitCount) where local.nonzeroBitCount < planner.tileQubitCount { local |= 1 << position }
    return local
  }

  /// Each operation as a pass of its own.
  private mutating func wide(_ operations: [PlannedOperation]) -> [Pass] {
    var passes = [Pass]()
    layout.activateAll()
    for operation in operations {
      if pending.isStrained { passes += pending.takeAll().map { .operation($0.moved(to: layout.positions)) } }
      if operation.isDiagonal {
        pending.append(operation)
        continue
      }
      for table in pending.take(touching: operation.mixed) { passes.append(.operation(table.moved(to: layout.positions))) }
      passes.append(.operation(operation.operation.moved(to: layout.positions)))
    }
    return passes
  }
}
