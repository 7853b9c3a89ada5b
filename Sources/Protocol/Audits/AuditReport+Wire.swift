internal import FoundationEssentials

extension Ketwork_V1_Audit {
  init(_ mismatch: AuditMismatch) {
    self.init()
    job = Data(mismatch.job.bytes)
    lower = UInt64(mismatch.circuits.lowerBound)
    upper = UInt64(mismatch.circuits.upperBound)
    circuit = UInt64(mismatch.circuit)
    difference = Text.truncated(mismatch.difference, to: Limits.textByteCount)
    first = Ketwork_V1_AuditedWorker(mismatch.first)
    second = Ketwork_V1_AuditedWorker(mismatch.second)
    unixNanoseconds = mismatch.unixNanoseconds
  }
}

extension AuditMismatch {
  init(_ record: Ketwork_V1_Audit) throws(ProtocolError) {
    self.init(
      job: try Wire.job(record.job), circuits: try Wire.circuits(record.lower, record.upper),
      circuit: try Wire.count(record.circuit, "circuit", limit: Limits.circuitCount), difference: record.difference,
      first: try Worker(record.first), second: try Worker(record.second), unixNanoseconds: record.unixNanoseconds)
  }
}

extension Ketwork_V1_AuditedWorker {
  fileprivate init(_ worker: AuditMismatch.Worker) {
    self.init()
    name = Text.truncated(worker.name, to: Limits.nameByteCount)
    if let key = worker.signingKey { signingKey = Data(key.bytes) }
    device = Text.truncated(worker.device, to: Limits.nameByteCount)
  }
}

extension AuditMismatch.Worker {
  fileprivate init(_ record: Ketwork_V1_AuditedWorker) throws(ProtocolError) {
    self.init(
      name: record.name, signingKey: record.signingKey.isEmpty ? nil : try Wire.digest(record.signingKey, "signing key"),
      device: record.device)
  }
}

extension Ketwork_V1_AuditCounts {
  init(_ counts: AuditCounts) {
    self.init()
    (matching, close, mismatching) = (UInt64(counts.matching), UInt64(counts.close), UInt64(counts.mismatching))
    (incomparable, abandoned, waiting) = (UInt64(counts.incomparable), UInt64(counts.abandoned), UInt64(counts.waiting))
    refusedReceipts = UInt64(counts.refusedReceipts)
  }
}

extension AuditCounts {
  init(_ record: Ketwork_V1_AuditCounts) throws(ProtocolError) {
    self.init()
    matching = try Wire.count(record.matching, "audits")
    close = try Wire.count(record.close, "audits")
    mismatching = try Wire.count(record.mismatching, "audits")
    incomparable = try Wire.count(record.incomparable, "audits")
    abandoned = try Wire.count(record.abandoned, "audits")
    waiting = try Wire.count(record.waiting, "audits")
    refusedReceipts = try Wire.count(record.refusedReceipts, "receipts")
  }
}
