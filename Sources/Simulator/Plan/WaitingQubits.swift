/// Operations that wait, which others pass only if they commute with all of them.
struct WaitingQubits {
  /// Qubits that waiting operations mix, and those that they look at.
  private(set) var mixed: UInt64 = 0
  private(set) var selecting: UInt64 = 0

  /// Whether nothing waits.
  var isEmpty: Bool { mixed | selecting == 0 }

  /// Whether an operation may pass: on every qubit that both touch, neither mixes.
  func commute(with operation: PlannedOperation) -> Bool {
    operation.mixed & (mixed | selecting) == 0 && operation.selecting & mixed == 0
  }

  mutating func append(_ operation: PlannedOperation) {
    mixed |= operation.mixed
    selecting |= operation.selecting
  }

  /// Lets nothing pass that touches these qubits.
  mutating func block(_ qubits: UInt64) { mixed |= qubits }
}
