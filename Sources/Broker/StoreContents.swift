package import Protocol

/// All that a store holds, as values: what a broker starts from, and what a store in memory is.
package struct StoreContents: Hashable, Sendable {
  /// A job with what became of it.
  package struct Entry: Hashable, Sendable {
    package var job: StoredJob
    package var state: JobState = .queued
    package var message = ""
    package var events: [JobEvent] = []
    /// Results by their first circuit.
    package var parts: [Int: Part] = [:]
    package var digest: Digest?
    package var byteCount = 0
    /// Of the receipts of a finished job.
    package var receiptByteCount = 0
    package var finishedUnixNanoseconds: UInt64?
    package var isResultKept = true
    package var confirmations = 0
    /// Why it was retracted, if it was.
    package var retraction: String?
    /// Of a job that failed or is dead.
    package var attempts = 0
    package var crashes = 0
    package var failedCircuits: [FailedCircuit] = []
  }

  /// Results of a range of circuits.
  package struct Part: Hashable, Sendable {
    package var circuits: Range<Int>
    package var bytes: [UInt8]
    package var failedCount: Int
    /// A `SignedReceipt` of the bytes, or empty.
    package var receipt: [UInt8] = []
  }

  /// Grows by one at every start.
  package var epoch: UInt64 = 0
  package var templates: [Digest: Template] = [:]
  package var jobs: [JobID: Entry] = [:]
  package var leases: [Fence: StoredLease] = [:]
  package var tombstones: [JobID: Tombstone] = [:]
  package var sessions: [SessionID: StoredSession] = [:]

  package init() {}

  /// Makes a batch part of the contents.
  package mutating func apply(_ batch: MutationBatch) {
    for mutation in batch.mutations { apply(mutation) }
  }

  private mutating func apply(_ mutation: Mutation) {
    switch mutation {
    case .templateStored(let template): templates[template.digest] = template
    case .templateRemoved(let digest): templates[digest] = nil
    case .jobAccepted(let job): jobs[job.id] = Entry(job: job)
    case .stateChanged(let job, let state, let message):
      jobs[job]?.state = state
      jobs[job]?.message = message
    case .eventRecorded(let event): record(event)
    case .leaseGranted(let fence, let lease): leases[fence] = lease
    case .leaseEnded(let fence): leases[fence] = nil
    case .resultStored(let job, let circuits, let bytes, let failedCount, let receipt):
      jobs[job]?.parts[circuits.lowerBound] = Part(circuits: circuits, bytes: bytes, failedCount: failedCount, receipt: receipt)
    case .confirmationsRaised(let job, let count): jobs[job]?.confirmations = count
    case .jobRetracted(let job, let reason): jobs[job]?.retraction = reason
    case .jobBuried(let job, let attempts, let crashes, let circuits):
      jobs[job]?.attempts = attempts
      jobs[job]?.crashes = crashes
      jobs[job]?.failedCircuits = circuits
    case .jobFinished(let job, let state, let message, let digest, let byteCount, let receiptByteCount, let unixNanoseconds):
      finish(job, state, message, digest, byteCount, receiptByteCount, unixNanoseconds)
    case .resultRemoved(let job):
      jobs[job]?.parts = [:]
      jobs[job]?.job.body = []
      jobs[job]?.isResultKept = false
    case .jobRemoved(let job): jobs[job] = nil
    case .jobEntombed(let job): entomb(job)
    case .tombstoneRemoved(let job): tombstones[job] = nil
    case .sessionOpened(let session): sessions[session.id] = session
    case .sessionClosed(let session, let unixNanoseconds): sessions[session]?.closedUnixNanoseconds = unixNanoseconds
    case .sessionRemoved(let session): sessions[session] = nil
    }
  }

  private mutating func record(_ event: JobEvent) {
    jobs[event.job]?.events.append(event)
    jobs[event.job]?.state = event.state
    jobs[event.job]?.message = event.message
  }

  private mutating func finish(
    _ job: JobID, _ state: JobState, _ message: String, _ digest: Digest, _ byteCount: Int, _ receiptByteCount: Int,
    _ unixNanoseconds: UInt64
  ) {
    jobs[job]?.state = state
    jobs[job]?.message = message
    jobs[job]?.digest = digest
    jobs[job]?.byteCount = byteCount
    jobs[job]?.receiptByteCount = receiptByteCount
    jobs[job]?.finishedUnixNanoseconds = unixNanoseconds
    // Nothing reads the items of a finished job, unless it may be tried again.
    if state != .failed && state != .dead { jobs[job]?.job.body = [] }
  }

  private mutating func entomb(_ id: JobID) {
    guard let entry = jobs.removeValue(forKey: id) else { return }
    tombstones[id] = entry.tombstone
  }
}

extension StoreContents.Entry {
  /// What stays of the job when it gives way before its time.
  var tombstone: Tombstone {
    Tombstone(
      job: job.id, tenant: job.tenant, idempotencyKey: job.idempotencyKey, requestHash: job.requestHash,
      requeuedFrom: job.requeuedFrom, state: state, total: job.total, finishedUnixNanoseconds: finishedUnixNanoseconds ?? 0)
  }
}
