internal import Circuits

/// The steps of one tile pass.
struct StepBuilder: ~Copyable {
  private(set) var steps: TileSteps
  private(set) var layout: QubitLayout
  private(set) var pending: PendingDiagonals
  private let local: UInt64
  private let laneCount: Int
  /// Positions whose qubits may be exchanged with others.
  private let movable: UInt64
  /// Positions whose qubits may be in any state by now; all amplitudes in which another is set are zero.
  private var active: UInt64
  /// All qubits.
  private let everything: UInt64
  /// Operations that were picked for a block, in order, and those of them that come next.
  private var picked: [Int] = []
  private var ready: [Int] = []

  /// Begins with a state in which the qubits that are not at `active` positions are |0⟩.
  init(
    _ planner: Planner, _ layout: QubitLayout, local: UInt64, active: UInt64 = .max, pending: PendingDiagonals,
    steps: TileSteps = TileSteps()
  ) {
    (self.layout, self.local, self.active, self.pending, self.steps) = (layout, local, active, pending, steps)
    laneCount = planner.laneQubitCount
    movable = (1 << UInt64(planner.movableQubitCount)) - 1
    everything = (1 << UInt64(planner.qubitCount)) - 1
  }

  /// Adds operations whose mixed qubits are local, in an order that gives the same state.
  mutating func add(_ chosen: [Int], of circuit: borrowing PlannedCircuit) {
    var waiting = WaitingList(chosen, of: circuit.operations.count)
    steps.reserveCapacity(operationCount: chosen.count, numberCount: 8 * chosen.count)
    var isExchanged = false
    while waiting.count > 0 {
      let before = waiting.count
      addBlock(&waiting, of: circuit)
      let isStuck = waiting.count == before
      // The first that waits needs at most one qubit beside those that come out, and a tile has room for that one to stay.
      precondition(!(isStuck && isExchanged), "an operation that fits no block of its tile")
      if isStuck { exchange(for: waiting, of: circuit) }
      isExchanged = isStuck
    }
  }

  /// Fills one block, and takes what goes into it from what waits.
  private mutating func addBlock(_ waiting: inout WaitingList, of circuit: borrowing PlannedCircuit) {
    let lanes = layout.qubits(at: (1 << UInt64(laneCount)) - 1)
    let start = steps.operations.count
    var (registers, passed, count) = (UInt64(0), WaitingQubits(), 0)
    if pending.isStrained { pending.takeAll(of: circuit, at: layout.positions, into: &steps) }
    var (previous, index) = (-1, waiting.first)
    while index >= 0, passed.mixed != everything {
      let next = circuit.operations[index]
      let commutes = passed.commute(with: next)
      let union = registers | next.mixed
      if commutes, next.fitsBlock, next.mixed & lanes == 0, union.nonzeroBitCount <= Limits.blockQubitCount,
        count < Limits.blockOperationCount
      {
        registers = union
        picked.append(index)
        if !next.isDiagonal { count += 1 }
      } else if commutes, !next.fitsBlock, count == 0, passed.isEmpty {
        addPicked(of: circuit)
        addAlone(next, from: start, of: circuit)
        waiting.remove(after: previous)
        return
      } else {
        passed.append(next)
        (previous, index) = (index, waiting.next(index))
        continue
      }
      index = waiting.next(index)
      waiting.remove(after: previous)
    }
    addPicked(of: circuit)
    close(from: start, layout.positions(of: registers))
  }

  /// Adds what was picked for a block, in turns: first every diagonal is put off that nothing before it keeps back, then one table is applied
  /// for all that can be mixed next.
  private mutating func addPicked(of circuit: borrowing PlannedCircuit) {
    while !picked.isEmpty {
      takeReady(diagonals: true, of: circuit)
      for index in ready { pending.append(circuit.operations[index].gate, circuit.numbers) }
      takeReady(diagonals: false, of: circuit)
      var mixed = UInt64(0)
      for index in ready { mixed |= circuit.operations[index].mixed }
      pending.take(touching: mixed, of: circuit, at: layout.positions, into: &steps)
      for index in ready {
        steps.append(circuit.operations[index].gate, of: circuit, at: layout.positions)
        pending.multiply(by: circuit.operations[index].scale)
        if pending.isStrained { pending.takeAll(of: circuit, at: layout.positions, into: &steps) }
      }
    }
  }

  /// Finds the diagonals, or the others, that commute with all that was picked before them and stays; they are ready then.
  private mutating func takeReady(diagonals: Bool, of circuit: borrowing PlannedCircuit) {
    ready.removeAll(keepingCapacity: true)
    var (kept, passed) = (0, WaitingQubits())
    // By places: an iterator would hold the list, and writing to it would copy it.
    for place in picked.indices {
      let index = picked[place]
      let next = circuit.operations[index]
      if next.isDiagonal == diagonals, passed.commute(with: next) {
        ready.append(index)
      } else {
        passed.append(next)
        picked[kept] = index
        kept += 1
      }
    }
    // One by one: mostly there is one, and a list is cut at several times the cost.
    while picked.count > kept { picked.removeLast() }
  }

  private mutating func close(from start: Int, _ registers: UInt64) {
    guard steps.operations.count > start else { return }
    active |= registers
    let filled = Self.filled(registers, laneCount, local)
    steps.closeBlock(from: start, registers: filled, reach: UInt64.bitWidth - (active | filled).leadingZeroBitCount)
  }

  /// An operation that only its own kernel can do.
  private mutating func addAlone(_ operation: PlannedOperation, from start: Int, of circuit: borrowing PlannedCircuit) {
    pending.take(touching: operation.mixed, of: circuit, at: layout.positions, into: &steps)
    close(from: start, 0)
    active = .max
    steps.append(other: circuit.others[operation.other].moved(to: layout.positions))
  }

  /// Adds the diagonals that are left.
  mutating func addPending(of circuit: borrowing PlannedCircuit) {
    let start = steps.operations.count
    pending.takeAll(of: circuit, at: layout.positions, into: &steps)
    if !steps.extendBlock(from: start) { close(from: start, 0) }
  }

  /// Three registers: these positions and the lowest others that lie above a block of memory.
  private static func filled(_ positions: UInt64, _ laneCount: Int, _ local: UInt64) -> UInt64 {
    var registers = positions
    var free = local & ~registers & (~0 << UInt64(laneCount))
    while registers.nonzeroBitCount < Limits.blockQubitCount {
      registers |= free & (~free + 1)
      free &= free - 1
    }
    return registers
  }

  /// Brings the qubits inside a block of memory out, and those in that are mixed last.
  private mutating func exchange(for waiting: WaitingList, of circuit: borrowing PlannedCircuit) {
    var firstUse = [Int](repeating: .max, count: layout.positions.count)
    var (unseen, index) = (everything, waiting.first)
    var order = 0
    while index >= 0, unseen != 0 {
      var rest = circuit.operations[index].mixed & unseen
      unseen &= ~rest
      while rest != 0 {
        firstUse[rest.trailingZeroBitCount] = order
        rest &= rest - 1
      }
      order += 1
      index = waiting.next(index)
    }
    let candidates = setBits(local & movable & (~0 << UInt64(laneCount)))
    let latest = candidates.sorted { (firstUse[layout.qubits[$0]], $1) > (firstUse[layout.qubits[$1]], $0) }
    let partners = latest.prefix(laneCount).sorted()
    for (lane, partner) in partners.enumerated() {
      layout.exchange(lane, partner)
      // Either may be active now if one was.
      let both = UInt64(1) << UInt64(lane) | 1 << UInt64(partner)
      if active & both != 0 { active |= both }
    }
    steps.exchange(partners, reach: UInt64.bitWidth - (active | bitMask(of: partners)).leadingZeroBitCount)
  }
}
