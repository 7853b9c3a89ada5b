internal import Circuits

/// Turns the operations of a pass into blocks on three registers each, and keeps the layout that they leave behind.
///
/// Registers lie above a block of memory, whose qubits are reached by exchanging them with others when nothing else is left to do; those
/// come in that are needed last (Belady's rule). Diagonals are put off until one of their qubits is mixed, over passes too.
struct BlockScheduler: ~Copyable {
  private(set) var layout: QubitLayout
  private let planner: Planner
  private let circuit: PlannedCircuit
  private var pending: PendingDiagonals

  init(_ planner: Planner, _ layout: QubitLayout, _ circuit: PlannedCircuit) {
    (self.planner, self.layout, self.circuit) = (planner, layout, circuit)
    // A table is worth no more than a small part of a pass over the state.
    let widest = min(Limits.blockTableQubitCount, max(Limits.leastTableQubitCount, planner.qubitCount - 10))
    pending = PendingDiagonals(widest: widest)
  }

  /// The passes of operations that fit one tile; more than one if one of them fits none.
  mutating func passes(_ chosen: [Int]) -> [Pass] {
    var mixed = UInt64(0)
    for index in chosen { mixed |= circuit.operations[index].mixed }
    let active = layout.active
    if layout.hasZeros(among: mixed) { activate(chosen) }
    guard var local = localPositions(layout.positions(of: mixed)) else { return wide(chosen) }
    // A tile that does not lie together is copied and written back, which takes as long as a few operations on both.
    let isCopied = local & (local + 1) != 0
    if isCopied, planner.qubitCount == planner.tileQubitCount + 1, weight(of: chosen) <= Limits.uncopiedOperationCount {
      local = (1 << UInt64(planner.qubitCount)) - 1
    }
    var builder = StepBuilder(planner, layout, local: local, active: layout.positions(of: active), pending: pending)
    builder.add(chosen, of: circuit)
    (layout, pending) = (builder.layout, builder.pending)
    guard !builder.steps.steps.isEmpty else { return [] }
    return [.tile(TilePass(localQubits: local, activeCount: visitedCount, program: builder.steps))]
  }

  /// Applies what has been put off.
  mutating func finish(_ passes: inout [Pass]) {
    guard !pending.isEmpty else { return }
    var (local, program) = ((UInt64(1) << UInt64(planner.tileQubitCount)) - 1, TileSteps())
    if case .tile(let last)? = passes.last {
      (local, program) = (last.localQubits, last.program)
      passes.removeLast()
    }
    var builder = StepBuilder(planner, layout, local: local, pending: pending, steps: program)
    builder.addPending(of: circuit)
    pending = builder.pending
    passes.append(.tile(TilePass(localQubits: local, activeCount: visitedCount, program: builder.steps)))
  }

  private func weight(of chosen: [Int]) -> Int { chosen.reduce(0) { $0 + circuit.operations[$1].gate.weight } }

  /// At least a tile is visited.
  private var visitedCount: Int { max(layout.activeCount, planner.tileQubitCount) }

  /// Gives positions to qubits that have been |0⟩ until now. Those that are mixed first lie above a block of memory.
  private mutating func activate(_ chosen: [Int]) {
    var names = [Int]()
    var seen = UInt64(0)
    for index in chosen {
      var rest = circuit.operations[index].mixed & ~seen
      seen |= rest
      while rest != 0 {
        names.append(rest.trailingZeroBitCount)
        rest &= rest - 1
      }
    }
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
  private mutating func wide(_ chosen: [Int]) -> [Pass] {
    var passes = [Pass]()
    layout.activateAll()
    for index in chosen {
      let operation = circuit.operations[index]
      if pending.isStrained { passes += takePending(touching: .max) }
      if operation.isDiagonal {
        pending.append(operation.gate, circuit.numbers)
        continue
      }
      passes += takePending(touching: operation.mixed)
      pending.multiply(by: operation.scale)
      passes += circuit.operations(operation).map { .operation($0.moved(to: layout.positions)) }
    }
    return passes
  }

  /// Diagonals that have been put off, as passes of their own.
  private mutating func takePending(touching mixed: UInt64) -> [Pass] {
    var tables = TileSteps()
    pending.take(touching: mixed, of: circuit, at: layout.positions, into: &tables)
    return tables.operations.flatMap { $0.operations(tables.numbers).map { .operation($0) } }
  }
}
