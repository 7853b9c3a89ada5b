internal import Circuits

/// exp(∓iπ/4·P⊗Q) up to a phase, P and Q letters of two qubits: a Clifford gate that entangles.
struct QuarterTurn: Hashable, Sendable {
  /// 1 for X, 2 for Z, 3 for Y, for each qubit.
  var letters: [Int]
  /// Whether the exponent is −iπ/4.
  var isForward: Bool

  /// Gates with one controlled X: letters turned into Z, diag(1, ±i, ±i, 1) = S^±1 ⊗ S^±1 · CZ, and letters turned back.
  func instructions(on qubits: [Int]) -> [Instruction] {
    func gate(_ gate: Gate, _ operands: Int...) -> Instruction { .gate(GateOperation(.standard(gate), qubits: operands)) }
    var (before, after) = ([Instruction](), [Instruction]())
    for (letter, qubit) in zip(letters, qubits) {
      if letter == 3 { before.append(gate(.sdg, qubit)) }
      if letter != 2 {
        before.append(gate(.h, qubit))
        after.append(gate(.h, qubit))
      }
      if letter == 3 { after.append(gate(.s, qubit)) }
    }
    let phases = qubits.map { gate(isForward ? .s : .sdg, $0) }
    return before + phases + [gate(.h, qubits[1]), gate(.cx, qubits[0], qubits[1]), gate(.h, qubits[1])] + after
  }
}
