/// Why a worker cannot work, with a stable code and a message for people.
public struct WorkerError: Error, Hashable, Sendable, CustomStringConvertible {
  /// A stable name of the kind of failure; new ones may appear.
  public struct Code: RawRepresentable, Hashable, Sendable {
    /// The name as it is written in logs.
    public let rawValue: String
    /// Makes a code from its name.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// No device passed its self-test.
    public static let noDevice = Code(rawValue: "no_device")
    /// The broker refuses this worker.
    public static let refused = Code(rawValue: "refused")
    /// An endpoint or another setting is not valid.
    public static let invalidArgument = Code(rawValue: "invalid_argument")
  }

  /// The kind of failure.
  public var code: Code
  /// What was attempted, with which values, and what would be accepted.
  public var message: String

  /// Makes an error.
  public init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  /// The message and the code.
  public var description: String { "\(message) [\(code.rawValue)]" }
}
