package import Protocol

/// What is kept of a job at its acceptance.
package struct StoredJob: Hashable, Sendable {
  package var id: JobID
  /// The order of acceptance.
  package var sequence: UInt64
  package var tenant: String
  package var idempotencyKey: String
  package var requestHash: Digest
  package var name: String
  package var priority: Int
  package var submittedUnixNanoseconds: UInt64
  package var deadlineUnixNanoseconds: UInt64?
  package var maximumRunTime: Duration?
  package var total: Int
  /// The items, as a ``JobBody``; dropped when the job has ended.
  package var body: [UInt8]
  /// Bytes of the items.
  package var byteCount: Int
  /// What all circuits need, where that is the same.
  package var need: Requirement?
  /// The templates that the items name.
  package var templates: Set<Digest>
  /// Confirmations that it is held for; 0 for none.
  package var confirmations: Int
  /// The session it was submitted in, which may be forgotten before it.
  package var session: SessionID?
  /// The job whose items it runs again, which may be forgotten before it.
  package var requeuedFrom: JobID?

  package init(
    id: JobID, sequence: UInt64, tenant: String, idempotencyKey: String, requestHash: Digest, name: String, priority: Int,
    submittedUnixNanoseconds: UInt64, deadlineUnixNanoseconds: UInt64?, maximumRunTime: Duration?, total: Int, body: [UInt8],
    need: Requirement? = nil, templates: Set<Digest>, confirmations: Int = 0, session: SessionID? = nil, requeuedFrom: JobID? = nil
  ) {
    self.id = id
    self.sequence = sequence
    self.tenant = tenant
    self.idempotencyKey = idempotencyKey
    self.requestHash = requestHash
    self.name = name
    self.priority = priority
    self.submittedUnixNanoseconds = submittedUnixNanoseconds
    self.deadlineUnixNanoseconds = deadlineUnixNanoseconds
    self.maximumRunTime = maximumRunTime
    self.total = total
    self.body = body
    byteCount = body.count
    self.need = need
    self.templates = templates
    self.confirmations = confirmations
    self.session = session
    self.requeuedFrom = requeuedFrom
  }
}

/// What is kept of a lease, so that work in progress outlives the broker.
package struct StoredLease: Hashable, Sendable {
  package var job: JobID
  package var circuits: Range<Int>
  package var attempts: Int
  package var crashes: Int

  package init(job: JobID, circuits: Range<Int>, attempts: Int, crashes: Int) {
    self.job = job
    self.circuits = circuits
    self.attempts = attempts
    self.crashes = crashes
  }
}
