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
    package var finishedUnixNanoseconds: UInt64?
    package var isResultKept = true
  }

  /// Results of a range of circuits.
  package struct Part: Hashable, Sendable {
    package var circuits: Range<Int>
    package var bytes: [UInt8]
    package var failedCount: Int
  }

  /// Grows by one at every start.
  package var epoch: UInt64 = 0
  package var templates: [Digest: Template] = [:]
  package var jobs: [JobID: Entry] = [:]
  package var leases: [Fence: StoredLease] = [:]

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
    case .resultStored(let job, let circuits, let bytes, let failedCount):
      jobs[job]?.parts[circuits.lowerBound] = Part(circuits: circuits, bytes: bytes, failedCount: failedCount)
    case .jobFinished(let job, let state, let message, let digest, let byteCount, let unixNanoseconds):
      finish(job, state, message, digest, byteCount, unixNanoseconds)
    case .resultRemoved(let job):
      jobs[job]?.parts = [:]
      jobs[job]?.isResultKept = false
    case .jobRemoved(let job): jobs[job] = nil
    }
  }

  private mutating func record(_ event: JobEvent) {
    jobs[event.job]?.events.append(event)
    jobs[event.job]?.state = event.state
    jobs[event.job]?.message = event.message
  }

  private mutating func finish(
    _ job: JobID, _ state: JobState, _ message: String, _ digest: Digest, _ byteCount: Int, _ unixNanoseconds: UInt64
  ) {
    jobs[job]?.state = state
    jobs[job]?.message = message
    jobs[job]?.digest = digest
    jobs[job]?.byteCount = byteCount
    jobs[job]?.finishedUnixNanoseconds = unixNanoseconds
    // Nothing reads the items of a finished job.
    jobs[job]?.job.body = []
  }
}
