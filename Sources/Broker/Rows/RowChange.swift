internal import Protocol

/// What a mutation does to the rows of a database, in SQL that SQLite and PostgreSQL read alike.
///
/// Arguments are `$1`, `$2` and so on, which first appear in this order. No change needs an answer, so that many can be on their way.
enum RowChange {
  case run(String, [RowArgument])
  /// Keeps bytes that are too many for a row, under their digest, before a row names it.
  case keep([UInt8], Digest)
  /// Says that the rows that this question finds will no longer name a digest, by a job's name; bytes that none names may then go.
  case release(String, JobID)
  /// The job's row becomes a tombstone: read it, then carry out ``changes(entombing:)``.
  case entomb(JobID)

  /// What batches do, in their order.
  static func changes(of batches: [MutationBatch]) -> [RowChange] {
    let mutations = batches.flatMap(\.mutations)
    // Of the states that a job goes through in one commit the last is the one that is kept.
    var last: [JobID: Int] = [:]
    for (place, mutation) in mutations.enumerated() { if let (job, _, _) = mutation.newState { last[job] = place } }
    let passing = passingLeases(mutations)
    return mutations.enumerated().flatMap { place, mutation in
      if let fence = mutation.fence, passing.contains(fence) { return [RowChange]() }
      let state = mutation.newState.flatMap { last[$0.job] == place ? [update($0.job, $0.state, $0.message)] : nil }
      return changes(of: mutation) + (state ?? [])
    }
  }

  /// Leases that are granted and end here, of which nothing is left.
  private static func passingLeases(_ mutations: [Mutation]) -> Set<Fence> {
    var (granted, passing): (Set<Fence>, Set<Fence>) = ([], [])
    for mutation in mutations {
      switch mutation {
      case .leaseGranted(let fence, _): granted.insert(fence)
      case .leaseEnded(let fence): if granted.contains(fence) { passing.insert(fence) }
      default: break
      }
    }
    return passing
  }

  private static func changes(of mutation: Mutation) -> [RowChange] {
    switch mutation {
    case .templateStored(let template): [insert(template)]
    case .templateRemoved(let digest): [.run("DELETE FROM template WHERE digest = $1", [RowArgument(digest)])]
    case .jobAccepted(let job): insert(job)
    case .stateChanged: []
    case .eventRecorded(let event): [insert(event)]
    case .leaseGranted(let fence, let lease): [insert(fence, lease)]
    case .leaseEnded(let fence):
      [.run("DELETE FROM lease WHERE epoch = $1 AND sequence = $2", [RowArgument(fence.epoch), RowArgument(fence.sequence)])]
    case .resultStored(let job, let circuits, let bytes, let failedCount, let receipt):
      insert(bytes, of: circuits, failedCount, receipt, job)
    case .jobFinished(let job, let state, _, let digest, let byteCount, let receiptByteCount, let time):
      finish(job, state, digest, byteCount, receiptByteCount, time)
    case .resultRemoved(let job): removeResult(of: job)
    case .jobRemoved(let job): remove(job)
    case .confirmationsRaised(let job, let count):
      [
        .run(
          "UPDATE job SET confirmations = $1, confirmations_check = $2 WHERE id = $3",
          [RowArgument(count), .number(RowChecks.confirmations(job, count)), RowArgument(job)])
      ]
    case .jobRetracted(let job, let reason):
      [
        .run(
          "UPDATE job SET retraction = $1, retraction_check = $2 WHERE id = $3",
          [.text(reason), .number(RowChecks.retraction(job, reason)), RowArgument(job)])
      ]
    case .jobBuried(let job, let attempts, let crashes, let circuits): bury(job, attempts, crashes, circuits)
    case .jobEntombed(let job): [.entomb(job)]
    case .tombstoneRemoved(let job): [.run("DELETE FROM tombstone WHERE job = $1", [RowArgument(job)])]
    case .sessionOpened(let session): [insert(session)]
    case .sessionClosed(let session, let time):
      [
        .run(
          "UPDATE session SET closed = $1, closed_check = $2 WHERE id = $3",
          [RowArgument(time), .number(RowChecks.closing(session, time)), RowArgument(session)])
      ]
    case .sessionRemoved(let session): [.run("DELETE FROM session WHERE id = $1", [RowArgument(session)])]
    }
  }

  private static func insert(_ template: Template) -> RowChange {
    .run(
      """
      INSERT INTO template (digest, format, bytes) VALUES ($1, $2, $3)
      ON CONFLICT (digest) DO UPDATE SET format = excluded.format, bytes = excluded.bytes
      """,
      [RowArgument(template.digest), RowArgument(Int(template.format.rawValue)), .bytes(template.bytes)])
  }

  private static func insert(_ session: StoredSession) -> RowChange {
    .run(
      "INSERT INTO session (id, tenant, idempotency_key, name, idle_time, opened, session_check) VALUES ($1, $2, $3, $4, $5, $6, $7)",
      [
        RowArgument(session.id), .text(session.tenant), .text(session.idempotencyKey), .text(session.name),
        .number(RowValue.nanoseconds(session.idleTime)), RowArgument(session.openedUnixNanoseconds),
        .number(RowChecks.session(session)),
      ])
  }
}

extension Mutation {
  /// The lease that is granted or ends.
  fileprivate var fence: Fence? {
    switch self {
    case .leaseGranted(let fence, _), .leaseEnded(let fence): fence
    default: nil
    }
  }

  /// The state that a job is in from here on.
  fileprivate var newState: (job: JobID, state: JobState, message: String)? {
    switch self {
    case .stateChanged(let job, let state, let message): (job, state, message)
    case .eventRecorded(let event): (event.job, event.state, event.message)
    case .jobFinished(let job, let state, let message, _, _, _, _): (job, state, message)
    default: nil
    }
  }
}

// MARK: Jobs

extension RowChange {
  private static func insert(_ job: StoredJob) -> [RowChange] {
    let templates = job.templates.sorted().flatMap(\.bytes)
    let need = job.need
    let row: [RowArgument] = [
      RowArgument(job.sequence), RowArgument(job.id), .text(job.tenant), .text(job.idempotencyKey), RowArgument(job.requestHash),
      .text(job.name), RowArgument(job.priority), RowArgument(job.submittedUnixNanoseconds),
      RowArgument(job.deadlineUnixNanoseconds), job.maximumRunTime.map { .number(RowValue.nanoseconds($0)) } ?? .absent,
      RowArgument(job.total), RowArgument(job.byteCount), need.map { .text($0.device) } ?? .absent,
      need.map { .text($0.method) } ?? .absent, need.map { RowArgument($0.needsDouble ? 1 : 0) } ?? .absent,
      need.map { RowArgument($0.qubitCount) } ?? .absent, RowArgument(job.session), .bytes(templates),
      .number(RowChecks.line(job, templates: templates)), RowArgument(job.confirmations), RowArgument(job.requeuedFrom),
      .number(RowChecks.job(job)), RowArgument(Int(JobState.queued.rawValue)), .text(""),
      .number(RowChecks.state(job.id, .queued, "")),
    ]
    let insertion = RowChange.run(
      """
      INSERT INTO job (seq, id, tenant, idempotency_key, request_hash, name, priority, submitted, deadline, maximum_run_time, total,
      body_byte_count, need, session, templates, line_check, needed_confirmations, requeued_from, job_check, state, message, state_check)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12,
      (SELECT number FROM need WHERE device = $13 AND method = $14 AND is_double = $15 AND qubits = $16),
      $17, $18, $19, $20, $21, $22, $23, $24, $25)
      """, row)
    let count = RowChange.run("UPDATE meta SET value = value + 1 WHERE name = 'jobs'", [])
    return (need.map { [know($0)] } ?? []) + [insertion, count] + insert(body: job.body, of: job.sequence)
  }

  /// Gives a need a number, unless it has one.
  private static func know(_ need: Requirement) -> RowChange {
    .run(
      "INSERT INTO need (device, method, is_double, qubits) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
      [.text(need.device), .text(need.method), RowArgument(need.needsDouble ? 1 : 0), RowArgument(need.qubitCount)])
  }

  private static func insert(body: [UInt8], of job: UInt64) -> [RowChange] {
    guard body.count > Limits.inlineByteCount else {
      return [.run("INSERT INTO body (job, bytes) VALUES ($1, $2)", [RowArgument(job), .bytes(body)])]
    }
    let digest = Digest(of: body)
    return [
      .keep(body, digest), .run("INSERT INTO body (job, file) VALUES ($1, $2)", [RowArgument(job), RowArgument(digest)]),
    ]
  }

  private static func update(_ job: JobID, _ state: JobState, _ message: String) -> RowChange {
    .run(
      "UPDATE job SET state = $1, message = $2, state_check = $3 WHERE id = $4",
      [RowArgument(Int(state.rawValue)), .text(message), .number(RowChecks.state(job, state, message)), RowArgument(job)])
  }

  private static func insert(_ event: JobEvent) -> RowChange {
    .run(
      """
      INSERT INTO event (job, sequence, state, completed, failed, message, time, circuits, has_more, is_retracted, event_check)
      SELECT seq, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10 FROM job WHERE id = $11
      """,
      [
        RowArgument(event.sequence), RowArgument(Int(event.state.rawValue)), RowArgument(event.completed),
        RowArgument(event.failed),
        .text(event.message), RowArgument(event.unixNanoseconds), .bytes(RowValue.bytes(event.circuits)),
        RowArgument(event.hasMoreCircuits ? 1 : 0), RowArgument(event.isRetracted ? 1 : 0), .number(RowChecks.event(event)),
        RowArgument(event.job),
      ])
  }

  private static func finish(
    _ job: JobID, _ state: JobState, _ digest: Digest, _ byteCount: Int, _ receiptByteCount: Int, _ time: UInt64
  ) -> [RowChange] {
    let end = RowChange.run(
      "UPDATE job SET digest = $1, byte_count = $2, receipt_byte_count = $3, finished = $4, finish_check = $5 WHERE id = $6",
      [
        RowArgument(digest), RowArgument(byteCount), RowArgument(receiptByteCount), RowArgument(time),
        .number(RowChecks.finish(job, digest, byteCount, receiptByteCount: receiptByteCount, time)), RowArgument(job),
      ])
    // Of a job that came to nothing the items stay, to be tried again.
    return [end] + (state == .failed || state == .dead ? [] : removeBody(of: job))
  }

  private static func releaseBody(of job: JobID) -> RowChange {
    .release("SELECT file FROM body WHERE job = (SELECT seq FROM job WHERE id = $1) AND file IS NOT NULL", job)
  }

  private static func releaseParts(of job: JobID) -> RowChange {
    .release("SELECT digest FROM part WHERE job = (SELECT seq FROM job WHERE id = $1) AND bytes IS NULL", job)
  }

  private static func removeBody(of job: JobID) -> [RowChange] {
    [releaseBody(of: job), .run("DELETE FROM body WHERE job = (SELECT seq FROM job WHERE id = $1)", [RowArgument(job)])]
  }

  private static func removeResult(of job: JobID) -> [RowChange] {
    let parts = RowChange.run("DELETE FROM part WHERE job = (SELECT seq FROM job WHERE id = $1)", [RowArgument(job)])
    let mark = RowChange.run(
      "UPDATE job SET is_result_removed = $1 WHERE id = $2", [.number(RowChecks.removal(job)), RowArgument(job)])
    return [releaseParts(of: job), parts] + removeBody(of: job) + [mark]
  }

  /// Forgets a job; what other tables have of it goes with its row.
  private static func remove(_ job: JobID) -> [RowChange] {
    [
      releaseBody(of: job), releaseParts(of: job),
      .run(
        "UPDATE meta SET value = value - 1 WHERE name = 'jobs' AND EXISTS (SELECT 1 FROM job WHERE id = $1)", [RowArgument(job)]),
      .run("DELETE FROM job WHERE id = $1", [RowArgument(job)]),
    ]
  }

  private static func bury(_ job: JobID, _ attempts: Int, _ crashes: Int, _ circuits: [FailedCircuit]) -> [RowChange] {
    let reason = RowChange.run(
      """
      INSERT INTO burial (job, attempts, crashes, burial_check) SELECT seq, $1, $2, $3 FROM job WHERE id = $4
      ON CONFLICT (job) DO UPDATE SET attempts = excluded.attempts, crashes = excluded.crashes, burial_check = excluded.burial_check
      """,
      [
        RowArgument(attempts), RowArgument(crashes),
        .number(RowChecks.burial(job, attempts: attempts, crashes: crashes, circuits)), RowArgument(job),
      ])
    let failures = circuits.enumerated().map { number, circuit in
      RowChange.run(
        """
        INSERT INTO failed_circuit (job, number, item, row, code, message) SELECT seq, $1, $2, $3, $4, $5 FROM job WHERE id = $6
        ON CONFLICT (job, number) DO UPDATE SET item = excluded.item, row = excluded.row, code = excluded.code,
        message = excluded.message
        """,
        [
          RowArgument(number), RowArgument(circuit.item), RowArgument(circuit.row), .text(circuit.code), .text(circuit.message),
          RowArgument(job),
        ])
    }
    return [reason] + failures
  }

  /// Puts a tombstone where its job was.
  static func changes(entombing tombstone: Tombstone) -> [RowChange] {
    let stone = RowChange.run(
      """
      INSERT INTO tombstone (job, tenant, idempotency_key, request_hash, requeued_from, state, total, finished, tombstone_check)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
      """,
      [
        RowArgument(tombstone.job), .text(tombstone.tenant), .text(tombstone.idempotencyKey), RowArgument(tombstone.requestHash),
        RowArgument(tombstone.requeuedFrom), RowArgument(Int(tombstone.state.rawValue)), RowArgument(tombstone.total),
        RowArgument(tombstone.finishedUnixNanoseconds), .number(RowChecks.tombstone(tombstone)),
      ])
    return [stone] + remove(tombstone.job)
  }
}

// MARK: Leases and results

extension RowChange {
  private static func insert(_ fence: Fence, _ lease: StoredLease) -> RowChange {
    .run(
      """
      INSERT INTO lease (epoch, sequence, job, lower, upper, attempts, crashes, lease_check)
      SELECT $1, $2, seq, $3, $4, $5, $6, $7 FROM job WHERE id = $8
      """,
      [
        RowArgument(fence.epoch), RowArgument(fence.sequence), RowArgument(lease.circuits.lowerBound),
        RowArgument(lease.circuits.upperBound), RowArgument(lease.attempts), RowArgument(lease.crashes),
        .number(RowChecks.lease(fence, lease)), RowArgument(lease.job),
      ])
  }

  private static func insert(
    _ bytes: [UInt8], of circuits: Range<Int>, _ failedCount: Int, _ receipt: [UInt8], _ job: JobID
  ) -> [RowChange] {
    let digest = Digest(of: bytes)
    let isInline = bytes.count <= Limits.inlineByteCount
    let row = RowChange.run(
      """
      INSERT INTO part (job, lower, upper, failed, digest, bytes, receipt, part_check)
      SELECT seq, $1, $2, $3, $4, $5, $6, $7 FROM job WHERE id = $8
      """,
      [
        RowArgument(circuits.lowerBound), RowArgument(circuits.upperBound), RowArgument(failedCount), RowArgument(digest),
        isInline ? .bytes(bytes) : .absent, receipt.isEmpty ? .absent : .bytes(receipt),
        .number(RowChecks.part(job, circuits, failedCount, digest, receipt: receipt)), RowArgument(job),
      ])
    return (isInline ? [] : [.keep(bytes, digest)]) + [row]
  }
}
