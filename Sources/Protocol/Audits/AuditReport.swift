/// What came of running parts of results a second time.
public struct AuditReport: Hashable, Sendable {
  /// All audits since the broker started.
  public var counts: AuditCounts
  /// Those that did not agree, the newest first.
  public var mismatches: [AuditMismatch]

  /// Makes a report.
  public init(counts: AuditCounts, mismatches: [AuditMismatch]) {
    self.counts = counts
    self.mismatches = mismatches
  }
}
