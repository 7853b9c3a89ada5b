/// What came of one circuit with one row of parameters.
public struct CircuitResult: Hashable, Sendable {
  /// The item's place in the job.
  public var item: Int
  /// The row of the item's parameters.
  public var row: Int
  /// Values, or why there are none.
  public var outcome: Outcome
  /// What the client called circuit and observables; on the first row of an item that a lease ran, and meant for those that follow.
  public var labels: Labels?

  /// Names that make a result readable to those who did not submit the job.
  public struct Labels: Hashable, Sendable {
    /// The circuit's name.
    public var circuit: String
    /// The observables' names, in the order of the expectation values.
    public var observables: [String]

    /// Takes an item's names.
    public init(of item: Item) {
      self.init(circuit: item.name, observables: item.settings.observables.map(\.name))
    }

    init(circuit: String, observables: [String]) {
      self.circuit = circuit
      self.observables = observables
    }
  }

  /// Values, or why there are none.
  public enum Outcome: Hashable, Sendable {
    /// The circuit ran.
    case values(CircuitValues)
    /// The circuit could not run; the rest of its job is not touched.
    case failure(CircuitFailure)
  }

  /// Makes the result of one row of an item.
  public init(item: Int, row: Int, outcome: Outcome, labels: Labels? = nil) {
    self.item = item
    self.row = row
    self.outcome = outcome
    self.labels = labels
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
