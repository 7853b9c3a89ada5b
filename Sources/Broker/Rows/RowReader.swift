internal import Protocol

/// Reads rows as values, and refuses those that are not what was written; the same for every database.
///
/// A table is asked about all jobs before the next table is, so that a database at the other end of a network is asked a few times only.
struct RowReader<Source: RowSource> {
  let source: Source

  init(_ source: Source) { self.source = source }

  /// A number of the store itself.
  func meta(_ name: String) throws -> Int64 {
    var value: Int64?
    try source.read(.meta, keys: [.text(name)]) { value = $1.number(0) }
    guard let value else { throw RowDamage.error("meta \(name)") }
    return value
  }

  /// What a broker starts from.
  func index(epoch: UInt64) throws -> StoreIndex {
    var index = StoreIndex()
    index.epoch = epoch
    index.templates = try templates()
    index.leases = try leases()
    index.tombstones = try tombstones()
    index.sessions = try sessions()
    try readJobs(into: &index)
    guard try meta("jobs") == index.parked.count + index.entries.count else { throw RowDamage.error("the number of jobs") }
    return index
  }

  private func readJobs(into index: inout StoreIndex) throws {
    var busy: Set<Int64> = []
    try source.read(.busy) { busy.insert($0.number(0)) }
    var lines = RowLines(needs: try needs(), busy: busy)
    // A count that is damaged is found in the end; nothing is made of it before.
    index.parked.reserveCapacity(min(max(0, Int(try meta("jobs"))), 1 << 24))
    try source.read(.lines) { try lines.add($0, to: &index) }
    index.templateUses = lines.templateUses
    for start in stride(from: 0, to: lines.others.count, by: Limits.loadCount) {
      index.entries += try entries(of: Array(lines.others[start...].prefix(Limits.loadCount)), withResults: true)
    }
  }

  /// Jobs with all that became of them.
  func entries(of jobs: [JobID], withResults: Bool) throws -> [StoreContents.Entry] {
    var heads = try self.heads(of: jobs)
    try readEvents(into: &heads)
    try readBurials(into: &heads)
    try readParts(into: &heads, withResults: withResults)
    try readBodies(into: &heads)
    return heads.map(\.entry)
  }

  func needs() throws -> [Int64: Requirement] {
    var needs: [Int64: Requirement] = [:]
    try source.read(.needs) { row in
      needs[row.number(0)] = Requirement(
        device: row.text(1), method: row.text(2), needsDouble: row.number(3) != 0, qubitCount: row.count(4))
    }
    return needs
  }

  private func templates() throws -> [Digest: Template] {
    var templates: [Digest: Template] = [:]
    try source.read(.templates) { row in
      let digest = try row.digest(0, of: "a template's digest")
      guard let format = Template.Format(rawValue: UInt8(clamping: row.number(1))) else {
        throw RowDamage.error("template \(digest)")
      }
      let template: Template
      do { template = try Template(format: format, bytes: row.bytes(2)) } catch { throw RowDamage.error("template \(digest)") }
      guard template.digest == digest else { throw RowDamage.error("template \(digest)") }
      templates[digest] = template
    }
    return templates
  }

  private func leases() throws -> [Fence: StoredLease] {
    var leases: [Fence: StoredLease] = [:]
    try source.read(.leases) { row in
      let fence = Fence(epoch: UInt64(bitPattern: row.number(0)), sequence: UInt64(bitPattern: row.number(1)))
      let (lower, upper) = (row.count(3), row.count(4))
      guard let job = row.jobID(2), lower < upper else { throw RowDamage.error("lease \(fence)") }
      let lease = StoredLease(job: job, circuits: lower..<upper, attempts: row.count(5), crashes: row.count(6))
      guard RowChecks.lease(fence, lease) == row.number(7) else { throw RowDamage.error("lease \(fence)") }
      leases[fence] = lease
    }
    return leases
  }

  private func tombstones() throws -> [Tombstone] {
    var tombstones: [Tombstone] = []
    try source.read(.tombstones) { row in
      guard let job = row.jobID(0), let state = JobState(rawValue: UInt8(clamping: row.number(5))) else {
        throw RowDamage.error("a tombstone")
      }
      let tombstone = Tombstone(
        job: job, tenant: row.text(1), idempotencyKey: row.text(2), requestHash: try row.digest(3, of: "tombstone \(job)"),
        requeuedFrom: row.jobID(4), state: state, total: row.count(6), finishedUnixNanoseconds: UInt64(bitPattern: row.number(7)))
      guard RowChecks.tombstone(tombstone) == row.number(8) else { throw RowDamage.error("tombstone \(job)") }
      tombstones.append(tombstone)
    }
    return tombstones
  }

  private func sessions() throws -> [StoredSession] {
    var sessions: [StoredSession] = []
    try source.read(.sessions) { row in
      guard let id = SessionID(bytes: row.bytes(0)) else { throw RowDamage.error("a session") }
      var session = StoredSession(
        id: id, tenant: row.text(1), idempotencyKey: row.text(2), name: row.text(3), idleTime: .nanoseconds(row.number(4)),
        openedUnixNanoseconds: UInt64(bitPattern: row.number(5)))
      guard RowChecks.session(session) == row.number(6) else { throw RowDamage.error("session \(id)") }
      if let closed = row.optionalNumber(7).map({ UInt64(bitPattern: $0) }) {
        guard RowChecks.closing(id, closed) == row.optionalNumber(8) else { throw RowDamage.error("the end of session \(id)") }
        session.closedUnixNanoseconds = closed
      }
      sessions.append(session)
    }
    return sessions
  }
}
