internal import Circuits

/// What a Clifford gate makes of Pauli strings: G·P·G† = ±P′.
struct CliffordConjugation: Hashable, Sendable {
  /// The gate's qubits, the first under the strings' least significant digit.
  let qubits: [Int]
  /// For each string before the gate the one after it that has the same effect, both as digits; signs are left out.
  let after: [Int]

  /// Conjugates by a gate; nil unless it is a Clifford gate with known angles on one or two qubits.
  init?(_ gate: GateOperation) {
    qubits = gate.allQubits
    guard (1...2).contains(qubits.count), let unitary = LocalMap.unitary(of: gate, on: qubits) else { return nil }
    let map = PauliTransferMatrix(unitary: unitary)
    var after = [Int]()
    for column in 0..<map.dimension {
      guard let row = (0..<map.dimension).first(where: { abs(abs(map[$0, column]) - 1) <= Limits.transferTolerance }) else {
        return nil
      }
      after.append(row)
    }
    self.after = after
  }

  /// A Pauli string on qubits as gates of the table.
  static func instructions(_ string: Int, on qubits: [Int]) -> [Instruction] {
    qubits.enumerated().flatMap { place, qubit in BasisOperation.paulis[string >> (2 * place) & 3].instructions(on: qubit) }
  }
}
