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
  /// Circuits that have got a result since the event before, ascending; counted row by row through the job's items.
  public var circuits: [Range<Int>]
  /// Whether others have, too, which a later event names; after the last event they can only be fetched.
  public var hasMoreCircuits: Bool
  /// Whether the job was retracted; ``message`` says why.
  public var isRetracted: Bool

  /// Makes an event.
  public init(
    job: JobID, sequence: UInt64, state: JobState, completed: Int, failed: Int, total: Int, message: String = "",
    unixNanoseconds: UInt64 = 0, circuits: [Range<Int>] = [], hasMoreCircuits: Bool = false, isRetracted: Bool = false
  ) {
    self.job = job
    self.sequence = sequence
    self.state = state
    self.completed = completed
    self.failed = failed
    self.total = total
    self.message = message
    self.unixNanoseconds = unixNanoseconds
    self.circuits = circuits
    self.hasMoreCircuits = hasMoreCircuits
    self.isRetracted = isRetracted
  }
}
