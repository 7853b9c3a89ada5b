/// A job that came to nothing: all of its circuits failed.
public struct DeadLetter: Hashable, Sendable {
  /// The job as it ended, with its attempts and crashes.
  public var status: JobStatus
  /// Nanoseconds since 1970 at its end.
  public var finishedUnixNanoseconds: UInt64
  /// Some of the circuits that failed, those that took down workers first.
  public var circuits: [FailedCircuit]
  /// Whether its items are still kept, so that a new job can be made of them.
  public var isRequeueable: Bool

  /// Makes a dead letter.
  public init(status: JobStatus, finishedUnixNanoseconds: UInt64, circuits: [FailedCircuit], isRequeueable: Bool) {
    self.status = status
    self.finishedUnixNanoseconds = finishedUnixNanoseconds
    self.circuits = circuits
    self.isRequeueable = isRequeueable
  }
}

/// A circuit whose result is a failure.
public struct FailedCircuit: Hashable, Sendable {
  /// The item's place in its job.
  public var item: Int
  /// The row of the item's parameters.
  public var row: Int
  /// The failure's stable name.
  public var code: String
  /// The failure for people, cut to 256 bytes.
  public var message: String

  /// Makes a failed circuit; the message is cut.
  public init(item: Int, row: Int, code: String, message: String) {
    self.item = item
    self.row = row
    self.code = Text.truncated(code, to: Limits.nameByteCount)
    self.message = Text.truncated(message, to: Limits.failedCircuitTextByteCount)
  }
}
