internal import Circuits

extension StateOperation {
  /// The amplitudes of a state of `qubitCount` qubits that this operation has to read and write.
  ///
  /// Controls confine an operation to 2ⁿ⁻ᶜ amplitudes. Of those, a diagonal leaves out the ones that it multiplies by exactly 1 and a
  /// permutation the ones that stay in place; a matrix and a Pauli rotation take all.
  package func touchedAmplitudeCount(qubitCount: Int) -> Int {
    switch self {
    case .matrix(_, _, let controls), .pauliRotation(_, _, _, let controls):
      return controls.subspaceSize(qubitCount: qubitCount)
    case .diagonal(let factors, _, let controls):
      return controls.subspaceSize(qubitCount: qubitCount) / factors.count * factors.count { $0 != .one }
    case .permutation(let table, _, let controls):
      let moved = table.indices.count { table[$0] != $0 }
      return controls.subspaceSize(qubitCount: qubitCount) / table.count * moved
    }
  }

  /// The bytes that this operation alone has to move: each touched amplitude is read once and written once.
  ///
  /// It is a lower bound for one pass over memory, counted in amplitudes: a control on a low qubit still makes the memory move whole
  /// cache lines, and a kernel that sweeps more than it must does not get credit for it. A plan that does several operations in one
  /// pass moves less than their sum.
  ///
  /// - Complexity: O(1) in the state's size, O(2ᵏ) for a table on k targets.
  package func bytesMoved(qubitCount: Int, precision: Precision) -> Int {
    2 * precision.amplitudeByteCount * touchedAmplitudeCount(qubitCount: qubitCount)
  }
}

extension Controls {
  /// 2ⁿ⁻ᶜ, the basis states of n qubits in which c controls let an operation act.
  package func subspaceSize(qubitCount: Int) -> Int { 1 << (qubitCount - mask.nonzeroBitCount) }
}
