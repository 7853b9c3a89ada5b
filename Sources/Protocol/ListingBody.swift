internal import SwiftProtobuf

/// The payload of LISTING.
package enum ListingBody {
  /// Writes rows.
  package static func encode(jobs: [JobStatus] = [], workers: [WorkerSummary] = []) -> [UInt8] {
    Wire.bytes(
      Ketwork_V1_ListingBody.with {
        $0.jobs = jobs.map(Ketwork_V1_JobStatus.init)
        $0.workers = workers.map(Ketwork_V1_WorkerSummary.init)
      })
  }

  /// Reads rows.
  ///
  /// - Throws: ``ProtocolError`` with code `malformed` or `too_large`.
  package static func decode(_ bytes: [UInt8]) throws(ProtocolError) -> (jobs: [JobStatus], workers: [WorkerSummary]) {
    var scanner = WireScanner(bytes)
    var count = 0
    while try scanner.next() != nil { count += 1 }
    guard count <= Limits.listingCount else { throw .tooLarge("rows", count, limit: Limits.listingCount) }
    let body = try Wire.parse(Ketwork_V1_ListingBody.self, bytes, "listing")
    var (jobs, workers): ([JobStatus], [WorkerSummary]) = ([], [])
    for record in body.jobs { jobs.append(try JobStatus(record)) }
    for record in body.workers { workers.append(try WorkerSummary(record)) }
    return (jobs, workers)
  }
}
