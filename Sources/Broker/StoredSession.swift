package import Protocol

/// What is kept of a session from its opening on.
package struct StoredSession: Hashable, Sendable {
  package var id: SessionID
  package var tenant: String
  package var idempotencyKey: String
  package var name: String
  /// Without use for so long it closes by itself.
  package var idleTime: Duration
  package var openedUnixNanoseconds: UInt64
  /// When it closed; `nil` while it is open.
  package var closedUnixNanoseconds: UInt64?

  package init(
    id: SessionID, tenant: String, idempotencyKey: String, name: String, idleTime: Duration, openedUnixNanoseconds: UInt64,
    closedUnixNanoseconds: UInt64? = nil
  ) {
    self.id = id
    self.tenant = tenant
    self.idempotencyKey = idempotencyKey
    self.name = name
    self.idleTime = idleTime
    self.openedUnixNanoseconds = openedUnixNanoseconds
    self.closedUnixNanoseconds = closedUnixNanoseconds
  }
}
