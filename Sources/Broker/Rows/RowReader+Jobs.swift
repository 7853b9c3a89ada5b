internal import Protocol

/// A job's own row as a value, and the number that other tables know the job by.
struct JobHead {
  var sequence: Int64
  var entry: StoreContents.Entry

  init(_ row: some StoredRow, _ needs: [Int64: Requirement]) throws {
    func number(_ column: JobColumn) -> Int64 { row.number(column.rawValue) }
    sequence = number(.seq)
    let job = try Self.job(row, needs)
    guard let state = JobState(rawValue: UInt8(clamping: number(.state))) else {
      throw RowDamage.error("the state of job \(job.id)")
    }
    entry = StoreContents.Entry(job: job)
    (entry.state, entry.message) = (state, row.text(JobColumn.message.rawValue))
    guard RowChecks.state(job.id, state, entry.message) == number(.state_check) else {
      throw RowDamage.error("the state of job \(job.id)")
    }
    try readEnd(row)
    try readChain(row)
  }

  private static func job(_ row: some StoredRow, _ needs: [Int64: Requirement]) throws -> StoredJob {
    func number(_ column: JobColumn) -> Int64 { row.number(column.rawValue) }
    func optional(_ column: JobColumn) -> Int64? { row.optionalNumber(column.rawValue) }
    func text(_ column: JobColumn) -> String { row.text(column.rawValue) }
    let sequence = number(.seq)
    guard let id = row.jobID(JobColumn.id.rawValue) else { throw RowDamage.error("job \(sequence)") }
    let templates = row.bytes(JobColumn.templates.rawValue)
    var job = StoredJob(
      id: id, sequence: UInt64(bitPattern: sequence), tenant: text(.tenant), idempotencyKey: text(.idempotency_key),
      requestHash: try row.digest(JobColumn.request_hash.rawValue, of: "job \(sequence)"), name: text(.name),
      priority: Int(number(.priority)), submittedUnixNanoseconds: UInt64(bitPattern: number(.submitted)),
      deadlineUnixNanoseconds: optional(.deadline).map { UInt64(bitPattern: $0) },
      maximumRunTime: optional(.maximum_run_time).map { .nanoseconds($0) }, total: Int(number(.total)), body: [],
      need: optional(.need).flatMap { needs[$0] }, templates: TemplateUses.digests(templates),
      confirmations: Int(number(.needed_confirmations)),
      session: row.optionalBytes(JobColumn.session.rawValue).flatMap { SessionID(bytes: $0) },
      requeuedFrom: row.jobID(JobColumn.requeued_from.rawValue))
    job.byteCount = Int(number(.body_byte_count))
    guard RowChecks.line(job, templates: templates) == number(.line_check), RowChecks.job(job) == number(.job_check) else {
      throw RowDamage.error("job \(id)")
    }
    return job
  }

  private mutating func readEnd(_ row: some StoredRow) throws {
    let job = entry.job.id
    if !row.isNull(JobColumn.digest.rawValue) {
      let digest = try row.digest(JobColumn.digest.rawValue, of: "job \(job)")
      let (byteCount, receiptByteCount) = (
        row.count(JobColumn.byte_count.rawValue), row.count(JobColumn.receipt_byte_count.rawValue)
      )
      let time = UInt64(bitPattern: row.number(JobColumn.finished.rawValue))
      let check = RowChecks.finish(job, digest, byteCount, receiptByteCount: receiptByteCount, time)
      guard check == row.optionalNumber(JobColumn.finish_check.rawValue) else { throw RowDamage.error("the end of job \(job)") }
      (entry.digest, entry.byteCount, entry.receiptByteCount) = (digest, byteCount, receiptByteCount)
      entry.finishedUnixNanoseconds = time
    }
    guard entry.state.isTerminal == (entry.digest != nil) else { throw RowDamage.error("the end of job \(job)") }
    if let removal = row.optionalNumber(JobColumn.is_result_removed.rawValue) {
      guard removal == RowChecks.removal(job) else { throw RowDamage.error("the end of job \(job)") }
      entry.isResultKept = false
    }
  }

  private mutating func readChain(_ row: some StoredRow) throws {
    let job = entry.job.id
    if let count = row.optionalNumber(JobColumn.confirmations.rawValue).map({ Int($0) }) {
      guard RowChecks.confirmations(job, count) == row.optionalNumber(JobColumn.confirmations_check.rawValue) else {
        throw RowDamage.error("the confirmations of job \(job)")
      }
      entry.confirmations = count
    }
    if !row.isNull(JobColumn.retraction.rawValue) {
      let reason = row.text(JobColumn.retraction.rawValue)
      guard RowChecks.retraction(job, reason) == row.optionalNumber(JobColumn.retraction_check.rawValue) else {
        throw RowDamage.error("the retraction of job \(job)")
      }
      entry.retraction = reason
    }
  }
}

extension RowReader {
  /// The jobs' own rows, of those that are there.
  func heads(of jobs: [JobID]) throws -> [JobHead] {
    let needs = try needs()
    var heads: [JobHead] = []
    try source.read(.head, keys: jobs.map { RowArgument($0) }) { heads.append(try JobHead($1, needs)) }
    return heads
  }

  /// What would stay of jobs.
  func tombstones(of jobs: [JobID]) throws -> [Tombstone] { try heads(of: jobs).map(\.entry.tombstone) }

  private func read(_ query: RowQuery, of heads: [JobHead], _ body: (Int, Source.Row) throws -> Void) throws {
    try source.read(query, keys: heads.map { .number($0.sequence) }, body)
  }

  func readEvents(into heads: inout [JobHead]) throws {
    try read(.events, of: heads) { place, row in
      let (job, known) = (heads[place].entry.job, heads[place].entry.events.count)
      guard let state = JobState(rawValue: UInt8(clamping: row.number(1))) else {
        throw RowDamage.error("an event of job \(job.id)")
      }
      let event = JobEvent(
        job: job.id, sequence: UInt64(bitPattern: row.number(0)), state: state, completed: row.count(2), failed: row.count(3),
        total: job.total, message: row.text(4), unixNanoseconds: UInt64(bitPattern: row.number(5)),
        circuits: RowValue.ranges(row.bytes(7)) ?? [], hasMoreCircuits: row.number(8) != 0, isRetracted: row.number(9) != 0)
      guard RowChecks.event(event) == row.number(6), event.sequence == UInt64(known + 1) else {
        throw RowDamage.error("event \(event.sequence) of job \(job.id)")
      }
      heads[place].entry.events.append(event)
    }
  }

  func readBurials(into heads: inout [JobHead]) throws {
    var checks: [Int: Int64] = [:]
    try read(.burial, of: heads) { place, row in
      (heads[place].entry.attempts, heads[place].entry.crashes) = (row.count(0), row.count(1))
      checks[place] = row.number(2)
    }
    let buried = checks.keys.sorted()
    try read(.failedCircuits, of: buried.map { heads[$0] }) { place, row in
      let circuit = FailedCircuit(item: row.count(0), row: row.count(1), code: row.text(2), message: row.text(3))
      heads[buried[place]].entry.failedCircuits.append(circuit)
    }
    for (place, check) in checks {
      let entry = heads[place].entry
      let expected = RowChecks.burial(entry.job.id, attempts: entry.attempts, crashes: entry.crashes, entry.failedCircuits)
      guard check == expected else { throw RowDamage.error("why job \(entry.job.id) failed") }
    }
  }

  /// Reads results: of jobs that have ended only where they are wanted.
  func readParts(into heads: inout [JobHead], withResults: Bool) throws {
    let wanted = heads.indices.filter { withResults || !heads[$0].entry.state.isTerminal }
    var large: [(place: Int, lower: Int, digest: Digest)] = []
    try read(.parts, of: wanted.map { heads[$0] }) { number, row in
      let (place, job) = (wanted[number], heads[wanted[number]].entry.job.id)
      let (lower, upper, failedCount) = (row.count(0), row.count(1), row.count(2))
      let digest = try row.digest(3, of: "a result of job \(job)")
      let receipt = row.bytes(5)
      guard lower < upper, RowChecks.part(job, lower..<upper, failedCount, digest, receipt: receipt) == row.number(6) else {
        throw RowDamage.error("a result of job \(job)")
      }
      let bytes = row.bytes(4)
      if row.isNull(4) {
        large.append((place, lower, digest))
      } else if Digest(of: bytes) != digest {
        throw RowDamage.error("a result of job \(job)")
      }
      heads[place].entry.parts[lower] = StoreContents.Part(
        circuits: lower..<upper, bytes: bytes, failedCount: failedCount, receipt: receipt)
    }
    for part in large { heads[part.place].entry.parts[part.lower]?.bytes = try source.large(part.digest) }
  }

  func readBodies(into heads: inout [JobHead]) throws {
    var (found, large): (Set<Int>, [Int: Digest]) = ([], [:])
    try read(.body, of: heads) { place, row in
      found.insert(place)
      heads[place].entry.job.body = row.bytes(0)
      if row.isNull(0) { large[place] = try row.digest(1, of: "the body of job \(heads[place].entry.job.id)") }
    }
    for (place, digest) in large { heads[place].entry.job.body = try source.large(digest) }
    for place in heads.indices {
      let entry = heads[place].entry
      // Nothing reads the items of a finished job, unless it may be tried again.
      let isWhole =
        found.contains(place) ? JobBody.requestHash(ofEncoded: entry.job.body) == entry.job.requestHash : entry.state.isTerminal
      guard isWhole else { throw RowDamage.error("the body of job \(entry.job.id)") }
    }
  }
}
