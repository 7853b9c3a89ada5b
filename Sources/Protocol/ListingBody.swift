internal import SwiftProtobuf

/// The payload of LISTING.
package enum ListingBody {
  /// The rows of a listing: those of the kind that was asked for.
  package struct Rows: Hashable, Sendable {
    package var jobs: [JobStatus] = []
    package var workers: [WorkerSummary] = []
    package var deadLetters: [DeadLetter] = []
  }

  /// Writes rows.
  package static func encode(
    jobs: [JobStatus] = [], workers: [WorkerSummary] = [], deadLetters: [DeadLetter] = [], audits: [AuditMismatch] = [],
    auditCounts: AuditCounts? = nil
  ) -> [UInt8] {
    Wire.bytes(
      Ketwork_V1_ListingBody.with {
        $0.jobs = jobs.map(Ketwork_V1_JobStatus.init)
        $0.workers = workers.map(Ketwork_V1_WorkerSummary.init)
        $0.deadLetters = deadLetters.map(Ketwork_V1_DeadLetter.init)
        $0.audits = audits.map(Ketwork_V1_Audit.init)
        if let auditCounts { $0.auditCounts = Ketwork_V1_AuditCounts(auditCounts) }
      })
  }

  /// Reads rows.
  ///
  /// - Throws: ``ProtocolError`` with code `malformed` or `too_large`.
  package static func decode(_ bytes: [UInt8]) throws(ProtocolError) -> Rows {
    var scanner = WireScanner(bytes)
    var count = 0
    while try scanner.next() != nil { count += 1 }
    guard count <= Limits.listingCount else { throw .tooLarge("rows", count, limit: Limits.listingCount) }
    let body = try Wire.parse(Ketwork_V1_ListingBody.self, bytes, "listing")
    var rows = Rows()
    for record in body.jobs { rows.jobs.append(try JobStatus(record)) }
    for record in body.workers { rows.workers.append(try WorkerSummary(record)) }
    for record in body.deadLetters { rows.deadLetters.append(try DeadLetter(record)) }
    return rows
  }

  /// Reads what there is to say of audits.
  ///
  /// - Throws: ``ProtocolError`` with code `malformed` or `too_large`.
  package static func decodeAudits(_ bytes: [UInt8]) throws(ProtocolError) -> AuditReport {
    let body = try Wire.parse(Ketwork_V1_ListingBody.self, bytes, "listing")
    guard body.audits.count <= Limits.listingCount else { throw .tooLarge("rows", body.audits.count, limit: Limits.listingCount) }
    var mismatches: [AuditMismatch] = []
    for record in body.audits { mismatches.append(try AuditMismatch(record)) }
    return AuditReport(counts: try AuditCounts(body.auditCounts), mismatches: mismatches)
  }
}
