package import Circuits

/// The basis states in which an operation acts: those whose bits under `mask` equal `values`.
package struct Controls: Hashable, Sendable {
  /// One bit for each control qubit.
  package var mask: UInt64
  /// The required value of each control qubit; a subset of `mask`.
  package var values: UInt64

  package init(mask: UInt64 = 0, values: UInt64 = 0) {
    precondition(values & ~mask == 0, "control values outside the control mask")
    self.mask = mask
    self.values = values
  }

  /// No control: the operation acts everywhere.
  package static var none: Controls { Controls() }
}

/// What a register is asked to do: a gate with its numbers bound and its qubits resolved.
///
/// `targets[0]` is the least significant bit of a matrix or table index. Targets and controls are distinct qubits.
package enum StateOperation: Hashable, Sendable {
  /// A row-major 2ᵏ×2ᵏ matrix on k = 1…6 targets; need not be unitary.
  case matrix([Complex], targets: [Int], controls: Controls)
  /// 2ᵏ factors on k = 0…12 targets: amplitude s is multiplied by factor[bits of s at the targets]. With no target: a phase on the controlled subspace.
  case diagonal([Complex], targets: [Int], controls: Controls)
  /// A bijection on 0..<2ᵏ for k = 1…12 targets: the amplitude with target bits s moves to target bits table[s].
  case permutation([Int], targets: [Int], controls: Controls)
  /// exp(−i·angle/2·P) for the Pauli string P with X on x∖z, Z on z∖x, Y on x∩z.
  case pauliRotation(x: UInt64, z: UInt64, angle: Double, controls: Controls)
}

/// A Pauli string in binary symplectic form: X on x∖z, Z on z∖x, Y on x∩z, identity elsewhere.
package struct PauliMask: Hashable, Sendable {
  package var x: UInt64
  package var z: UInt64
  package init(x: UInt64, z: UInt64) {
    self.x = x
    self.z = z
  }
}
