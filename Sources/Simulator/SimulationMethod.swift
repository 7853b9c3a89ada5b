/// How circuits are simulated.
public enum SimulationMethod: String, Hashable, Sendable, CaseIterable {
  /// Stabilizer states for wide circuits of Clifford gates alone of which counts and expectation values are asked; for noise the cheapest of density
  /// matrix, amplitudes and, for Clifford gates and noise of Pauli strings, stabilizer states that answers the question; amplitudes otherwise.
  case auto
  /// All amplitudes.
  case statevector
  /// The Pauli strings that leave the state as it is: Clifford circuits on thousands of qubits.
  case stabilizer
  /// The density matrix: noise and its outcomes exactly, on as many qubits as 4ⁿ reals have room for.
  case densityMatrix = "density-matrix"
}
