internal import Protocol

/// What `ketwork audits --json` prints.
struct AuditsJSON: Encodable {
  struct Worker: Encodable {
    var name: String
    var signingKey: String?
    var device: String

    init(_ worker: AuditMismatch.Worker) {
      (name, signingKey, device) = (worker.name, worker.signingKey?.description, worker.device)
    }
  }

  struct Mismatch: Encodable {
    var job: String
    var lower: Int
    var upper: Int
    var circuit: Int
    var difference: String
    var first: Worker
    var second: Worker
    var unixNanoseconds: String
  }

  var version = 1
  var matching: Int
  var close: Int
  var mismatching: Int
  var incomparable: Int
  var abandoned: Int
  var waiting: Int
  var refusedReceipts: Int
  var mismatches: [Mismatch]

  init(_ report: AuditReport) {
    let counts = report.counts
    (matching, close, mismatching, incomparable) = (counts.matching, counts.close, counts.mismatching, counts.incomparable)
    (abandoned, waiting, refusedReceipts) = (counts.abandoned, counts.waiting, counts.refusedReceipts)
    mismatches = report.mismatches.map { found in
      Mismatch(
        job: "\(found.job)", lower: found.circuits.lowerBound, upper: found.circuits.upperBound, circuit: found.circuit,
        difference: found.difference, first: Worker(found.first), second: Worker(found.second),
        unixNanoseconds: "\(found.unixNanoseconds)")
    }
  }
}
