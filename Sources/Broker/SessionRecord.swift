internal import Protocol

/// A session as the broker holds it.
struct SessionRecord: Sendable {
  let id: SessionID
  let tenant: String
  let idempotencyKey: String
  let name: String
  let idleTime: Duration
  let opened: Duration

  var isOpen: Bool
  var closed: Duration?
  /// The last submission, extension, or end of a job.
  var lastUsed: Duration
  /// Its jobs that have not ended.
  var jobs: Set<JobID> = []
  /// Who executed something of it last, and may have its circuits compiled still.
  var lastWorker: PeerID?
  /// Whether a timer for its idleness is set.
  var hasIdleTimer = false

  init(_ stored: StoredSession, now: Time) {
    id = stored.id
    tenant = stored.tenant
    idempotencyKey = stored.idempotencyKey
    name = stored.name
    idleTime = stored.idleTime
    opened = now.monotonic(atUnixNanoseconds: stored.openedUnixNanoseconds)
    isOpen = stored.closedUnixNanoseconds == nil
    closed = stored.closedUnixNanoseconds.map { now.monotonic(atUnixNanoseconds: $0) }
    // While the broker was away nobody could use it.
    lastUsed = now.monotonic
  }

  /// When it closes by itself if nothing happens.
  func end(maximumTime: Duration) -> Duration {
    let end = opened + maximumTime
    return jobs.isEmpty ? min(lastUsed + idleTime, end) : end
  }
}
