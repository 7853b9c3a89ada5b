public import Protocol

/// What waits at a broker.
public struct QueueListing: Hashable, Sendable {
  /// The jobs asked for, newest first.
  public var jobs: [JobStatus]
  /// Jobs there are, listed or not.
  public var jobCount: Int
  /// Circuits that wait for a worker.
  public var queuedCircuitCount: Int
}
