internal import Circuits

/// The steps of one tile pass.
struct StepBuilder {
  private(set) var steps: [TileStep] = []
  private(set) var layout: QubitLayout
  private(set) var pending: PendingDiagonals
  private let local: UInt64
  private let laneCount: Int
  /// All qubits.
  private let everything: UInt64

  init(_ planner: Planner, _ layout: QubitLayout, local: UInt64, pending: PendingDiagonals) {
    (self.layout, self.local, self.pending) = (layout, local, pending)
    laneCount = planner.laneQubitCount
    everything = (1 << UInt64(planner.qubitCount)) - 1
  }

  /// Adds operations whose mixed qubits are local, in an order that gives the same state.
  mutating func add(_ operations: [PlannedOperation]) {
    var waiting = operations.indices.map { Footprint(operations[$0], $0) }
    var left = [Footprint]()
    left.reserveCapacity(waiting.count)
    var isExchanged = false
    while !waiting.isEmpty {
      addBlock(waiting, of: operations, left: &left)
      let isStuck = left.count == waiting.count
      // The first that waits needs at most one qubit beside those that come out, and a tile has room for that one to stay.
      precondition(!(isStuck && isExchanged), "an operation that fits no block of its tile")
      if isStuck { exchange(for: left) }
      isExchanged = isStuck
      swap(&waiting, &left)
      left.removeAll(keepingCapacity: true)
    }
  }

  /// Fills one block; `left` becomes what waits.
  private mutating func addBlock(_ waiting: [Footprint], of operations: [PlannedOperation], left: inout [Footprint]) {
    let lanes = layout.qubits(at: (1 << UInt64(laneCount)) - 1)
    var (registers, passed) = (UInt64(0), WaitingQubits())
    var block = pending.isStrained ? pending.takeAll() : []
    for (place, next) in waiting.enumerated() {
      if passed.mixed == everything {
        left += waiting[place...]
        break
      }
      let commutes = passed.commute(with: next)
      if commutes, next.isDiagonal, pending.isStrained {
        // Rotations may not run ahead of what makes up for them; the next block begins with that.
        left += waiting[place...]
        break
      }
      if commutes, next.isDiagonal {
        pending.append(operations[next.index])
        continue
      }
      if commutes, !next.fitsBlock, block.isEmpty, left.isEmpty {
        addAlone(operations[next.index])
        left += waiting[(place + 1)...]
        return
      }
      let union = registers | next.mixed
      let fits = next.fitsBlock && !next.isDiagonal && next.mixed & lanes == 0 && union.nonzeroBitCount <= Limits.blockQubitCount
      guard commutes, fits, block.count < Limits.blockOperationCount else {
        left.append(next)
        passed.append(next)
        continue
      }
      registers = union
      block += pending.take(touching: next.mixed)
      block.append(operations[next.index].operation)
    }
    close(block, registers)
  }

  private mutating func close(_ block: [StateOperation], _ registers: UInt64) {
    guard !block.isEmpty else { return }
    let positions = Self.filled(layout.positions(of: registers), laneCount, local)
    steps += Self.blocks(of: block.map { $0.moved(to: layout.positions) }, registers: positions)
  }

  /// An operation that only its own kernel can do.
  private mutating func addAlone(_ operation: PlannedOperation) {
    let tables = pending.take(touching: operation.mixed).map { $0.moved(to: layout.positions) }
    steps += Self.blocks(of: tables, lanes: laneCount, local: local)
    steps.append(.operation(operation.operation.moved(to: layout.positions)))
  }

  /// Diagonals as blocks.
  static func blocks(of tables: [StateOperation], lanes: Int, local: UInt64) -> [TileStep] {
    blocks(of: tables, registers: filled(0, lanes, local))
  }

  /// Operations on the same registers, as many a block as the kernels take.
  private static func blocks(of operations: [StateOperation], registers: [Int]) -> [TileStep] {
    stride(from: 0, to: operations.count, by: Limits.blockOperationCount).map { start in
      .block(registers: registers, Array(operations[start..<min(start + Limits.blockOperationCount, operations.count)]))
    }
  }

  /// Three registers: these positions and the lowest others that lie above a block of memory.
  private static func filled(_ positions: UInt64, _ laneCount: Int, _ local: UInt64) -> [Int] {
    var registers = positions
    var free = local & ~registers & (~0 << UInt64(laneCount))
    while registers.nonzeroBitCount < Limits.blockQubitCount {
      registers |= free & (~free + 1)
      free &= free - 1
    }
    return (0..<64).filter { registers >> UInt64($0) & 1 == 1 }
  }

  /// Brings the qubits inside a block of memory out, and those in that are mixed last.
  private mutating func exchange(for waiting: [Footprint]) {
    var firstUse = [Int](repeating: .max, count: layout.positions.count)
    for (index, operation) in waiting.enumerated().reversed() {
      var rest = operation.mixed
      while rest != 0 {
        firstUse[rest.trailingZeroBitCount] = index
        rest &= rest - 1
      }
    }
    let candidates = (laneCount..<layout.positions.count).filter { local >> UInt64($0) & 1 == 1 }
    let latest = candidates.sorted { (firstUse[layout.qubits[$0]], $1) > (firstUse[layout.qubits[$1]], $0) }
    let partners = latest.prefix(laneCount).sorted()
    for (lane, partner) in partners.enumerated() { layout.exchange(lane, partner) }
    steps.append(.exchange(partners))
  }
}
