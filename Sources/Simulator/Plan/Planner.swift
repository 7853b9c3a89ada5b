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

  /// The planner of every register of a size and precision: one plan for all devices, so that they compute the same bits.
  package init(qubitCount: Int, precision: Precision) {
    let tileQubitCount = (Limits.tileByteCount / precision.amplitudeByteCount).trailingZeroBitCount
    self.init(qubitCount: qubitCount, tileQubitCount: tileQubitCount, precision: precision)
  }

  package init(qubitCount: Int, tileQubitCount: Int, precision: Precision = .single) {
    self.qubitCount = qubitCount
    self.tileQubitCount = min(tileQubitCount, qubitCount)
    laneQubitCount = precision == .single ? 4 : 3
  }

  /// The passes that together do what the operations do, for a state that lies as `layout` says; `layout` becomes what it is afterwards.
  ///
  /// - Complexity: O(m · w) for m operations, with w at most ``Limits/planWindow``.
  package func passes(_ operations: [StateOperation], layout: inout QubitLayout) -> [Pass] {
    guard tileQubitCount >= Limits.leastTileQubitCount else {
      layout.activateAll()
      return operations.map { .operation($0.moved(to: layout.positions)) }
    }
    let (fused, wires) = GateFuser.fused(operations, layout: layout)
    var scheduler = BlockScheduler(self, layout)
    var waiting = fused.indices.map { Footprint(fused[$0], $0) }
    var passes = [Pass]()
    while !waiting.isEmpty {
      let chosen = choose(&waiting, scheduler.layout)
      passes.append(contentsOf: scheduler.passes(chosen.map { fused[$0.index] }))
    }
    scheduler.finish(&passes)
    layout = scheduler.layout
    layout.rename(wires)
    return passes
  }

  /// Takes what the next pass does from what waits.
  private func choose(_ waiting: inout [Footprint], _ layout: QubitLayout) -> [Footprint] {
    if tileQubitCount == qubitCount {
      defer { waiting = [] }
      return waiting
    }
    var tile = OpenTile(limit: tileQubitCount, layout: layout)
    var left = [Footprint]()
    var index = 0
    while index < min(waiting.count, Limits.planWindow), !tile.isBlocked {
      if !tile.take(waiting[index]) { left.append(waiting[index]) }
      index += 1
    }
    waiting = left + waiting[index...]
    return tile.operations
  }

  /// The pass that is being filled.
  private struct OpenTile {
    let limit: Int
    var operations: [Footprint] = []
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
    mutating func take(_ candidate: Footprint) -> Bool {
      // A first operation on more qubits than a tile has is a pass of its own.
      let isFirst = passed.isEmpty && operations.allSatisfy(\.isDiagonal)
      let isWide = (local | candidate.mixed).nonzeroBitCount > limit
      guard passed.commute(with: candidate), !isWide || isFirst else {
        passed.append(candidate)
        return false
      }
      local |= candidate.mixed
      operations.append(candidate)
      if isWide { passed.block(everything) }
      return true
    }
  }
}
