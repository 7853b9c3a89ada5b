extension Message {
  /// Asks for a job to be accepted; the payload is its items, a ``JobBody``.
  package struct Submit: Hashable, Sendable {
    /// At least one character: the client makes one where its user did not.
    package var idempotencyKey: String
    package var priority: Int
    package var deadline: Duration?
    package var maximumRunTime: Duration?
    package var name: String

    package init(
      idempotencyKey: String, priority: Int = 0, deadline: Duration? = nil, maximumRunTime: Duration? = nil, name: String = ""
    ) {
      self.idempotencyKey = idempotencyKey
      self.priority = priority
      self.deadline = deadline
      self.maximumRunTime = maximumRunTime
      self.name = name
    }
  }

  /// The job is kept and will reach a terminal state.
  package struct Accepted: Hashable, Sendable {
    package var job: JobID
    /// Whether the same job had been accepted before under this key.
    package var isDuplicate: Bool
    package var state: JobState
    /// Circuits in all.
    package var total: Int

    package init(job: JobID, isDuplicate: Bool, state: JobState, total: Int) {
      self.job = job
      self.isDuplicate = isDuplicate
      self.state = state
      self.total = total
    }
  }

  /// Asks for the bytes of a finished job's result, from an offset up to a limit; RESULT messages follow, then STREAM_END.
  ///
  /// A later CREDIT raises the limit; one FETCH or CREDIT raises it by 8 MiB at most, so a client that reads gives credit as it
  /// goes. A FETCH of the same job replaces the one before, so a lost message is cured by FETCH again.
  package struct Fetch: Hashable, Sendable {
    package var job: JobID
    package var offset: Int
    package var limit: Int

    package init(job: JobID, offset: Int = 0, limit: Int) {
      self.job = job
      self.offset = offset
      self.limit = limit
    }
  }

  /// A piece of a result, in the payload.
  package struct ResultPart: Hashable, Sendable {
    package var job: JobID
    package var offset: Int
    /// Digest of the payload.
    package var digest: Digest

    package init(job: JobID, offset: Int, digest: Digest) {
      self.job = job
      self.offset = offset
      self.digest = digest
    }
  }

  /// All of a result has been sent.
  package struct StreamEnd: Hashable, Sendable {
    package var job: JobID
    package var byteCount: Int
    /// Digest of the whole result, the same for every reader.
    package var digest: Digest
    package var state: JobState

    package init(job: JobID, byteCount: Int, digest: Digest, state: JobState) {
      self.job = job
      self.byteCount = byteCount
      self.digest = digest
      self.state = state
    }
  }

  /// The client can take the result's bytes below this offset.
  package struct Credit: Hashable, Sendable {
    package var job: JobID
    package var limit: Int

    package init(job: JobID, limit: Int) {
      self.job = job
      self.limit = limit
    }
  }

  /// Asks for a job's events after a sequence number, those to come included.
  package struct Subscribe: Hashable, Sendable {
    package var job: JobID
    package var after: UInt64

    package init(job: JobID, after: UInt64 = 0) {
      self.job = job
      self.after = after
    }
  }

  /// Asks what the broker holds.
  package struct List: Hashable, Sendable {
    package enum Kind: UInt8, Hashable, Sendable {
      case jobs = 1
      case workers = 2
    }

    package var kind: Kind
    /// Finished jobs too.
    package var includesTerminal: Bool
    package var limit: Int

    package init(kind: Kind, includesTerminal: Bool = false, limit: Int = Limits.listingCount) {
      self.kind = kind
      self.includesTerminal = includesTerminal
      self.limit = limit
    }
  }

  /// The answer to LIST; rows are in the payload, a ``ListingBody``.
  package struct Listing: Hashable, Sendable {
    /// Circuits that wait for a worker.
    package var queuedCircuits: Int
    /// Jobs there are, listed or not.
    package var totalJobs: Int
    package var epoch: UInt64

    package init(queuedCircuits: Int, totalJobs: Int, epoch: UInt64) {
      self.queuedCircuits = queuedCircuits
      self.totalJobs = totalJobs
      self.epoch = epoch
    }
  }
}
