package import Protocol

/// What stays of a finished job that gave way before its time: enough that its idempotency key is never used twice.
package struct Tombstone: Hashable, Sendable {
  package var job: JobID
  package var tenant: String
  package var idempotencyKey: String
  package var requestHash: Digest
  /// The job that this one ran again.
  package var requeuedFrom: JobID?
  /// The terminal state it reached.
  package var state: JobState
  /// Its circuits.
  package var total: Int
  package var finishedUnixNanoseconds: UInt64

  package init(
    job: JobID, tenant: String, idempotencyKey: String, requestHash: Digest, requeuedFrom: JobID?, state: JobState, total: Int,
    finishedUnixNanoseconds: UInt64
  ) {
    self.job = job
    self.tenant = tenant
    self.idempotencyKey = idempotencyKey
    self.requestHash = requestHash
    self.requeuedFrom = requeuedFrom
    self.state = state
    self.total = total
    self.finishedUnixNanoseconds = finishedUnixNanoseconds
  }
}
