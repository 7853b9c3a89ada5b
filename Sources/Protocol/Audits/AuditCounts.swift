/// How many audits ended in which way.
public struct AuditCounts: Hashable, Sendable {
  /// The second run gave the same, bit for bit.
  public var matching = 0
  /// It gave the same up to rounding; see ``OutcomeComparison``.
  public var close = 0
  /// It did not.
  public var mismatching = 0
  /// It ran on another class of device, with another method or precision, or failed.
  public var incomparable = 0
  /// No worker ran it a second time, or there was no room to remember it.
  public var abandoned = 0
  /// It waits for a worker, or runs.
  public var waiting = 0
  /// Results whose receipt was refused.
  public var refusedReceipts = 0

  /// Makes counts of nothing.
  public init() {}
}
