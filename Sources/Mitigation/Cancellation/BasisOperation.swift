internal import Circuits
internal import RealModule

/// An operation on one qubit that is put after a noisy gate.
///
/// Ten Clifford gates and three preparations span all maps of one qubit that keep the trace. They are the basis operations of Endo, Benjamin
/// and Li, with preparations in place of their projections, which a circuit cannot post-select; the three that are not needed then are left
/// out.
///
/// Source: Endo, Benjamin and Li, arXiv:1712.09271 (2017), table I.
struct BasisOperation: Hashable, Sendable {
  /// Gates of the table in order, after a reset if there is one.
  let gates: [Step]
  /// Whether the qubit is reset first.
  let isPreparation: Bool

  /// A gate and its angles.
  struct Step: Hashable, Sendable {
    var gate: Gate
    var angles: [Double] = []
  }

  private init(_ gates: [Step], isPreparation: Bool = false) { (self.gates, self.isPreparation) = (gates, isPreparation) }

  /// 1, X, Z and Y, numbered as the digits of Pauli strings are.
  static let paulis = [
    BasisOperation([]), BasisOperation([Step(gate: .x)]), BasisOperation([Step(gate: .z)]), BasisOperation([Step(gate: .y)]),
  ]

  /// All thirteen, the Pauli matrices first: then the roots of X, Y and Z, the half turns between two axes, the preparations of |0⟩, |+⟩ and |i⟩.
  static let all =
    paulis + [
      BasisOperation([Step(gate: .sxdg)]),
      BasisOperation([Step(gate: .ry, angles: [-Double.pi / 2])]),
      BasisOperation([Step(gate: .sdg)]),
      BasisOperation([Step(gate: .sx), Step(gate: .z)]),
      BasisOperation([Step(gate: .h)]),
      BasisOperation([Step(gate: .sdg), Step(gate: .x)]),
      BasisOperation([], isPreparation: true),
      BasisOperation([Step(gate: .h)], isPreparation: true),
      BasisOperation([Step(gate: .sxdg)], isPreparation: true),
    ]

  /// The instructions on a qubit.
  func instructions(on qubit: Int) -> [Instruction] {
    let start: [Instruction] = isPreparation ? [.reset(qubit: qubit)] : []
    return start
      + gates.map { step in
        .gate(
          GateOperation(.standard(step.gate), parameters: step.angles.map { ClassicalExpression($0) }, qubits: [qubit]))
      }
  }
}
