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
  /// The items, as a ``JobBody``.
  package var body: [UInt8]
  /// The templates that the items name.
  package var templates: Set<Digest>

  package init(
    id: JobID, sequence: UInt64, tenant: String, idempotencyKey: String, requestHash: Digest, name: String, priority: Int,
    submittedUnixNanoseconds: UInt64, deadlineUnixNanoseconds: UInt64?, maximumRunTime: Duration?, total: Int, body: [UInt8],
    templates: Set<Digest>
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
    self.templates = templates
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
