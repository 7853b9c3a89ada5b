/// Groups operations into passes over memory.
///
/// Operations are taken in order into the open pass as long as the qubits that they mix are local, or still can be made so. One that does
/// not fit waits for the next pass, and those after it go past it only if they commute with it: on every qubit that both touch, neither
/// mixes. The result is the same state up to rounding, which is the same in every order in which the kernels compute.
///
/// Sources: the grouping is the greedy one of HyQuas (Zhang et al., ICS 2021) with insular qubits free as in Atlas (Xu et al., SC 2024).
package struct Planner: Sendable {
  /// n.
  package let qubitCount: Int
  /// How many qubits may be local to a tile.
  package let tileQubitCount: Int

  /// The planner of every register of a size and precision: one plan for all devices, so that they compute the same bits.
  package init(qubitCount: Int, precision: Precision) {
    let amplitudeCount = Limits.tileByteCount / precision.amplitudeByteCount
    self.init(qubitCount: qubitCount, tileQubitCount: amplitudeCount.trailingZeroBitCount)
  }

  package init(qubitCount: Int, tileQubitCount: Int) {
    (self.qubitCount, self.tileQubitCount) = (qubitCount, tileQubitCount)
  }

  /// The passes that together do what the operations do.
  ///
  /// - Complexity: O(m · w) for m operations, with w at most ``Limits/planWindow``.
  package func passes(_ operations: [StateOperation]) -> [Pass] {
    guard qubitCount > tileQubitCount, tileQubitCount > Limits.tileRowQubitCount else { return operations.map { .operation($0) } }
    let merged = DiagonalMerger.merged(operations.map { $0.simplified() }, qubitCount: qubitCount)
    var waiting = merged.map { Candidate($0) }[...]
    var passes = [Pass]()
    while !waiting.isEmpty {
      var tile = OpenTile(tileQubitCount)
      var left = [Candidate]()
      var taken = 0
      for candidate in waiting {
        guard taken + left.count < Limits.planWindow, !tile.isBlocked(everywhere: qubitCount) else { break }
        taken += 1
        if !tile.take(candidate) {
          left.append(candidate)
          taken -= 1
        }
      }
      waiting = left + waiting.dropFirst(taken + left.count)
      passes.append(tile.pass(qubitCount: qubitCount))
    }
    return passes
  }

  /// An operation with its qubits found once.
  private struct Candidate {
    let operation: StateOperation
    let mixed: UInt64
    let selecting: UInt64

    init(_ operation: StateOperation) {
      self.operation = operation
      (mixed, selecting) = (operation.mixedQubits, operation.selectingQubits)
    }
  }

  /// The pass that is being filled.
  private struct OpenTile {
    let limit: Int
    var local: UInt64 = (1 << UInt64(Limits.tileRowQubitCount)) - 1
    var operations: [StateOperation] = []
    /// Qubits that waiting operations mix, and those that they look at.
    var waitingMixed: UInt64 = 0
    var waitingSelecting: UInt64 = 0

    init(_ limit: Int) { self.limit = limit }

    func isBlocked(everywhere qubitCount: Int) -> Bool { waitingMixed == (1 << UInt64(qubitCount)) - 1 }

    /// Takes an operation if it fits and commutes with all that wait; else it waits.
    mutating func take(_ candidate: Candidate) -> Bool {
      let commutes =
        candidate.mixed & (waitingMixed | waitingSelecting) == 0 && candidate.selecting & waitingMixed == 0
      // A first operation on more qubits than a tile has is a pass of its own.
      if commutes, operations.isEmpty || (local | candidate.mixed).nonzeroBitCount <= limit {
        local |= candidate.mixed
        operations.append(candidate.operation)
        return true
      }
      waitingMixed |= candidate.mixed
      waitingSelecting |= candidate.selecting
      return false
    }

    /// The pass; a lone operation needs no tile.
    func pass(qubitCount: Int) -> Pass {
      if operations.count == 1 || local.nonzeroBitCount > limit { return .operation(operations[0]) }
      var local = local
      // The lowest of the others make the runs in memory longer.
      for qubit in 0..<UInt64(qubitCount) where local.nonzeroBitCount < limit { local |= 1 << qubit }
      return .tile(TilePass(localQubits: local, operations: operations))
    }
  }
}
