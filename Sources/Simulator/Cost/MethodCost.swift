/// What one way of running a circuit is predicted to take.
package struct MethodCost: Hashable, Sendable {
  /// A way of running a circuit with noise.
  package enum Way: String, Hashable, Sendable {
    /// A density matrix: exact values, and shots drawn from the distribution of outcomes.
    case densityMatrix = "density-matrix"
    /// A state vector for each history of outcomes: exact values.
    case histories
    /// A state vector for each different history that shots have.
    case trajectories
    /// A stabilizer state: shots by Pauli frames, exact values.
    case stabilizer

    /// The method that runs it.
    package var method: SimulationMethod {
      switch self {
      case .densityMatrix: .densityMatrix
      case .histories, .trajectories: .statevector
      case .stabilizer: .stabilizer
      }
    }
  }

  package var way: Way
  /// On one thread, of one row.
  package var seconds: Double
  /// Bytes of the states that are there at once.
  package var byteCount: UInt128
}
