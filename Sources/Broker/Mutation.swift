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
  /// A worker holds circuits; or, in epoch 0, they wait for another try.
  case leaseGranted(Fence, StoredLease)
  case leaseEnded(Fence)
  /// Results of circuits that had none before, and the signed receipt of exactly these bytes; empty if there is none.
  case resultStored(JobID, circuits: Range<Int>, bytes: [UInt8], failedCount: Int, receipt: [UInt8] = [])
  /// The job's count of confirmations is this from here on; the count is higher each time.
  case confirmationsRaised(JobID, count: Int)
  /// The job is marked as retracted, once; its state changes with an event, or is terminal and stays.
  case jobRetracted(JobID, reason: String)
  /// Before a job is finished as failed or dead: what is kept to say why. There are 16 circuits at most.
  case jobBuried(JobID, attempts: Int, crashes: Int, circuits: [FailedCircuit])
  /// The job is terminal; its result is all that was stored. Unless it is failed or dead, its body is no longer needed.
  case jobFinished(
    JobID, JobState, message: String, digest: Digest, byteCount: Int, receiptByteCount: Int = 0, unixNanoseconds: UInt64)
  /// The bytes of the result, and those of the body, are no longer needed.
  case resultRemoved(JobID)
  /// The job and its idempotency key are forgotten.
  case jobRemoved(JobID)
  /// The finished job is forgotten apart from its ``Tombstone``, which is made of the values that are kept of the job.
  case jobEntombed(JobID)
  /// The tombstone, and with it the job's idempotency key, is forgotten.
  case tombstoneRemoved(JobID)
  case sessionOpened(StoredSession)
  /// The session takes no more jobs, for good.
  case sessionClosed(SessionID, unixNanoseconds: UInt64)
  /// The closed session and its idempotency key are forgotten.
  case sessionRemoved(SessionID)
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
