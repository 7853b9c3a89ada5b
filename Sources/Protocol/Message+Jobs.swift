extension Message {
  /// Asks for a job to be accepted; the payload is its items, a ``JobBody``.
  package struct Submit: Hashable, Sendable {
    /// At least one character: the client makes one where its user did not.
    package var idempotencyKey: String
    package var priority: Int
    package var deadline: Duration?
    package var maximumRunTime: Duration?
    package var name: String
    /// The job is held until so many are reported.
    package var confirmations: Int
    /// An open session of the same tenant.
    package var session: SessionID?
    /// How much of the result follows without being asked for when the job has ended, in bytes; 0 for none, and where the job was accepted before.
    package var resultLimit: Int

    package init(
      idempotencyKey: String, priority: Int = 0, deadline: Duration? = nil, maximumRunTime: Duration? = nil, name: String = "",
      confirmations: Int = 0, session: SessionID? = nil, resultLimit: Int = 0
    ) {
      self.idempotencyKey = idempotencyKey
      self.priority = priority
      self.deadline = deadline
      self.maximumRunTime = maximumRunTime
      self.name = name
      self.confirmations = confirmations
      self.session = session
      self.resultLimit = resultLimit
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
  ///
  /// With a range of circuits the job may be in any state. What is sent is then what there is of them, in order, the bytes that
  /// the result has for them. Offsets count in it: they stay good across connections when all of the range was there.
  package struct Fetch: Hashable, Sendable {
    package var job: JobID
    package var offset: Int
    package var limit: Int
    /// Only what there is of these circuits, counted row by row through the items.
    package var circuits: Range<Int>?
    /// Whether a job that has not ended is waited for; then its state goes before its result.
    package var waits: Bool

    package init(job: JobID, offset: Int = 0, limit: Int, circuits: Range<Int>? = nil, waits: Bool = false) {
      self.job = job
      self.offset = offset
      self.limit = limit
      self.circuits = circuits
      self.waits = waits
    }
  }

  /// A piece of a result, in the payload.
  package struct ResultPart: Hashable, Sendable {
    package var job: JobID
    package var offset: Int
    /// Digest of the payload.
    package var digest: Digest
    /// As FETCH asked.
    package var circuits: Range<Int>?

    package init(job: JobID, offset: Int, digest: Digest, circuits: Range<Int>? = nil) {
      self.job = job
      self.offset = offset
      self.digest = digest
      self.circuits = circuits
    }
  }

  /// All of a result has been sent.
  package struct StreamEnd: Hashable, Sendable {
    package var job: JobID
    package var byteCount: Int
    /// Digest of the whole result, the same for every reader; of a range of circuits, of all that was sent.
    package var digest: Digest
    package var state: JobState
    /// Why the job was retracted, if it was: the result stands on nothing.
    package var retraction: String?
    /// As FETCH asked.
    package var circuits: Range<Int>?
    /// Of those circuits, the ones whose results were sent; empty without a range.
    package var present: [Range<Int>]
    /// Whether there are results of the range beyond the last of them: ask on from there.
    package var hasMore: Bool

    package init(
      job: JobID, byteCount: Int, digest: Digest, state: JobState, retraction: String? = nil, circuits: Range<Int>? = nil,
      present: [Range<Int>] = [], hasMore: Bool = false
    ) {
      self.job = job
      self.byteCount = byteCount
      self.digest = digest
      self.state = state
      self.retraction = retraction
      self.circuits = circuits
      self.present = present
      self.hasMore = hasMore
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
      case deadLetters = 3
      /// Comparisons with a second run, of this tenant's jobs, that did not agree.
      case audits = 4
    }

    package var kind: Kind
    /// Finished jobs too; of dead letters, jobs that failed too.
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

  /// Asks for the receipts of a finished job; RECEIPT_LIST follows, and this again for what did not fit.
  package struct Receipts: Hashable, Sendable {
    package var job: JobID
    /// Send what begins at this circuit or after it.
    package var lower: Int

    package init(job: JobID, lower: Int = 0) {
      self.job = job
      self.lower = lower
    }
  }

  /// The answer to RECEIPTS; the parts of the result are in the payload, a ``ReceiptBody``.
  package struct ReceiptList: Hashable, Sendable {
    package var job: JobID
    package var requestHash: Digest
    /// Circuits of the job.
    package var total: Int
    /// Whether nothing comes after the last part here.
    package var isComplete: Bool

    package init(job: JobID, requestHash: Digest, total: Int, isComplete: Bool) {
      self.job = job
      self.requestHash = requestHash
      self.total = total
      self.isComplete = isComplete
    }
  }
}
