/// Where a job stands.
public struct JobStatus: Hashable, Sendable {
  /// The job.
  public var job: JobID
  /// Its name for people.
  public var name: String
  /// Its state.
  public var state: JobState
  /// Circuits that have a result.
  public var completed: Int
  /// Circuits among them whose result is a failure.
  public var failed: Int
  /// Circuits in all.
  public var total: Int
  /// Circuits now with workers.
  public var leased: Int
  /// Leases that ended in a failure of the whole lease.
  public var attempts: Int
  /// Leases that ended in the loss of the worker.
  public var crashes: Int
  /// Higher runs first.
  public var priority: Int
  /// For people: why it failed or waits; often empty.
  public var message: String
  /// Nanoseconds since 1970 at acceptance.
  public var submittedUnixNanoseconds: UInt64
  /// The sequence of its last event.
  public var lastEvent: UInt64
  /// The digest of the whole result, once the state is terminal.
  public var resultDigest: Digest?
  /// Bytes of the whole result, once the state is terminal.
  public var resultByteCount: Int
  /// 1 is next; `nil` when not waiting.
  public var queuePosition: Int?
  /// Why the job was retracted, if it was: what it computed, or would have, stands on nothing.
  public var retraction: String?
  /// The failed or dead job whose items this one runs again.
  public var requeuedFrom: JobID?
  /// The session it was submitted in.
  public var session: SessionID?
  /// Confirmations reported of what it rests on.
  public var confirmations: Int
  /// Confirmations that it is, or was, held for.
  public var neededConfirmations: Int

  /// Makes a status.
  public init(
    job: JobID, name: String = "", state: JobState, completed: Int = 0, failed: Int = 0, total: Int, leased: Int = 0,
    attempts: Int = 0,
    crashes: Int = 0, priority: Int = 0, message: String = "", submittedUnixNanoseconds: UInt64 = 0, lastEvent: UInt64 = 0,
    resultDigest: Digest? = nil, resultByteCount: Int = 0, queuePosition: Int? = nil, retraction: String? = nil,
    requeuedFrom: JobID? = nil, session: SessionID? = nil, confirmations: Int = 0, neededConfirmations: Int = 0
  ) {
    self.job = job
    self.name = name
    self.state = state
    self.completed = completed
    self.failed = failed
    self.total = total
    self.leased = leased
    self.attempts = attempts
    self.crashes = crashes
    self.priority = priority
    self.message = message
    self.submittedUnixNanoseconds = submittedUnixNanoseconds
    self.lastEvent = lastEvent
    self.resultDigest = resultDigest
    self.resultByteCount = resultByteCount
    self.queuePosition = queuePosition
    self.retraction = retraction
    self.requeuedFrom = requeuedFrom
    self.session = session
    self.confirmations = confirmations
    self.neededConfirmations = neededConfirmations
  }
}
