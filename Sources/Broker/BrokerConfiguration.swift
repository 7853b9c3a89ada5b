/// What an operator may set: timers, attempts, quotas.
public struct BrokerConfiguration: Sendable {
  /// PING a peer after so long a silence.
  public var pingInterval: Duration = .seconds(1)
  /// Give a worker no new lease after so long a silence.
  public var suspectTime: Duration = .seconds(3)
  /// Give a peer up after so long a silence.
  public var goneTime: Duration = .seconds(5)
  /// Give a peer up so long after its connection broke, unless it is heard of again.
  public var probeTime: Duration = .milliseconds(250)
  /// How long a lease lasts without RENEW.
  public var leaseTime: Duration = .seconds(15)
  /// How often workers renew.
  public var renewInterval: Duration = .seconds(5)
  /// How much measured work a lease should hold.
  public var leaseTarget: Duration = .milliseconds(100)
  /// The first retry's longest delay; it doubles with each attempt.
  public var retryDelay: Duration = .milliseconds(500)
  /// The longest delay of a retry.
  public var retryDelayLimit: Duration = .seconds(60)
  /// Failed attempts after which the circuits of a lease get the failure as their result.
  public var attemptLimit = 5
  /// Workers a single circuit may take down before it gets that as its result.
  public var crashLimit = 3
  /// How long one lease may be executed, where the job does not say.
  public var maximumRunTime: Duration?
  /// How often progress becomes an event.
  public var progressInterval: Duration = .milliseconds(100)
  /// How long a job waits for a worker with enough memory before any worker may say that it has not.
  public var memoryWait: Duration = .seconds(2)
  /// Jobs of one tenant that are not terminal.
  public var tenantJobCount = 10_000
  /// Payload bytes of one tenant's jobs that are not terminal.
  public var tenantByteCount = 512 << 20
  /// Payload bytes of all jobs that are not terminal.
  public var byteCount = 2 << 30
  /// Bytes of templates kept; those that no job needs give way, the longest unused first.
  public var templateByteCount = 512 << 20
  /// Bytes of results kept; the oldest give way.
  public var resultByteCount = 4 << 30
  /// How long a finished job's result is kept.
  public var resultRetention: Duration = .seconds(24 * 3_600)
  /// How long a finished job, and its idempotency key, is remembered.
  public var jobRetention: Duration = .seconds(7 * 24 * 3_600)
  /// Finished jobs remembered; the oldest give way.
  public var finishedJobCount = 100_000
  /// How long a refused client should wait.
  public var retryAfter: Duration = .seconds(1)
  /// How long leases may go on once the broker drains.
  public var drainTime: Duration = .seconds(30)

  /// Makes the default configuration.
  public init() {}
}
