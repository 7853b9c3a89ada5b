internal import Protocol

/// Reads a line of every job, two microseconds each; nothing is made that a broker does not keep.
struct RowLines {
  let needs: [Int64: Requirement]
  /// Jobs of which something is under way.
  let busy: Set<Int64>
  /// Those that cannot be parked, by the order of acceptance.
  private(set) var others: [JobID] = []
  private var tenants: [String: String] = [:]
  private var uses = TemplateUses()

  init(needs: [Int64: Requirement], busy: Set<Int64>) {
    (self.needs, self.busy) = (needs, busy)
  }

  private enum Column: Int, CaseIterable {
    case seq, id, tenant, idempotency_key, priority, deadline, total, body_byte_count, need, session, templates, line_check
    case state, message, state_check, digest, byte_count, receipt_byte_count, finished, finish_check, is_result_removed
  }

  /// What is asked for.
  static let columns = Column.allCases.map { "\($0)" }.joined(separator: ", ")

  /// Reads the line of a job; the jobs come by the order of acceptance.
  mutating func add(_ row: some StoredRow, to index: inout StoreIndex) throws {
    if let line = try line(row) { index.parked.append(line) }
  }

  /// How many of the parked jobs need a template.
  var templateUses: [Digest: Int] { uses.counts }

  private mutating func line(_ row: some StoredRow) throws -> ParkedJob? {
    let sequence = row.number(Column.seq.rawValue)
    guard let id = row.jobID(Column.id.rawValue), let state = JobState(rawValue: UInt8(clamping: row.number(Column.state.rawValue)))
    else { throw RowDamage.error("job \(sequence)") }
    let need = row.optionalNumber(Column.need.rawValue).flatMap { needs[$0] }
    try check(row, id, state, need)
    guard state.isTerminal || (state == .queued && need != nil && !busy.contains(sequence) && row.isNull(Column.session.rawValue))
    else {
      others.append(id)
      return nil
    }
    let isRemoved = !row.isNull(Column.is_result_removed.rawValue)
    let keepsItems = (state == .failed || state == .dead) && !isRemoved
    if !state.isTerminal || keepsItems { uses.add(row.bytes(Column.templates.rawValue)) }
    return ParkedJob(
      id: id, sequence: UInt64(bitPattern: sequence), tenant: shared(row.text(Column.tenant.rawValue)),
      idempotencyKey: row.text(Column.idempotency_key.rawValue), priority: Int(row.number(Column.priority.rawValue)), state: state,
      total: Int(row.number(Column.total.rawValue)), byteCount: Int(row.number(Column.body_byte_count.rawValue)),
      need: state.isTerminal ? nil : need,
      deadlineUnixNanoseconds: state.isTerminal
        ? nil : row.optionalNumber(Column.deadline.rawValue).map { UInt64(bitPattern: $0) },
      finishedUnixNanoseconds: row.optionalNumber(Column.finished.rawValue).map { UInt64(bitPattern: $0) },
      resultByteCount: Int(row.number(Column.byte_count.rawValue)),
      receiptByteCount: Int(row.number(Column.receipt_byte_count.rawValue)),
      isResultKept: !isRemoved, templates: keepsItems ? TemplateUses.digests(row.bytes(Column.templates.rawValue)) : [])
  }

  /// One text for all jobs of a tenant.
  private mutating func shared(_ tenant: String) -> String {
    if let known = tenants[tenant] { return known }
    tenants[tenant] = tenant
    return tenant
  }

  /// Compares all check numbers of a row; those of ``RowChecks``, without making its values.
  private func check(_ row: some StoredRow, _ id: JobID, _ state: JobState, _ need: Requirement?) throws {
    var line = RowCheck()
    line.append(row.number(Column.seq.rawValue))
    line.append(id)
    row.append(Column.tenant.rawValue, to: &line)
    row.append(Column.idempotency_key.rawValue, to: &line)
    line.append(row.number(Column.priority.rawValue))
    line.append(row.optionalNumber(Column.deadline.rawValue))
    line.append(row.number(Column.total.rawValue))
    line.append(row.number(Column.body_byte_count.rawValue))
    line.append(need)
    row.append(Column.session.rawValue, to: &line)
    row.append(Column.templates.rawValue, to: &line)
    guard line.value == row.number(Column.line_check.rawValue) else { throw RowDamage.error("job \(id)") }

    var now = RowCheck()
    now.append(id)
    now.append(Int64(state.rawValue))
    row.append(Column.message.rawValue, to: &now)
    guard now.value == row.number(Column.state_check.rawValue) else { throw RowDamage.error("the state of job \(id)") }

    guard state.isTerminal == (row.optionalNumber(Column.finish_check.rawValue) != nil) else {
      throw RowDamage.error("the end of job \(id)")
    }
    if state.isTerminal { try checkEnd(row, id) }
  }

  private func checkEnd(_ row: some StoredRow, _ id: JobID) throws {
    var end = RowCheck()
    end.append(id)
    row.append(Column.digest.rawValue, to: &end)
    end.append(row.number(Column.byte_count.rawValue))
    end.append(row.number(Column.receipt_byte_count.rawValue))
    end.append(row.number(Column.finished.rawValue))
    let removal = row.optionalNumber(Column.is_result_removed.rawValue)
    guard end.value == row.number(Column.finish_check.rawValue), removal == nil || removal == RowChecks.removal(id) else {
      throw RowDamage.error("the end of job \(id)")
    }
  }
}
