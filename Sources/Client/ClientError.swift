import Protocol

/// Why a broker did not do what was asked, with a stable code and a message for people.
public struct ClientError: Error, Hashable, Sendable, CustomStringConvertible {
  /// A stable name of the kind of failure. A broker's refusals keep the broker's codes, such as `conflict`, `quota` or
  /// `too_large`; new ones may appear.
  public struct Code: RawRepresentable, Hashable, Sendable {
    /// The name as it is written in logs and JSON.
    public let rawValue: String
    /// Makes a code from its name.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// No broker answered in time.
    public static let unreachable = Code(rawValue: "unreachable")
    /// The broker, or its transport, refuses this client's key: it is unknown, revoked or of another role, or one is needed.
    public static let unauthorized = Code(rawValue: "unauthorized")
    /// Something is there, but it is not known whether it is the broker: the handshake did not succeed in time.
    public static let handshakeFailed = Code(rawValue: "handshake_failed")
    /// The broker is there, but the answer did not come in time.
    public static let timedOut = Code(rawValue: "timed_out")
    /// The client was closed.
    public static let closed = Code(rawValue: "closed")
    /// An endpoint or another argument is not valid.
    public static let invalidArgument = Code(rawValue: "invalid_argument")
    /// The result that arrived is not the one that the broker announced.
    public static let corruptResult = Code(rawValue: "corrupt_result")
    /// Too many calls wait for an answer.
    public static let tooManyCalls = Code(rawValue: "too_many_calls")
    /// The idempotency key was used for something else.
    public static let conflict = Code(rawValue: "conflict")
    /// The broker has no such job.
    public static let unknownJob = Code(rawValue: "unknown_job")
    /// The result is no longer kept.
    public static let gone = Code(rawValue: "gone")
    /// The broker has no such session.
    public static let unknownSession = Code(rawValue: "unknown_session")
    /// The session takes no more jobs.
    public static let sessionClosed = Code(rawValue: "session_closed")
    /// A template that a job names was not handed in with it.
    public static let missingTemplate = Code(rawValue: "missing_template")
  }

  /// The kind of failure.
  public var code: Code
  /// What was attempted, with which values, and what would be accepted.
  public var message: String
  /// When a retry can succeed; `nil` where none can, or nothing is known.
  public var retryAfter: Duration?

  /// Makes an error.
  public init(_ code: Code, _ message: String, retryAfter: Duration? = nil) {
    self.code = code
    self.message = message
    self.retryAfter = retryAfter
  }

  init(_ reject: Message.Reject) {
    self.init(Code(rawValue: reject.code.rawValue), reject.message, retryAfter: reject.retryAfter)
  }

  /// The message and the code.
  public var description: String { "\(message) [\(code.rawValue)]" }
}
