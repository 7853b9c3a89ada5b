/// What came of one circuit with one row of parameters.
public struct CircuitResult: Hashable, Sendable {
  /// The item's place in the job.
  public var item: Int
  /// The row of the item's parameters.
  public var row: Int
  /// Values, or why there are none.
  public var outcome: Outcome

  /// Values, or why there are none.
  public enum Outcome: Hashable, Sendable {
    /// The circuit ran.
    case values(CircuitValues)
    /// The circuit could not run; the rest of its job is not touched.
    case failure(CircuitFailure)
  }

  /// Makes the result of one row of an item.
  public init(item: Int, row: Int, outcome: Outcome) {
    self.item = item
    self.row = row
    self.outcome = outcome
  }
}

/// Why a circuit has no values.
public struct CircuitFailure: Error, Hashable, Sendable {
  /// A stable name of the kind of failure, of the module that failed.
  public var code: String
  /// What was attempted, with which values, and what would be accepted.
  public var message: String

  /// Makes a failure; texts are cut to 256 and 4,096 bytes.
  public init(code: String, message: String) {
    self.code = Text.truncated(code, to: Limits.nameByteCount)
    self.message = Text.truncated(message, to: Limits.textByteCount)
  }
}
