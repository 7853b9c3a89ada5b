internal import Foundation
internal import GRDB
internal import Protocol

/// Reads rows as values, and refuses those that are not what was written.
struct SQLiteReader {
  let db: Database
  let blobs: BlobFolder

  static func damaged(_ what: String) -> BrokerError {
    BrokerError(.storeDamaged, "\(what) is not what was written; restore the store from a copy")
  }

  /// A number of the store itself.
  func meta(_ name: String) throws -> Int64 {
    guard let value = try Int64.fetchOne(db, sql: "SELECT value FROM meta WHERE name = ?", arguments: [name]) else {
      throw Self.damaged("meta \(name)")
    }
    return value
  }

  /// What a broker starts from.
  func index() throws -> StoreIndex {
    var index = StoreIndex()
    index.epoch = UInt64(try meta("epoch"))
    index.templates = try templates()
    index.leases = try leases()
    index.tombstones = try tombstones()
    index.sessions = try sessions()
    try readJobs(into: &index)
    guard try meta("jobs") == index.parked.count + index.entries.count else { throw Self.damaged("the number of jobs") }
    return index
  }

  private func readJobs(into index: inout StoreIndex) throws {
    // Jobs of which something is under way: with a lease, a result or more than one event.
    let busy = try Int64.fetchAll(
      db, sql: "SELECT job FROM lease UNION SELECT job FROM part UNION SELECT job FROM event WHERE sequence = 2")
    var lines = SQLiteLines(needs: try needs(), busy: Set(busy))
    index.parked.reserveCapacity(Int(try meta("jobs")))
    try lines.read(db, into: &index)
    index.entries = try entries(of: lines.others, withResults: true)
  }

  /// Jobs with all that became of them.
  func entries(of jobs: [JobID], withResults: Bool) throws -> [StoreContents.Entry] {
    let needs = try needs()
    let statement = try db.cachedStatement(sql: "SELECT \(Self.jobColumns) FROM job WHERE id = ?")
    return try jobs.compactMap { id in
      guard let row = try Row.fetchOne(statement, arguments: [Data(id.bytes)]) else { return nil }
      var entry = try head(row, needs)
      try complete(&entry, row[0], withResults: withResults || !entry.state.isTerminal)
      return entry
    }
  }

  private func needs() throws -> [Int64: Requirement] {
    var needs: [Int64: Requirement] = [:]
    let rows = try Row.fetchCursor(db, sql: "SELECT number, device, method, is_double, qubits FROM need")
    while let row = try rows.next() {
      needs[row[0]] = Requirement(device: row[1], method: row[2], needsDouble: row[3], qubitCount: row[4])
    }
    return needs
  }

  private func templates() throws -> [Digest: Template] {
    var templates: [Digest: Template] = [:]
    let rows = try Row.fetchCursor(db, sql: "SELECT digest, format, bytes FROM template")
    while let row = try rows.next() {
      let digest = try Self.digest(row[0], "a template's digest")
      guard let format = Template.Format(rawValue: UInt8(clamping: row[1] as Int64)) else {
        throw Self.damaged("template \(digest)")
      }
      let template: Template
      do { template = try Template(format: format, bytes: Array(row[2] as Data)) } catch {
        throw Self.damaged("template \(digest)")
      }
      guard template.digest == digest else { throw Self.damaged("template \(digest)") }
      templates[digest] = template
    }
    return templates
  }

  // MARK: Jobs

  /// The columns of a job, in the order in which they are read.
  private enum Column: Int, CaseIterable {
    case seq, id, tenant, idempotency_key, request_hash, name, priority, submitted, deadline, maximum_run_time, total,
      body_byte_count, need
    case session, templates, line_check, needed_confirmations, requeued_from, job_check, state, message, state_check, digest
    case byte_count, receipt_byte_count, finished, finish_check, is_result_removed, confirmations, confirmations_check, retraction
    case retraction_check
  }

  private static let jobColumns = Column.allCases.map { "\($0)" }.joined(separator: ", ")

  /// A job's own row.
  private func head(_ row: Row, _ needs: [Int64: Requirement]) throws -> StoreContents.Entry {
    let job = try job(row, needs)
    var entry = StoreContents.Entry(job: job)
    guard let state = JobState(rawValue: UInt8(clamping: row[Column.state.rawValue] as Int64)) else {
      throw Self.damaged("the state of job \(job.id)")
    }
    entry.state = state
    entry.message = row[Column.message.rawValue]
    guard SQLiteCheck.state(job.id, entry.state, entry.message) == row[Column.state_check.rawValue] else {
      throw Self.damaged("the state of job \(job.id)")
    }
    try readEnd(row, into: &entry)
    try readChain(row, into: &entry)
    return entry
  }

  /// All that other tables have of a job.
  private func complete(_ entry: inout StoreContents.Entry, _ sequence: Int64, withResults: Bool) throws {
    entry.events = try events(of: entry.job, sequence)
    try readBurial(sequence, into: &entry)
    if withResults { try readParts(sequence, into: &entry) }
    entry.job.body = try body(of: entry.job, sequence, isNeeded: !entry.state.isTerminal)
  }

  private func job(_ row: Row, _ needs: [Int64: Requirement]) throws -> StoredJob {
    let sequence: Int64 = row[Column.seq.rawValue]
    guard let id = JobID(bytes: row[Column.id.rawValue] as Data) else { throw Self.damaged("job \(sequence)") }
    let templates = Array(row[Column.templates.rawValue] as Data)
    var job = StoredJob(
      id: id, sequence: UInt64(bitPattern: sequence), tenant: row[Column.tenant.rawValue],
      idempotencyKey: row[Column.idempotency_key.rawValue],
      requestHash: try Self.digest(row[Column.request_hash.rawValue], "job \(sequence)"), name: row[Column.name.rawValue],
      priority: row[Column.priority.rawValue], submittedUnixNanoseconds: UInt64(bitPattern: row[Column.submitted.rawValue]),
      deadlineUnixNanoseconds: (row[Column.deadline.rawValue] as Int64?).map { UInt64(bitPattern: $0) },
      maximumRunTime: (row[Column.maximum_run_time.rawValue] as Int64?).map { .nanoseconds($0) }, total: row[Column.total.rawValue],
      body: [], need: (row[Column.need.rawValue] as Int64?).flatMap { needs[$0] }, templates: TemplateUses.digests(templates),
      confirmations: row[Column.needed_confirmations.rawValue],
      session: (row[Column.session.rawValue] as Data?).flatMap { SessionID(bytes: $0) },
      requeuedFrom: (row[Column.requeued_from.rawValue] as Data?).flatMap { JobID(bytes: $0) })
    job.byteCount = row[Column.body_byte_count.rawValue]
    guard SQLiteCheck.line(job, templates: templates) == row[Column.line_check.rawValue],
      SQLiteCheck.job(job) == row[Column.job_check.rawValue]
    else { throw Self.damaged("job \(id)") }
    return job
  }

  private func readEnd(_ row: Row, into entry: inout StoreContents.Entry) throws {
    let job = entry.job.id
    if let digest = row[Column.digest.rawValue] as Data? {
      let (digest, byteCount, receiptByteCount, time) = (
        try Self.digest(digest, "job \(job)"), row[Column.byte_count.rawValue] as Int,
        row[Column.receipt_byte_count.rawValue] as Int,
        UInt64(bitPattern: row[Column.finished.rawValue] as Int64)
      )
      guard
        SQLiteCheck.finish(job, digest, byteCount, receiptByteCount: receiptByteCount, time) == row[Column.finish_check.rawValue]
      else {
        throw Self.damaged("the end of job \(job)")
      }
      (entry.digest, entry.byteCount, entry.receiptByteCount, entry.finishedUnixNanoseconds) = (
        digest, byteCount, receiptByteCount, time
      )
    }
    guard entry.state.isTerminal == (entry.digest != nil) else { throw Self.damaged("the end of job \(job)") }
    if let removal = row[Column.is_result_removed.rawValue] as Int64? {
      guard removal == SQLiteCheck.removal(job) else { throw Self.damaged("the end of job \(job)") }
      entry.isResultKept = false
    }
  }

  private func body(of job: StoredJob, _ sequence: Int64, isNeeded: Bool) throws -> [UInt8] {
    let statement = try db.cachedStatement(sql: "SELECT bytes, file FROM body WHERE job = ?")
    guard let row = try Row.fetchOne(statement, arguments: [sequence]) else {
      guard !isNeeded else { throw Self.damaged("the body of job \(job.id)") }
      return []
    }
    let body: [UInt8]
    if let bytes = row[0] as Data? {
      body = Array(bytes)
    } else {
      body = try blobs.read(try Self.digest(row[1], "body of job \(job.id)"))
    }
    guard JobBody.requestHash(ofEncoded: body) == job.requestHash else { throw Self.damaged("the body of job \(job.id)") }
    return body
  }

  private func events(of job: StoredJob, _ sequence: Int64) throws -> [JobEvent] {
    let statement = try db.cachedStatement(
      sql: """
        SELECT sequence, state, completed, failed, message, time, event_check, circuits, has_more, is_retracted FROM event
        WHERE job = ? ORDER BY sequence
        """)
    var events: [JobEvent] = []
    let rows = try Row.fetchCursor(statement, arguments: [sequence])
    while let row = try rows.next() {
      guard let state = JobState(rawValue: UInt8(clamping: row[1] as Int64)) else {
        throw Self.damaged("an event of job \(job.id)")
      }
      let event = JobEvent(
        job: job.id, sequence: UInt64(bitPattern: row[0] as Int64), state: state, completed: row[2], failed: row[3],
        total: job.total,
        message: row[4], unixNanoseconds: UInt64(bitPattern: row[5] as Int64),
        circuits: SQLiteValue.ranges(Array(row[7] as Data)) ?? [], hasMoreCircuits: row[8], isRetracted: row[9])
      guard SQLiteCheck.event(event) == row[6], event.sequence == UInt64(events.count + 1) else {
        throw Self.damaged("event \(event.sequence) of job \(job.id)")
      }
      events.append(event)
    }
    return events
  }

  private func readParts(_ sequence: Int64, into entry: inout StoreContents.Entry) throws {
    let job = entry.job.id
    let statement = try db.cachedStatement(
      sql: "SELECT lower, upper, failed, digest, bytes, receipt, part_check FROM part WHERE job = ? ORDER BY lower")
    let rows = try Row.fetchCursor(statement, arguments: [sequence])
    while let row = try rows.next() {
      let (lower, upper, failedCount) = (row[0] as Int, row[1] as Int, row[2] as Int)
      let digest = try Self.digest(row[3], "a result of job \(job)")
      let receipt = (row[5] as Data?).map { Array($0) } ?? []
      guard lower < upper, SQLiteCheck.part(job, lower..<upper, failedCount, digest, receipt: receipt) == row[6] else {
        throw Self.damaged("a result of job \(job)")
      }
      let bytes: [UInt8]
      if let data = row[4] as Data? { bytes = Array(data) } else { bytes = try blobs.read(digest) }
      guard Digest(of: bytes) == digest else { throw Self.damaged("a result of job \(job)") }
      entry.parts[lower] = StoreContents.Part(
        circuits: lower..<upper, bytes: bytes, failedCount: failedCount, receipt: receipt)
    }
  }

  // MARK: Chains and dead letters

  private func readChain(_ row: Row, into entry: inout StoreContents.Entry) throws {
    let job = entry.job.id
    if let count = row[Column.confirmations.rawValue] as Int? {
      guard SQLiteCheck.confirmations(job, count) == row[Column.confirmations_check.rawValue] else {
        throw Self.damaged("the confirmations of job \(job)")
      }
      entry.confirmations = count
    }
    if let reason = row[Column.retraction.rawValue] as String? {
      guard SQLiteCheck.retraction(job, reason) == row[Column.retraction_check.rawValue] else {
        throw Self.damaged("the retraction of job \(job)")
      }
      entry.retraction = reason
    }
  }

  private func readBurial(_ sequence: Int64, into entry: inout StoreContents.Entry) throws {
    let statement = try db.cachedStatement(sql: "SELECT attempts, crashes, burial_check FROM burial WHERE job = ?")
    guard let row = try Row.fetchOne(statement, arguments: [sequence]) else { return }
    (entry.attempts, entry.crashes) = (row[0], row[1])
    let circuits = try db.cachedStatement(sql: "SELECT item, row, code, message FROM failed_circuit WHERE job = ? ORDER BY number")
    let rows = try Row.fetchCursor(circuits, arguments: [sequence])
    while let row = try rows.next() {
      entry.failedCircuits.append(FailedCircuit(item: row[0], row: row[1], code: row[2], message: row[3]))
    }
    let check = SQLiteCheck.burial(entry.job.id, attempts: entry.attempts, crashes: entry.crashes, entry.failedCircuits)
    guard check == row[2] else { throw Self.damaged("why job \(entry.job.id) failed") }
  }

  /// What would stay of a job.
  func tombstone(of job: JobID) throws -> Tombstone? {
    let statement = try db.cachedStatement(sql: "SELECT \(Self.jobColumns) FROM job WHERE id = ?")
    guard let row = try Row.fetchOne(statement, arguments: [Data(job.bytes)]) else { return nil }
    return try head(row, try needs()).tombstone
  }

  private func tombstones() throws -> [Tombstone] {
    let sql = """
      SELECT job, tenant, idempotency_key, request_hash, requeued_from, state, total, finished, tombstone_check FROM tombstone
      ORDER BY job
      """
    var tombstones: [Tombstone] = []
    let rows = try Row.fetchCursor(db, sql: sql)
    while let row = try rows.next() {
      guard let job = JobID(bytes: row[0] as Data), let state = JobState(rawValue: UInt8(clamping: row[5] as Int64)) else {
        throw Self.damaged("a tombstone")
      }
      let tombstone = Tombstone(
        job: job, tenant: row[1], idempotencyKey: row[2], requestHash: try Self.digest(row[3], "tombstone \(job)"),
        requeuedFrom: (row[4] as Data?).flatMap { JobID(bytes: $0) }, state: state, total: row[6],
        finishedUnixNanoseconds: UInt64(bitPattern: row[7] as Int64))
      guard SQLiteCheck.tombstone(tombstone) == row[8] else { throw Self.damaged("tombstone \(job)") }
      tombstones.append(tombstone)
    }
    return tombstones
  }

  private func sessions() throws -> [StoredSession] {
    let sql = """
      SELECT id, tenant, idempotency_key, name, idle_time, opened, session_check, closed, closed_check FROM session ORDER BY id
      """
    var sessions: [StoredSession] = []
    let rows = try Row.fetchCursor(db, sql: sql)
    while let row = try rows.next() {
      guard let id = SessionID(bytes: row[0] as Data) else { throw Self.damaged("a session") }
      var session = StoredSession(
        id: id, tenant: row[1], idempotencyKey: row[2], name: row[3], idleTime: .nanoseconds(row[4] as Int64),
        openedUnixNanoseconds: UInt64(bitPattern: row[5] as Int64))
      guard SQLiteCheck.session(session) == row[6] else { throw Self.damaged("session \(id)") }
      if let closed = (row[7] as Int64?).map({ UInt64(bitPattern: $0) }) {
        guard SQLiteCheck.closing(id, closed) == row[8] else { throw Self.damaged("the end of session \(id)") }
        session.closedUnixNanoseconds = closed
      }
      sessions.append(session)
    }
    return sessions
  }

  // MARK: Leases

  private func leases() throws -> [Fence: StoredLease] {
    var leases: [Fence: StoredLease] = [:]
    let rows = try Row.fetchCursor(
      db,
      sql: """
        SELECT epoch, sequence, id, lower, upper, attempts, crashes, lease_check FROM lease LEFT JOIN job ON job.seq = lease.job
        """)
    while let row = try rows.next() {
      let fence = Fence(epoch: UInt64(bitPattern: row[0] as Int64), sequence: UInt64(bitPattern: row[1] as Int64))
      let (lower, upper) = (row[3] as Int, row[4] as Int)
      guard let id = row[2] as Data?, let job = JobID(bytes: id), lower < upper else { throw Self.damaged("lease \(fence)") }
      let lease = StoredLease(job: job, circuits: lower..<upper, attempts: row[5], crashes: row[6])
      guard SQLiteCheck.lease(fence, lease) == row[7] else { throw Self.damaged("lease \(fence)") }
      leases[fence] = lease
    }
    return leases
  }

  // MARK: Files

  /// The files that rows name.
  func files() throws -> Set<Digest> {
    let sql = "SELECT file FROM body WHERE file IS NOT NULL UNION SELECT digest FROM part WHERE bytes IS NULL"
    return Set(try Data.fetchAll(db, sql: sql).compactMap { Digest(bytes: $0) })
  }

  private static func digest(_ data: Data?, _ what: String) throws -> Digest {
    guard let data, let digest = Digest(bytes: data) else { throw damaged(what) }
    return digest
  }
}
