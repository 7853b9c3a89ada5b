/// What is asked of a database, in SQL that SQLite and PostgreSQL read alike; the columns are those of the schemas.
enum RowQuery: CaseIterable {
  /// A number of the store itself, by its name.
  case meta
  case templates, needs, busy, lines, leases, tombstones, sessions
  /// A job's own row, by its name.
  case head
  /// What other tables have of a job, by the order of its acceptance.
  case events, burial, failedCircuits, parts, body

  var sql: String {
    switch self {
    case .meta: "SELECT value FROM meta WHERE name = $1"
    case .templates: "SELECT digest, format, bytes FROM template"
    case .needs: "SELECT number, device, method, is_double, qubits FROM need"
    // Jobs of which something is under way: with a lease, a result or more than one event.
    case .busy: "SELECT job FROM lease UNION SELECT job FROM part UNION SELECT job FROM event WHERE sequence = 2"
    case .lines: "SELECT \(RowLines.columns) FROM job ORDER BY seq"
    case .leases:
      "SELECT epoch, sequence, id, lower, upper, attempts, crashes, lease_check FROM lease LEFT JOIN job ON job.seq = lease.job"
    case .tombstones:
      """
      SELECT job, tenant, idempotency_key, request_hash, requeued_from, state, total, finished, tombstone_check FROM tombstone
      ORDER BY job
      """
    case .sessions:
      "SELECT id, tenant, idempotency_key, name, idle_time, opened, session_check, closed, closed_check FROM session ORDER BY id"
    case .head: "SELECT \(JobColumn.all) FROM job WHERE id = $1"
    case .events:
      """
      SELECT sequence, state, completed, failed, message, time, event_check, circuits, has_more, is_retracted FROM event
      WHERE job = $1 ORDER BY sequence
      """
    case .burial: "SELECT attempts, crashes, burial_check FROM burial WHERE job = $1"
    case .failedCircuits: "SELECT item, row, code, message FROM failed_circuit WHERE job = $1 ORDER BY number"
    case .parts: "SELECT lower, upper, failed, digest, bytes, receipt, part_check FROM part WHERE job = $1 ORDER BY lower"
    case .body: "SELECT bytes, file FROM body WHERE job = $1"
    }
  }
}

/// The columns of a job, in the order in which they are read.
enum JobColumn: Int, CaseIterable {
  case seq, id, tenant, idempotency_key, request_hash, name, priority, submitted, deadline, maximum_run_time, total, body_byte_count
  case need, session, templates, line_check, needed_confirmations, requeued_from, job_check, state, message, state_check, digest
  case byte_count, receipt_byte_count, finished, finish_check, is_result_removed, confirmations, confirmations_check, retraction
  case retraction_check

  static let all = allCases.map { "\($0)" }.joined(separator: ", ")
}
