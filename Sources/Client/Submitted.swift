public import Protocol

/// A broker's receipt for a job: it is kept and will come to an end.
public struct Submitted: Hashable, Sendable {
  /// The job's name in all that follows.
  public var job: JobID
  /// Whether the same job had been accepted before under its idempotency key; then this is that one.
  public var isDuplicate: Bool
  /// The job's state when it was accepted.
  public var state: JobState
  /// How many circuits it runs.
  public var circuitCount: Int
}
