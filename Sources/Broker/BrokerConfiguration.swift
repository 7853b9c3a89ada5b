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
  /// What single tenants are granted, in place of what is said here for all.
  public var tenants = TenantPolicies()
  /// After how long a wait a job's priority is one higher, against its tenant's other jobs; `nil` for never.
  public var ageingInterval: Duration? = .seconds(60)
  /// Jobs of one tenant that are not terminal.
  public var tenantJobCount = 10_000
  /// Payload bytes of one tenant's jobs that are not terminal.
  public var tenantByteCount = 512 << 20
  /// Expected seconds of work that one tenant may have with workers at a time; one lease it always may. `nil` for no limit but its share.
  public var tenantRunningTime: Duration?
  /// Payload bytes of all jobs that are not terminal.
  public var byteCount = 2 << 30
  /// Bytes of templates kept; those that no job needs give way, the longest unused first.
  public var templateByteCount = 512 << 20
  /// Bytes in memory of jobs that wait, and as many of results; the rest is read from the store when its turn comes.
  public var residentByteCount = 256 << 20
  /// Jobs in memory that wait, and as many that have ended.
  public var residentJobCount = 8_192
  /// Bytes of results kept; the oldest give way.
  public var resultByteCount = 4 << 30
  /// How long a finished job's result is kept.
  public var resultRetention: Duration = .seconds(24 * 3_600)
  /// How long a finished job, and its idempotency key, is remembered; a client may say a request again for so long.
  public var jobRetention: Duration = .seconds(7 * 24 * 3_600)
  /// Finished jobs remembered; the oldest give way, and leave their keys.
  public var finishedJobCount = 100_000
  /// Keys remembered of finished jobs that gave way; beyond that the oldest are free again before their time.
  public var tombstoneCount = 1_000_000
  /// Open sessions of one tenant.
  public var tenantSessionCount = 16
  /// How long a session stays open without use, where its client does not say.
  public var sessionIdleTime: Duration = .seconds(60)
  /// How long a session stays open, however it is used; its idle time is not longer.
  public var sessionMaximumTime: Duration = .seconds(8 * 3_600)
  /// Closed sessions remembered for as long as finished jobs; the oldest give way.
  public var closedSessionCount = 10_000
  /// How long a refused client should wait.
  public var retryAfter: Duration = .seconds(1)
  /// Connections that one key may have at a time: a cluster's workers may share one.
  package var connectionsPerKey = 1_024
  /// Connections of one network address at a time, those included whose handshake has not ended: a cluster may be behind one.
  package var connectionsPerAddress = 2_048
  /// Handshakes of one network address.
  package var handshakeRate = TokenBucket.Rate(perSecond: 200, burst: 1_000)
  /// Messages under one key.
  package var messageRate = TokenBucket.Rate(perSecond: 5_000, burst: 20_000)
  /// How long leases may go on once the broker drains.
  public var drainTime: Duration = .seconds(30)
  /// How long a broker whose store failed refuses what it is asked, with the time that is left, before it ends with an error.
  public var storeFailureTime: Duration = .seconds(30)

  /// What is asked of the receipts of results.
  public var receipts = ReceiptPolicy()
  /// How likely the results of a lease are to be run a second time, by another worker where there is one, once their job has its result.
  public var auditProbability = 0.0

  /// Makes the default configuration.
  public init() {}
}
