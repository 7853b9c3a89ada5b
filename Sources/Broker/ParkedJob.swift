package import Protocol

/// What is remembered of a job that stays in the store until somebody asks for it: one that has ended, or that waits far from its turn.
package struct ParkedJob: Hashable, Sendable {
  package var id: JobID
  /// The order of acceptance.
  package var sequence: UInt64
  package var tenant: String
  package var idempotencyKey: String
  package var priority: Int
  /// `queued`, or terminal.
  package var state: JobState
  package var total: Int
  /// Of the items.
  package var byteCount: Int
  /// What its circuits need, of one that is queued.
  package var need: Requirement?
  package var deadlineUnixNanoseconds: UInt64?
  package var finishedUnixNanoseconds: UInt64?
  package var resultByteCount: Int
  package var receiptByteCount: Int
  package var isResultKept: Bool
  /// Those of its items, which it keeps to be tried again; none of other jobs.
  package var templates: Set<Digest>

  package init(
    id: JobID, sequence: UInt64, tenant: String, idempotencyKey: String, priority: Int, state: JobState, total: Int, byteCount: Int,
    need: Requirement?, deadlineUnixNanoseconds: UInt64?, finishedUnixNanoseconds: UInt64?, resultByteCount: Int,
    receiptByteCount: Int, isResultKept: Bool,
    templates: Set<Digest> = []
  ) {
    self.id = id
    self.sequence = sequence
    self.tenant = tenant
    self.idempotencyKey = idempotencyKey
    self.priority = priority
    self.state = state
    self.total = total
    self.byteCount = byteCount
    self.need = need
    self.deadlineUnixNanoseconds = deadlineUnixNanoseconds
    self.finishedUnixNanoseconds = finishedUnixNanoseconds
    self.resultByteCount = resultByteCount
    self.receiptByteCount = receiptByteCount
    self.isResultKept = isResultKept
    self.templates = templates
  }
}
