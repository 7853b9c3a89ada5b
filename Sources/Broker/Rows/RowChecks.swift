internal import Protocol

/// The check numbers of all rows that a digest does not cover.
enum RowChecks {
  /// Of what a broker reads of every job; the templates' digests in their order, one after the other.
  static func line(_ job: StoredJob, templates: [UInt8]) -> Int64 {
    var check = RowCheck()
    check.append(RowValue.number(job.sequence))
    check.append(job.id)
    check.append(job.tenant)
    check.append(job.idempotencyKey)
    check.append(Int64(job.priority))
    check.append(job.deadlineUnixNanoseconds.map(RowValue.number))
    check.append(Int64(job.total))
    check.append(Int64(job.byteCount))
    check.append(job.need)
    check.append(job.session?.bytes ?? [])
    check.append(templates)
    return check.value
  }

  /// Of the rest of a job.
  static func job(_ job: StoredJob) -> Int64 {
    var check = RowCheck()
    check.append(job.id)
    check.append(job.requestHash.bytes)
    check.append(job.name)
    check.append(RowValue.number(job.submittedUnixNanoseconds))
    check.append(job.maximumRunTime.map(RowValue.nanoseconds))
    check.append(Int64(job.confirmations))
    check.append(job.requeuedFrom?.bytes ?? [])
    return check.value
  }

  static func state(_ job: JobID, _ state: JobState, _ message: String) -> Int64 {
    var check = RowCheck()
    check.append(job)
    check.append(Int64(state.rawValue))
    check.append(message)
    return check.value
  }

  static func finish(
    _ job: JobID, _ digest: Digest, _ byteCount: Int, receiptByteCount: Int, _ unixNanoseconds: UInt64
  ) -> Int64 {
    var check = RowCheck()
    check.append(job)
    check.append(digest.bytes)
    check.append(Int64(byteCount))
    check.append(Int64(receiptByteCount))
    check.append(RowValue.number(unixNanoseconds))
    return check.value
  }

  /// What says that a result was removed: a lone bit could be wrong unseen.
  static func removal(_ job: JobID) -> Int64 {
    var check = RowCheck()
    check.append("removed")
    check.append(job)
    return check.value
  }

  static func event(_ event: JobEvent) -> Int64 {
    var check = RowCheck()
    check.append(event.job)
    check.append(RowValue.number(event.sequence))
    check.append(Int64(event.state.rawValue))
    check.append(Int64(event.completed))
    check.append(Int64(event.failed))
    check.append(event.message)
    check.append(RowValue.number(event.unixNanoseconds))
    check.append(RowValue.bytes(event.circuits))
    check.append(Int64(event.hasMoreCircuits ? 1 : 0))
    check.append(Int64(event.isRetracted ? 1 : 0))
    return check.value
  }

  static func confirmations(_ job: JobID, _ count: Int) -> Int64 {
    var check = RowCheck()
    check.append(job)
    check.append(Int64(count))
    return check.value
  }

  static func retraction(_ job: JobID, _ reason: String) -> Int64 {
    var check = RowCheck()
    check.append(job)
    check.append(reason)
    return check.value
  }

  /// Of why a job came to nothing, with all of its failed circuits.
  static func burial(_ job: JobID, attempts: Int, crashes: Int, _ circuits: [FailedCircuit]) -> Int64 {
    var check = RowCheck()
    check.append(job)
    for number in [attempts, crashes, circuits.count] { check.append(Int64(number)) }
    for circuit in circuits {
      check.append(Int64(circuit.item))
      check.append(Int64(circuit.row))
      check.append(circuit.code)
      check.append(circuit.message)
    }
    return check.value
  }

  static func tombstone(_ tombstone: Tombstone) -> Int64 {
    var check = RowCheck()
    check.append(tombstone.job)
    check.append(tombstone.tenant)
    check.append(tombstone.idempotencyKey)
    check.append(tombstone.requestHash.bytes)
    check.append(tombstone.requeuedFrom?.bytes ?? [])
    check.append(Int64(tombstone.state.rawValue))
    check.append(Int64(tombstone.total))
    check.append(RowValue.number(tombstone.finishedUnixNanoseconds))
    return check.value
  }

  /// Of a session as it was opened.
  static func session(_ session: StoredSession) -> Int64 {
    var check = RowCheck()
    check.append(session.id.bytes)
    check.append(session.tenant)
    check.append(session.idempotencyKey)
    check.append(session.name)
    check.append(RowValue.nanoseconds(session.idleTime))
    check.append(RowValue.number(session.openedUnixNanoseconds))
    return check.value
  }

  static func closing(_ session: SessionID, _ unixNanoseconds: UInt64) -> Int64 {
    var check = RowCheck()
    check.append(session.bytes)
    check.append(RowValue.number(unixNanoseconds))
    return check.value
  }

  static func lease(_ fence: Fence, _ lease: StoredLease) -> Int64 {
    var check = RowCheck()
    check.append(RowValue.number(fence.epoch))
    check.append(RowValue.number(fence.sequence))
    check.append(lease.job)
    for number in [lease.circuits.lowerBound, lease.circuits.upperBound, lease.attempts, lease.crashes] {
      check.append(Int64(number))
    }
    return check.value
  }

  /// Of results, with what was signed of them.
  static func part(_ job: JobID, _ circuits: Range<Int>, _ failedCount: Int, _ digest: Digest, receipt: [UInt8]) -> Int64 {
    var check = RowCheck()
    check.append(job)
    for number in [circuits.lowerBound, circuits.upperBound, failedCount] { check.append(Int64(number)) }
    check.append(digest.bytes)
    check.append(receipt)
    return check.value
  }
}
