/// Where a job is in its life; a terminal state never changes.
public enum JobState: UInt8, Hashable, Sendable, CaseIterable, CustomStringConvertible {
  /// Accepted, but waiting for something outside: confirmations of a chain, its session.
  case held = 1
  /// Waiting for a worker.
  case queued = 2
  /// Some of it is with a worker that has not begun.
  case leased = 3
  /// A worker is executing some of it.
  case running = 4
  /// Waiting for a retry's time.
  case delayed = 5
  /// Cancelled; a worker may still hold some of it. Never leads to success.
  case cancelling = 6
  /// Every circuit has a result, and at least one of them is a success.
  case succeeded = 7
  /// Every circuit failed, or the attempts ran out.
  case failed = 8
  /// Cancelled, and no worker holds any of it.
  case cancelled = 9
  /// Its deadline passed first.
  case expired = 10
  /// It kept crashing workers.
  case dead = 11

  /// Whether the state is final.
  public var isTerminal: Bool { rawValue >= JobState.succeeded.rawValue }

  /// The state's name, as JSON and metrics write it.
  public var description: String {
    switch self {
    case .held: "held"
    case .queued: "queued"
    case .leased: "leased"
    case .running: "running"
    case .delayed: "delayed"
    case .cancelling: "cancelling"
    case .succeeded: "succeeded"
    case .failed: "failed"
    case .cancelled: "cancelled"
    case .expired: "expired"
    case .dead: "dead"
    }
  }
}
