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
}

/// What is kept of a lease, so that work in progress outlives the broker.
package struct StoredLease: Hashable, Sendable {
  package var job: JobID
  package var circuits: Range<Int>
  package var attempts: Int
  package var crashes: Int
}
