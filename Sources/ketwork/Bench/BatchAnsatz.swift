internal import ArgumentParser
internal import Circuits

/// A template of layers for batches, a pure function of its qubits and layers.
///
/// The same templates as in bench/peers/templates.py, gate by gate and parameter by parameter.
enum BatchAnsatz: String, CaseIterable, ExpressibleByArgument, Encodable {
  /// What the commands that take one say of it.
  static let help = """
    TEMPLATES
      ry-ring    a layer: ry on every qubit, then cx from each qubit onto the next around a ring; 1 parameter a qubit
      u3-cz-rzz  a layer: u on every qubit, then cz, then rzz on each qubit and the next around a ring; 4 parameters a qubit
    """

  /// A layer: ry(θ) on every qubit, then cx from each qubit onto the next around a ring. Amplitudes are real.
  case ryRing = "ry-ring"
  /// A layer: u(θ, φ, λ) on every qubit, then cz, then rzz(γ) on each qubit and the next around a ring.
  case u3CzRzz = "u3-cz-rzz"

  /// The fewest qubits: a ring of two would have its pair twice.
  static let leastQubitCount = 3

  /// Parameters of a layer, for each qubit.
  var parametersPerQubit: Int {
    switch self {
    case .ryRing: 1
    case .u3CzRzz: 4
    }
  }

  /// The template; its parameters stand in the order in which gates take them.
  func circuit(qubitCount: Int, layerCount: Int) throws(CircuitError) -> Circuit {
    precondition(qubitCount >= Self.leastQubitCount, "a ring of \(qubitCount) qubits")
    var circuit = try Circuit(qubitCount: qubitCount)
    for _ in 0..<layerCount {
      switch self {
      case .ryRing: try Self.appendRyRing(to: &circuit)
      case .u3CzRzz: try Self.appendU3CzRzz(to: &circuit)
      }
    }
    return circuit
  }

  private static func appendRyRing(to circuit: inout Circuit) throws(CircuitError) {
    for qubit in 0..<circuit.qubitCount { try append(.ry, 1, on: [qubit], to: &circuit) }
    for pair in ring(circuit) { try append(.cx, 0, on: pair, to: &circuit) }
  }

  private static func appendU3CzRzz(to circuit: inout Circuit) throws(CircuitError) {
    for qubit in 0..<circuit.qubitCount { try append(.u, 3, on: [qubit], to: &circuit) }
    for pair in ring(circuit) { try append(.cz, 0, on: pair, to: &circuit) }
    for pair in ring(circuit) { try append(.rzz, 1, on: pair, to: &circuit) }
  }

  /// Each qubit and the next.
  private static func ring(_ circuit: Circuit) -> [[Int]] {
    (0..<circuit.qubitCount).map { [$0, ($0 + 1) % circuit.qubitCount] }
  }

  /// Appends a gate with so many parameters of its own, which the template does not have yet.
  private static func append(
    _ gate: Gate, _ parameterCount: Int, on qubits: [Int], to circuit: inout Circuit
  ) throws(CircuitError) {
    let first = circuit.parameters.count
    let angles = (first..<first + parameterCount).map { ClassicalExpression.parameter(Parameter("p\($0)")) }
    try circuit.append(.gate(GateOperation(.standard(gate), parameters: angles, qubits: qubits)))
  }
}
