internal import Circuits

extension Pruning {
  /// An error about the qubits that are left, with those that are not.
  func explaining(_ error: SimulatorError, qubitCount: Int) -> SimulatorError {
    guard !qubits.isEmpty else { return error }
    return SimulatorError(
      error.code, "\(error.message); \(qubits.count) of the circuit's \(qubitCount) qubits are left out already")
  }
}
