internal import FoundationEssentials
internal import SwiftProtobuf

// Confirmations, retractions, sessions, dead letters and ranges of circuits.

extension Ketwork_V1_CircuitRange {
  init(_ range: Range<Int>) {
    self.init()
    lower = UInt64(range.lowerBound)
    upper = UInt64(range.upperBound)
  }
}

extension Wire {
  /// Ascending ranges, no more than a limit.
  static func circuits(_ records: [Ketwork_V1_CircuitRange], limit: Int) throws(ProtocolError) -> [Range<Int>] {
    guard records.count <= limit else { throw .tooLarge("ranges of circuits", records.count, limit: limit) }
    var ranges: [Range<Int>] = []
    for record in records {
      let range = try circuits(record.lower, record.upper)
      guard range.lowerBound >= ranges.last?.upperBound ?? 0 else {
        throw ProtocolError(
          .invalidValue, "ranges of circuits: \(range) after \(ranges[ranges.count - 1]), ascending ones accepted")
      }
      ranges.append(range)
    }
    return ranges
  }

  static func session(_ bytes: some Collection<UInt8>) throws(ProtocolError) -> SessionID {
    guard let session = SessionID(bytes: bytes) else {
      throw ProtocolError(.malformed, "session: \(bytes.count) bytes, 16 accepted")
    }
    return session
  }

  static func idempotencyKey(_ key: String) throws(ProtocolError) -> String {
    try Text.check(key, "idempotency key", limit: Limits.idempotencyKeyByteCount)
    guard !key.isEmpty else { throw ProtocolError(.invalidValue, "idempotency key: empty, 1 to 256 bytes accepted") }
    return key
  }
}

extension Ketwork_V1_Fetch {
  init(_ fetch: Message.Fetch) {
    self.init()
    job = Data(fetch.job.bytes)
    offset = UInt64(fetch.offset)
    limit = UInt64(fetch.limit)
    if let range = fetch.circuits { circuits = Ketwork_V1_CircuitRange(range) }
    waits = fetch.waits
  }
}

extension Message.Fetch {
  init(_ record: Ketwork_V1_Fetch) throws(ProtocolError) {
    self.init(
      job: try Wire.job(record.job), offset: try Wire.count(record.offset, "offset"), limit: try Wire.count(record.limit, "limit"),
      circuits: record.hasCircuits ? try Wire.circuits(record.circuits.lower, record.circuits.upper) : nil, waits: record.waits)
  }
}

extension Ketwork_V1_Result {
  init(_ part: Message.ResultPart) {
    self.init()
    job = Data(part.job.bytes)
    offset = UInt64(part.offset)
    digest = Data(part.digest.bytes)
    if let range = part.circuits { circuits = Ketwork_V1_CircuitRange(range) }
  }
}

extension Message.ResultPart {
  init(_ record: Ketwork_V1_Result) throws(ProtocolError) {
    self.init(
      job: try Wire.job(record.job), offset: try Wire.count(record.offset, "offset"),
      digest: try Wire.digest(record.digest, "result digest"),
      circuits: record.hasCircuits ? try Wire.circuits(record.circuits.lower, record.circuits.upper) : nil)
  }
}

extension Ketwork_V1_StreamEnd {
  init(_ end: Message.StreamEnd) {
    self.init()
    job = Data(end.job.bytes)
    byteCount = UInt64(end.byteCount)
    digest = Data(end.digest.bytes)
    state = UInt32(end.state.rawValue)
    if let reason = end.retraction { retraction = Text.truncated(reason, to: Limits.reasonByteCount) }
    if let range = end.circuits { circuits = Ketwork_V1_CircuitRange(range) }
    present = end.present.map { Ketwork_V1_CircuitRange($0) }
    more = end.hasMore
  }
}

extension Message.StreamEnd {
  init(_ record: Ketwork_V1_StreamEnd) throws(ProtocolError) {
    self.init(
      job: try Wire.job(record.job), byteCount: try Wire.count(record.byteCount, "result bytes"),
      digest: try Wire.digest(record.digest, "result digest"), state: try Wire.state(record.state),
      retraction: record.hasRetraction ? record.retraction : nil,
      circuits: record.hasCircuits ? try Wire.circuits(record.circuits.lower, record.circuits.upper) : nil,
      present: try Wire.circuits(record.present, limit: Limits.fetchRangeCount), hasMore: record.more)
  }
}

extension Message.Confirm {
  init(_ record: Ketwork_V1_Confirm) throws(ProtocolError) {
    self.init(
      job: try Wire.job(record.job), count: try Wire.count(record.count, "confirmations", limit: Limits.confirmationCount))
  }
}

extension Message.Retract {
  init(_ record: Ketwork_V1_Retract) throws(ProtocolError) {
    try Text.check(record.reason, "reason", limit: Limits.reasonByteCount)
    self.init(job: try Wire.job(record.job), reason: record.reason)
  }
}

extension Message.Requeue {
  init(_ record: Ketwork_V1_Requeue) throws(ProtocolError) {
    self.init(job: try Wire.job(record.job), idempotencyKey: try Wire.idempotencyKey(record.idempotencyKey))
  }
}

extension Ketwork_V1_SessionOpen {
  init(_ open: Message.SessionOpen) {
    self.init()
    idempotencyKey = open.idempotencyKey
    name = open.name
    if let idle = open.idleTime { idleNanoseconds = Wire.nanoseconds(idle) }
  }
}

extension Message.SessionOpen {
  init(_ record: Ketwork_V1_SessionOpen) throws(ProtocolError) {
    try Text.check(record.name, "session name", limit: Limits.nameByteCount)
    self.init(
      idempotencyKey: try Wire.idempotencyKey(record.idempotencyKey), name: record.name,
      idleTime: record.hasIdleNanoseconds ? Wire.duration(record.idleNanoseconds) : nil)
  }
}

extension Ketwork_V1_SessionState {
  init(_ status: SessionStatus) {
    self.init()
    session = Data(status.session.bytes)
    name = status.name
    open = status.isOpen
    idleNanoseconds = Wire.nanoseconds(status.idleTime)
    remainingNanoseconds = Wire.nanoseconds(status.remaining)
    jobs = UInt64(status.jobCount)
  }
}

extension SessionStatus {
  init(_ record: Ketwork_V1_SessionState) throws(ProtocolError) {
    self.init(
      session: try Wire.session(record.session), name: record.name, isOpen: record.open,
      idleTime: Wire.duration(record.idleNanoseconds), remaining: Wire.duration(record.remainingNanoseconds),
      jobCount: try Wire.count(record.jobs, "jobs"))
  }
}

extension Ketwork_V1_DeadLetter {
  init(_ letter: DeadLetter) {
    self.init()
    status = Ketwork_V1_JobStatus(letter.status)
    finishedUnixNanoseconds = letter.finishedUnixNanoseconds
    circuits = letter.circuits.prefix(Limits.failedCircuitCount).map { circuit in
      .with {
        $0.item = UInt64(circuit.item)
        $0.row = UInt64(circuit.row)
        $0.code = circuit.code
        $0.message = circuit.message
      }
    }
    requeueable = letter.isRequeueable
  }
}

extension DeadLetter {
  init(_ record: Ketwork_V1_DeadLetter) throws(ProtocolError) {
    guard record.circuits.count <= Limits.failedCircuitCount else {
      throw .tooLarge("failed circuits", record.circuits.count, limit: Limits.failedCircuitCount)
    }
    var circuits: [FailedCircuit] = []
    for circuit in record.circuits {
      circuits.append(
        FailedCircuit(
          item: try Wire.count(circuit.item, "item", limit: Limits.itemCount),
          row: try Wire.count(circuit.row, "row", limit: Limits.circuitCount), code: circuit.code, message: circuit.message))
    }
    self.init(
      status: try JobStatus(record.status), finishedUnixNanoseconds: record.finishedUnixNanoseconds, circuits: circuits,
      isRequeueable: record.requeueable)
  }
}
