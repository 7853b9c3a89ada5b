internal import Circuits

/// What can happen under a channel, wherever it acts, and how probable it is. Found once for a channel that is used often.
struct ChannelOutcomes: Sendable {
  /// A unitary, or a Kraus operator.
  struct Outcome: Sendable {
    let matrix: Matrix
    /// Of a unitary; nil where it leaves the state as it is.
    let structure: GateStructure?
    /// The probability, if it does not depend on the state.
    let probability: Double
    /// Otherwise how much of each Pauli string's expectation value it is: K†K = Σ weight·P.
    let weights: [Double]
  }

  /// Which of a program's channels it is.
  let number: Int
  /// The first is the likeliest, or, where that depends on the state, the one that is likeliest in the state that is worst for it.
  let outcomes: [Outcome]
  /// How probable the first outcome is in any state, and the draws that choose it therefore: those below a bound.
  let leastProbability: Double
  let certainDraw: UInt64
  /// What other draws choose, where probabilities are fixed.
  let draws: OutcomeDraws?
  /// The strings whose values probabilities are made of, the identity first; none where probabilities are fixed.
  let strings: [PauliString]

  init(_ channel: Channel, number: Int = 0) {
    self.number = number
    switch channel.form {
    case .mixture(let mixture):
      strings = []
      outcomes = mixture.map {
        Outcome(matrix: $0.unitary, structure: $0.unitary.gateStructure, probability: $0.probability, weights: [])
      }
      .sorted { $0.probability > $1.probability }
      leastProbability = outcomes[0].probability
      draws = OutcomeDraws(outcomes.map(\.probability))
    case .kraus(let operators):
      let strings = Self.strings(channel.qubitCount)
      let squares = operators.map { $0.adjoint() * $0 }
      let bounds = squares.map(\.leastHermitianEigenvalue)
      let order = operators.indices.sorted { bounds[$0] > bounds[$1] }
      outcomes = order.map {
        Outcome(matrix: operators[$0], structure: .dense, probability: 0, weights: Self.weights(squares[$0], strings))
      }
      leastProbability = max(bounds[order[0]] - Limits.eigenvalueError, 0)
      self.strings = strings
      draws = nil
    }
    certainDraw = RandomStream.bound(leastProbability)
  }

  private static func weights(_ square: Matrix, _ strings: [PauliString]) -> [Double] {
    strings.map { string in
      (string.matrix() * square).diagonalEntries.reduce(0) { $0 + $1.real } / Double(square.dimension)
    }
  }

  private static func strings(_ qubitCount: Int) -> [PauliString] {
    let count = UInt64(1) << UInt64(qubitCount)
    return (0..<count).flatMap { x in (0..<count).map { PauliString(qubitCount: qubitCount, x: x, z: $0) } }
  }
}

extension Matrix {
  /// How a unitary is applied; nil for the identity.
  fileprivate var gateStructure: GateStructure? {
    if self == .identity(dimension) { return nil }
    return isDiagonal ? .diagonal : permutationTable != nil ? .permutation : .dense
  }
}
