internal import Foundation
internal import GRDB
internal import Protocol

/// Writes mutations in one transaction, and says which files may go once it is committed.
struct SQLiteWriter {
  let db: Database
  let blobs: BlobFolder
  /// Files whose row is gone.
  private(set) var released: Set<Digest> = []
  private var keptFiles = false
  private var jobCountChange = 0

  init(_ db: Database, blobs: BlobFolder) {
    self.db = db
    self.blobs = blobs
  }

  /// Writes all mutations of batches.
  mutating func write(_ batches: [MutationBatch]) throws {
    for batch in batches { for mutation in batch.mutations { try write(mutation) } }
    if keptFiles { try blobs.flush() }
    try execute("UPDATE meta SET value = value + 1 WHERE name = 'commits'", [])
    if jobCountChange != 0 { try execute("UPDATE meta SET value = value + ? WHERE name = 'jobs'", [jobCountChange]) }
  }

  private mutating func write(_ mutation: Mutation) throws {
    switch mutation {
    case .templateStored(let template):
      try execute(
        "INSERT OR REPLACE INTO template (digest, format, bytes) VALUES (?, ?, ?)",
        [Data(template.digest.bytes), Int(template.format.rawValue), Data(template.bytes)])
    case .templateRemoved(let digest): try execute("DELETE FROM template WHERE digest = ?", [Data(digest.bytes)])
    case .jobAccepted(let job): try insert(job)
    case .stateChanged(let job, let state, let message): try update(job, state, message)
    case .eventRecorded(let event): try insert(event)
    case .leaseGranted(let fence, let lease): try insert(fence, lease)
    case .leaseEnded(let fence):
      try execute("DELETE FROM lease WHERE epoch = ? AND sequence = ?", [Int64(fence.epoch), Int64(fence.sequence)])
    case .resultStored(let job, let circuits, let bytes, let failedCount, let receipt):
      try insert(bytes, of: circuits, failedCount, receipt, job)
    case .jobFinished(let job, let state, let message, let digest, let byteCount, let receiptByteCount, let time):
      try finish(job, state, message, digest, byteCount, receiptByteCount, time)
    case .resultRemoved(let job): try removeResult(of: job)
    case .jobRemoved(let job): try remove(job)
    case .confirmationsRaised(let job, let count):
      try execute(
        "UPDATE job SET confirmations = ?, confirmations_check = ? WHERE id = ?",
        [count, SQLiteCheck.confirmations(job, count), Data(job.bytes)])
    case .jobRetracted(let job, let reason):
      try execute(
        "UPDATE job SET retraction = ?, retraction_check = ? WHERE id = ?",
        [reason, SQLiteCheck.retraction(job, reason), Data(job.bytes)])
    case .jobBuried(let job, let attempts, let crashes, let circuits): try bury(job, attempts, crashes, circuits)
    case .jobEntombed(let job): try entomb(job)
    case .tombstoneRemoved(let job): try execute("DELETE FROM tombstone WHERE job = ?", [Data(job.bytes)])
    case .sessionOpened(let session): try insert(session)
    case .sessionClosed(let session, let time):
      try execute(
        "UPDATE session SET closed = ?, closed_check = ? WHERE id = ?",
        [SQLiteValue.number(time), SQLiteCheck.closing(session, time), Data(session.bytes)])
    case .sessionRemoved(let session): try execute("DELETE FROM session WHERE id = ?", [Data(session.bytes)])
    }
  }

  /// Runs a statement that is prepared once a connection.
  private func execute(_ sql: String, _ arguments: StatementArguments) throws {
    try db.cachedStatement(sql: sql).execute(arguments: arguments)
  }

  private func sequence(of job: JobID) throws -> Int64? {
    try Int64.fetchOne(db.cachedStatement(sql: "SELECT seq FROM job WHERE id = ?"), arguments: [Data(job.bytes)])
  }

  // MARK: Jobs

  private mutating func insert(_ job: StoredJob) throws {
    let templates = job.templates.sorted().flatMap(\.bytes)
    try execute(
      """
      INSERT INTO job (seq, id, tenant, idempotency_key, request_hash, name, priority, submitted, deadline, maximum_run_time, total,
      body_byte_count, need, session, templates, line_check, needed_confirmations, requeued_from, job_check, state, message, state_check)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """,
      [
        Int64(job.sequence), Data(job.id.bytes), job.tenant, job.idempotencyKey, Data(job.requestHash.bytes), job.name,
        job.priority,
        SQLiteValue.number(job.submittedUnixNanoseconds), job.deadlineUnixNanoseconds.map(SQLiteValue.number),
        job.maximumRunTime.map(SQLiteValue.nanoseconds), job.total, job.byteCount, try job.need.flatMap(number(of:)),
        job.session.map { Data($0.bytes) }, Data(templates), SQLiteCheck.line(job, templates: templates), job.confirmations,
        job.requeuedFrom.map { Data($0.bytes) }, SQLiteCheck.job(job), Int(JobState.queued.rawValue), "",
        SQLiteCheck.state(job.id, .queued, ""),
      ])
    try insert(body: job.body, of: Int64(job.sequence))
    jobCountChange += 1
  }

  /// The number of a need, new or known.
  private func number(of need: Requirement) throws -> Int64? {
    let arguments: StatementArguments = [need.device, need.method, need.needsDouble, need.qubitCount]
    let select = "SELECT number FROM need WHERE device = ? AND method = ? AND is_double = ? AND qubits = ?"
    if let known = try Int64.fetchOne(db.cachedStatement(sql: select), arguments: arguments) { return known }
    try execute("INSERT INTO need (device, method, is_double, qubits) VALUES (?, ?, ?, ?)", arguments)
    return db.lastInsertedRowID
  }

  private mutating func insert(body: [UInt8], of job: Int64) throws {
    guard body.count > Limits.inlineByteCount else {
      return try execute("INSERT INTO body (job, bytes) VALUES (?, ?)", [job, Data(body)])
    }
    let digest = Digest(of: body)
    try keep(body, digest)
    try execute("INSERT INTO body (job, file) VALUES (?, ?)", [job, Data(digest.bytes)])
  }

  private func update(_ job: JobID, _ state: JobState, _ message: String) throws {
    try execute(
      "UPDATE job SET state = ?, message = ?, state_check = ? WHERE id = ?",
      [Int(state.rawValue), message, SQLiteCheck.state(job, state, message), Data(job.bytes)])
  }

  private func insert(_ event: JobEvent) throws {
    guard let job = try sequence(of: event.job) else { return }
    try execute(
      """
      INSERT INTO event (job, sequence, state, completed, failed, message, time, circuits, has_more, is_retracted, event_check)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """,
      [
        job, Int64(event.sequence), Int(event.state.rawValue), event.completed, event.failed, event.message,
        SQLiteValue.number(event.unixNanoseconds), Data(SQLiteValue.bytes(event.circuits)), event.hasMoreCircuits,
        event.isRetracted,
        SQLiteCheck.event(event),
      ])
    try update(event.job, event.state, event.message)
  }

  private mutating func finish(
    _ job: JobID, _ state: JobState, _ message: String, _ digest: Digest, _ byteCount: Int, _ receiptByteCount: Int, _ time: UInt64
  ) throws {
    try update(job, state, message)
    try execute(
      "UPDATE job SET digest = ?, byte_count = ?, receipt_byte_count = ?, finished = ?, finish_check = ? WHERE id = ?",
      [
        Data(digest.bytes), byteCount, receiptByteCount, SQLiteValue.number(time),
        SQLiteCheck.finish(job, digest, byteCount, receiptByteCount: receiptByteCount, time), Data(job.bytes),
      ])
    // Of a job that came to nothing the items stay, to be tried again.
    guard state != .failed, state != .dead, let sequence = try sequence(of: job) else { return }
    try removeBody(of: sequence)
  }

  private mutating func removeBody(of job: Int64) throws {
    try release("SELECT file FROM body WHERE job = ? AND file IS NOT NULL", [job])
    try execute("DELETE FROM body WHERE job = ?", [job])
  }

  private mutating func remove(_ job: JobID) throws {
    guard let sequence = try sequence(of: job) else { return }
    try removeBody(of: sequence)
    try removeParts(of: sequence)
    try execute("DELETE FROM job WHERE seq = ?", [sequence])
    jobCountChange -= 1
  }

  private func bury(_ id: JobID, _ attempts: Int, _ crashes: Int, _ circuits: [FailedCircuit]) throws {
    guard let job = try sequence(of: id) else { return }
    try execute(
      "INSERT OR REPLACE INTO burial (job, attempts, crashes, burial_check) VALUES (?, ?, ?, ?)",
      [job, attempts, crashes, SQLiteCheck.burial(id, attempts: attempts, crashes: crashes, circuits)])
    for (number, circuit) in circuits.enumerated() {
      try execute(
        "INSERT OR REPLACE INTO failed_circuit (job, number, item, row, code, message) VALUES (?, ?, ?, ?, ?, ?)",
        [job, number, circuit.item, circuit.row, circuit.code, circuit.message])
    }
  }

  private mutating func entomb(_ job: JobID) throws {
    guard let tombstone = try SQLiteReader(db: db, blobs: blobs).tombstone(of: job) else { return }
    try execute(
      """
      INSERT OR REPLACE INTO tombstone (job, tenant, idempotency_key, request_hash, requeued_from, state, total, finished,
      tombstone_check) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
      """,
      [
        Data(job.bytes), tombstone.tenant, tombstone.idempotencyKey, Data(tombstone.requestHash.bytes),
        tombstone.requeuedFrom.map { Data($0.bytes) }, Int(tombstone.state.rawValue), tombstone.total,
        SQLiteValue.number(tombstone.finishedUnixNanoseconds), SQLiteCheck.tombstone(tombstone),
      ])
    try remove(job)
  }

  private func insert(_ session: StoredSession) throws {
    try execute(
      "INSERT INTO session (id, tenant, idempotency_key, name, idle_time, opened, session_check) VALUES (?, ?, ?, ?, ?, ?, ?)",
      [
        Data(session.id.bytes), session.tenant, session.idempotencyKey, session.name, SQLiteValue.nanoseconds(session.idleTime),
        SQLiteValue.number(session.openedUnixNanoseconds), SQLiteCheck.session(session),
      ])
  }

  // MARK: Leases and results

  private func insert(_ fence: Fence, _ lease: StoredLease) throws {
    guard let job = try sequence(of: lease.job) else { return }
    try execute(
      "INSERT INTO lease (epoch, sequence, job, lower, upper, attempts, crashes, lease_check) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
      [
        Int64(fence.epoch), Int64(fence.sequence), job, lease.circuits.lowerBound, lease.circuits.upperBound, lease.attempts,
        lease.crashes, SQLiteCheck.lease(fence, lease),
      ])
  }

  private mutating func insert(
    _ bytes: [UInt8], of circuits: Range<Int>, _ failedCount: Int, _ receipt: [UInt8], _ id: JobID
  ) throws {
    guard let job = try sequence(of: id) else { return }
    let digest = Digest(of: bytes)
    let isInline = bytes.count <= Limits.inlineByteCount
    if !isInline { try keep(bytes, digest) }
    try execute(
      "INSERT INTO part (job, lower, upper, failed, digest, bytes, receipt, part_check) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
      [
        job, circuits.lowerBound, circuits.upperBound, failedCount, Data(digest.bytes), isInline ? Data(bytes) : nil,
        receipt.isEmpty ? nil : Data(receipt), SQLiteCheck.part(id, circuits, failedCount, digest, receipt: receipt),
      ])
  }

  private mutating func removeResult(of job: JobID) throws {
    guard let sequence = try sequence(of: job) else { return }
    try removeParts(of: sequence)
    try removeBody(of: sequence)
    try execute("UPDATE job SET is_result_removed = ? WHERE seq = ?", [SQLiteCheck.removal(job), sequence])
  }

  private mutating func removeParts(of job: Int64) throws {
    try release("SELECT digest FROM part WHERE job = ? AND bytes IS NULL", [job])
    try execute("DELETE FROM part WHERE job = ?", [job])
  }

  // MARK: Files

  private mutating func keep(_ bytes: [UInt8], _ digest: Digest) throws {
    try blobs.keep(bytes, digest)
    keptFiles = true
    released.remove(digest)
  }

  private mutating func release(_ sql: String, _ arguments: StatementArguments) throws {
    for data in try Data.fetchAll(db.cachedStatement(sql: sql), arguments: arguments) {
      if let digest = Digest(bytes: data) { released.insert(digest) }
    }
  }

  /// Those of the released files that no row names, to be asked before the transaction ends.
  func unusedFiles() throws -> [Digest] {
    try released.filter { digest in
      let sql =
        "SELECT EXISTS (SELECT 1 FROM body WHERE file = ?1) OR EXISTS (SELECT 1 FROM part WHERE digest = ?1 AND bytes IS NULL)"
      return try Bool.fetchOne(db.cachedStatement(sql: sql), arguments: [Data(digest.bytes)]) != true
    }
  }
}
