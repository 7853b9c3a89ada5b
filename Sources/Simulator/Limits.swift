/// The bounds of this module, each with its reason.
package enum Limits {
  /// Qubits of the densest block that a register takes in one pass: a 64×64 matrix.
  package static let denseQubitCount = 6
  /// Qubits of one tabulated diagonal or permutation: 2¹² entries stay in the first-level cache.
  package static let tableQubitCount = 12
}
