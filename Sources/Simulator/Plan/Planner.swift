internal import Circuits

/// Groups operations into passes over memory.
///
/// Operations are taken in order into the open pass as long as the qubits that they mix are local, or still can be made so. One that does
/// not fit waits for the next pass, and those after it go past it only if they commute with it: on every qubit that both touch, neither
/// mixes. Inside a pass they are grouped into blocks in the same way (``BlockScheduler``). The result is the same state up to rounding,
/// which is the same in every order in which the kernels compute.
///
/// Sources: the grouping is the greedy one of HyQuas (Zhang et al., ICS 2021) with insular qubits free as in Atlas (Xu et al., SC 2024).
package struct Planner: Sendable {
  /// n.
  package let qubitCount: Int
  /// How many qubits may be local to a tile.
  package let tileQubitCount: Int
  /// How many of the lowest qubits lie inside a block of memory.
  package let laneQubitCount: Int
  /// Whether matrices on two qubits are taken apart (``CartanForm``): on states so large that it saves more time than it takes.
  package let usesCartan: Bool
  /// How many of the lowest positions have qubits that change places: those above number slots, and stay (``StateSlots``).
  private(set) var movableQubitCount: Int

  /// The planner of every register of a size and precision: one plan for all devices, so that they compute the same bits.
  package init(qubitCount: Int, precision: Precision) {
    let tileQubitCount = (Limits.tileByteCount / precision.amplitudeByteCount).trailingZeroBitCount
    let most = qubitCount < Limits.leastSharedQubitCount ? qubitCount : qubitCount - 1
    self.init(qubitCount: qubitCount, tileQubitCount: min(tileQubitCount, most), precision: precision)
  }

  package init(qubitCount: Int, tileQubitCount: Int, precision: Precision = .single, usesCartan: Bool? = nil) {
    self.qubitCount = qubitCount
    self.tileQubitCount = min(tileQubitCount, qubitCount)
    self.usesCartan = usesCartan ?? (qubitCount >= Limits.leastCartanQubitCount)
    laneQubitCount = precision == .single ? 4 : 3
    movableQubitCount = qubitCount
  }

  /// The planner of a register in whose slots states lie that all operations mix alike, or under conditions on the qubits that number the slots.
  init(qubitCount: Int, slotQubitCount: Int, precision: Precision) {
    self.init(qubitCount: qubitCount, precision: precision)
    movableQubitCount = slotQubitCount
  }

  /// The passes that together do what the operations do, for a state that lies as `layout` says; `layout` becomes what it is afterwards.
  ///
  /// - Complexity: O(m · w) for m operations, with w at most ``Limits/planWindow``.
  /// - Throws: What ``StateOperation/validate(qubitCount:)`` throws of the first operation that does not fit; `layout` is as it was then.
  package func passes(_ operations: [StateOperation], layout: inout QubitLayout) throws(SimulatorError) -> [Pass] {
    guard tileQubitCount >= Limits.leastTileQubitCount else {
      for operation in operations { try operation.validate(qubitCount: qubitCount) }
      layout.activateAll()
      return operations.map { .operation($0.moved(to: layout.positions)) }
    }
    let fused = try GateFuser.fused(operations, layout: layout, usesCartan: usesCartan)
    var scheduler = BlockScheduler(self, layout, fused)
    var waiting = WaitingList(Array(fused.operations.indices), of: fused.operations.count)
    var passes = [Pass]()
    while waiting.count > 0 {
      let chosen = choose(&waiting, fused.operations, scheduler.layout)
      passes.append(contentsOf: scheduler.passes(chosen))
    }
    scheduler.finish(&passes)
    layout = scheduler.layout
    layout.rename(fused.wires)
    return passes
  }

  /// Takes what the next pass does from what waits.
  private func choose(_ waiting: inout WaitingList, _ operations: [PlannedOperation], _ layout: QubitLayout) -> [Int] {
    if tileQubitCount == qubitCount {
      waiting = WaitingList([], of: 0)
      return Array(operations.indices)
    }
    var tile = OpenTile(limit: tileQubitCount, layout: layout)
    var (previous, index, seen) = (-1, waiting.first, 0)
    while index >= 0, seen < Limits.planWindow, !tile.isBlocked {
      let next = waiting.next(index)
      if tile.take(operations[index], index) {
        waiting.remove(after: previous)
      } else {
        previous = index
      }
      (index, seen) = (next, seen + 1)
    }
    return tile.chosen
  }

  /// The pass that is being filled.
  private struct OpenTile {
    let limit: Int
    var chosen: [Int] = []
    /// Whether nothing but diagonals was taken.
    var isOpen = true
    /// Qubits that are local, and those that need not be asked for: at the lowest positions, or still without one.
    var local: UInt64
    var passed = WaitingQubits()
    let everything: UInt64

    init(limit: Int, layout: QubitLayout) {
      self.limit = limit
      everything = (1 << UInt64(layout.positions.count)) - 1
      // Positions of qubits that are still |0⟩ will be given to those of this pass.
      let lowest = layout.qubits[..<min(Limits.tileRowQubitCount, layout.qubits.count)]
      local = bitMask(of: lowest.filter { !layout.isZero($0) })
    }

    var isBlocked: Bool { passed.mixed == everything }

    /// Takes an operation if it fits and commutes with all that wait; else it waits.
    mutating func take(_ candidate: PlannedOperation, _ index: Int) -> Bool {
      // A first operation on more qubits than a tile has is a pass of its own.
      let isFirst = passed.isEmpty && isOpen
      let isWide = (local | candidate.mixed).nonzeroBitCount > limit
      guard passed.commute(with: candidate), !isWide || isFirst else {
        passed.append(candidate)
        return false
      }
      local |= candidate.mixed
      chosen.append(index)
      isOpen = isOpen && candidate.isDiagonal
      if isWide { passed.block(everything) }
      return true
    }
  }
}
