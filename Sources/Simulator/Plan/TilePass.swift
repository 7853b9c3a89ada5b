/// Operations applied one after the other to each tile of a state while it is in the cache.
///
/// A tile is the amplitudes that differ in the local qubits only. Controls, diagonals and the Z part of a Pauli rotation may lie on any
/// qubit: outside a tile they are the same for all of its amplitudes.
package struct TilePass: Hashable, Sendable {
  /// One bit for each local qubit.
  package let localQubits: UInt64
  /// In the order in which they are applied; each mixes local qubits only.
  package let operations: [StateOperation]

  package init(localQubits: UInt64, operations: [StateOperation]) {
    precondition(operations.allSatisfy { $0.mixedQubits & ~localQubits == 0 }, "an operation mixes amplitudes of several tiles")
    (self.localQubits, self.operations) = (localQubits, operations)
  }
}

/// One sweep over the memory of a state.
package enum Pass: Hashable, Sendable {
  case operation(StateOperation)
  case tile(TilePass)
}

extension StateOperation {
  /// The qubits along which amplitudes are mixed or moved.
  package var mixedQubits: UInt64 {
    switch self {
    case .matrix(_, let targets, _), .permutation(_, let targets, _): bitMask(of: targets)
    case .diagonal: 0
    case .pauliRotation(let x, _, _, _): x
    }
  }

  /// The qubits on whose value it depends what happens, and which keep it.
  package var selectingQubits: UInt64 {
    switch self {
    case .matrix(_, _, let controls), .permutation(_, _, let controls): controls.mask
    case .diagonal(_, let targets, let controls): bitMask(of: targets) | controls.mask
    case .pauliRotation(let x, let z, _, let controls): z & ~x | controls.mask
    }
  }
}
