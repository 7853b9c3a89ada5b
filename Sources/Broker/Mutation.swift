package import Protocol

/// A change of what is kept for good.
package enum Mutation: Hashable, Sendable {
  case templateStored(Template)
  case templateRemoved(Digest)
  case jobAccepted(StoredJob)
  /// A change of state of which no event is recorded.
  case stateChanged(JobID, JobState, message: String)
  /// A step in the life of a job; its state is the event's from here on.
  case eventRecorded(JobEvent)
  case leaseGranted(Fence, StoredLease)
  case leaseEnded(Fence)
  /// Results of circuits that had none before.
  case resultStored(JobID, circuits: Range<Int>, bytes: [UInt8], failedCount: Int)
  /// The job is terminal; its result is all that was stored.
  case jobFinished(JobID, JobState, message: String, digest: Digest, byteCount: Int, unixNanoseconds: UInt64)
  /// The result's bytes are no longer needed.
  case resultRemoved(JobID)
  /// The job and its idempotency key are forgotten.
  case jobRemoved(JobID)
}

/// Mutations that become durable together or not at all, numbered from 1 in each epoch.
package struct MutationBatch: Hashable, Sendable {
  package var sequence: UInt64
  package var mutations: [Mutation]

  package init(sequence: UInt64, mutations: [Mutation]) {
    self.sequence = sequence
    self.mutations = mutations
  }
}
