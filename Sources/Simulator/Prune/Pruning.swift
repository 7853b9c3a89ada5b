/// What a run left out because nothing that was asked for depends on it; the results are what they would have been.
public struct Pruning: Hashable, Sendable {
  /// The qubits that were not simulated, ascending.
  public var qubits: [Int]
  /// How many gates were not applied.
  public var operationCount: Int

  /// Names what was left out.
  public init(qubits: [Int], operationCount: Int) {
    self.qubits = qubits
    self.operationCount = operationCount
  }
}

extension Pruning {
  /// An error about the qubits that are left, with those that are not.
  func explaining(_ error: SimulatorError, qubitCount: Int) -> SimulatorError {
    guard !qubits.isEmpty else { return error }
    return SimulatorError(
      error.code, "\(error.message); \(qubits.count) of the circuit's \(qubitCount) qubits are left out already")
  }
}
