extension Message {
  /// So many confirmations are there of what a job rests on; a count below one reported before changes nothing.
  package struct Confirm: Hashable, Sendable {
    package var job: JobID
    package var count: Int

    package init(job: JobID, count: Int) {
      self.job = job
      self.count = count
    }
  }

  /// What a job rests on is no longer so, a block that left its chain for instance.
  ///
  /// A job that has not ended is cancelled; one that has keeps its state and is marked.
  package struct Retract: Hashable, Sendable {
    package var job: JobID
    package var reason: String

    package init(job: JobID, reason: String) {
      self.job = job
      self.reason = reason
    }
  }

  /// Asks for a new job of the items of one that failed or is dead; answered like SUBMIT.
  package struct Requeue: Hashable, Sendable {
    package var job: JobID
    /// At least one character, of the same keys as SUBMIT's.
    package var idempotencyKey: String

    package init(job: JobID, idempotencyKey: String) {
      self.job = job
      self.idempotencyKey = idempotencyKey
    }
  }

  /// Asks for a session; answered with SESSION_STATE.
  package struct SessionOpen: Hashable, Sendable {
    /// At least one character, of keys that only sessions have: the same key and values are the same session.
    package var idempotencyKey: String
    package var name: String
    /// After so long without use it closes by itself; `nil` for the broker's default.
    package var idleTime: Duration?

    package init(idempotencyKey: String, name: String = "", idleTime: Duration? = nil) {
      self.idempotencyKey = idempotencyKey
      self.name = name
      self.idleTime = idleTime
    }
  }

  /// Asks that a session takes no more jobs.
  package struct SessionClose: Hashable, Sendable {
    package var session: SessionID
    /// Whether its jobs are cancelled; else they run on.
    package var cancelsJobs: Bool

    package init(session: SessionID, cancelsJobs: Bool = false) {
      self.session = session
      self.cancelsJobs = cancelsJobs
    }
  }
}
