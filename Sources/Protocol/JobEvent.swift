/// A step in the life of a job; the numbers of one job's events have no gaps.
public struct JobEvent: Hashable, Sendable {
  /// The job.
  public var job: JobID
  /// 1 for the first event of the job, then one more each.
  public var sequence: UInt64
  /// The state the job is in from here on.
  public var state: JobState
  /// Circuits that have a result.
  public var completed: Int
  /// Circuits among them whose result is a failure.
  public var failed: Int
  /// Circuits in all.
  public var total: Int
  /// For people: why a job failed or waits; often empty.
  public var message: String
  /// Nanoseconds since 1970 by the broker's clock.
  public var unixNanoseconds: UInt64

  /// Makes an event.
  public init(
    job: JobID, sequence: UInt64, state: JobState, completed: Int, failed: Int, total: Int, message: String = "",
    unixNanoseconds: UInt64 = 0
  ) {
    self.job = job
    self.sequence = sequence
    self.state = state
    self.completed = completed
    self.failed = failed
    self.total = total
    self.message = message
    self.unixNanoseconds = unixNanoseconds
  }
}
