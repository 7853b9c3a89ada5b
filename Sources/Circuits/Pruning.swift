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
