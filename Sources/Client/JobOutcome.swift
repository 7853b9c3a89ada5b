public import Protocol

/// What a job has come to.
public struct JobOutcome: Hashable, Sendable {
  /// The job's last status; its state is terminal.
  public var status: JobStatus
  /// The results there are, by item and row. A job that succeeded has one for every circuit, of which some may be failures.
  public var results: CircuitResults
}
