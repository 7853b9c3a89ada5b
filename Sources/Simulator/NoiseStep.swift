internal import Circuits

/// A channel on qubits of a state: what can happen, and how probable it is.
package struct NoiseStep: Sendable {
  /// What one outcome does.
  struct Outcome: Sendable {
    /// Nil where it leaves the state as it is.
    var operation: StateOperation?
    /// The probability, if it does not depend on the state.
    var probability: Double
    /// Otherwise how much of each Pauli string's expectation value it is: K†K = Σ weight·P.
    var weights: [Double] = []
  }

  let channel: Channel
  let qubits: [Int]
  let outcomes: [Outcome]
  /// The strings, on the state's qubits, whose values probabilities are made of; none where probabilities are fixed.
  let paulis: [PauliMask]

  init(_ channel: Channel, qubits: [Int]) {
    (self.channel, self.qubits) = (channel, qubits)
    switch channel.form {
    case .mixture(let mixture):
      paulis = []
      outcomes = mixture.map { Outcome(operation: Self.operation($0.unitary, qubits), probability: $0.probability) }
    case .kraus(let operators):
      let strings = Self.strings(channel.qubitCount)
      paulis = strings.map { string in
        let mapped = string.mapped(to: qubits)
        return PauliMask(x: mapped.x, z: mapped.z)
      }
      outcomes = operators.map { matrix in
        let square = matrix.adjoint() * matrix
        let weights = strings.map { string in
          (string.matrix() * square).diagonalEntries.reduce(0) { $0 + $1.real } / Double(square.dimension)
        }
        return Outcome(operation: .matrix(matrix.entries, targets: qubits, controls: .none), probability: 0, weights: weights)
      }
    }
  }

  /// Whether probabilities do not depend on the state.
  var isFixed: Bool { paulis.isEmpty }

  /// The probabilities of the outcomes, which add up to 1, from the values of ``paulis`` in a state.
  func probabilities(_ values: [Double]) -> [Double] {
    if isFixed { return outcomes.map(\.probability) }
    let found = outcomes.map { outcome in max(zip(outcome.weights, values).reduce(0) { $0 + $1.0 * $1.1 }, 0) }
    let total = found.reduce(0, +)
    return found.map { $0 / total }
  }

  /// What an outcome does to a state in which it has a probability; the norm stays what it is.
  func operation(_ outcome: Int, probability: Double) -> StateOperation? {
    guard !isFixed, case .matrix(let entries, let targets, let controls)? = outcomes[outcome].operation else {
      return outcomes[outcome].operation
    }
    let scale = 1 / probability.squareRoot()
    return .matrix(entries.map { scale * $0 }, targets: targets, controls: controls)
  }

  private static func operation(_ unitary: Matrix, _ qubits: [Int]) -> StateOperation? {
    if unitary == .identity(unitary.dimension) { return nil }
    let structure: GateStructure = unitary.isDiagonal ? .diagonal : unitary.permutationTable != nil ? .permutation : .dense
    return StateOperation.lowered(.matrix(unitary, structure: structure, targets: qubits, controls: []))
  }

  private static func strings(_ qubitCount: Int) -> [PauliString] {
    let count = UInt64(1) << UInt64(qubitCount)
    return (0..<count).flatMap { x in (0..<count).map { PauliString(qubitCount: qubitCount, x: x, z: $0) } }
  }
}
