/// What went wrong in a simulation, with a stable code and a message for people.
public struct SimulatorError: Error, Hashable, Sendable, CustomStringConvertible {
  /// A stable name of the kind of failure, used in logs, metrics and on the wire; new ones may appear.
  public struct Code: RawRepresentable, Hashable, Sendable {
    /// The name itself.
    public let rawValue: String
    /// Makes a code of a name.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// The state does not fit the device's memory.
    public static let outOfMemory = Code(rawValue: "out_of_memory")
    /// A qubit index is not below the register's qubit count.
    public static let qubitOutOfRange = Code(rawValue: "qubit_out_of_range")
    /// A request is outside what this method or device can do.
    public static let unsupported = Code(rawValue: "unsupported")
    /// An argument is not valid: NaN, wrong count, negative shots.
    public static let invalidArgument = Code(rawValue: "invalid_argument")
    /// The device failed while it ran.
    public static let deviceFailure = Code(rawValue: "device_failure")
    /// No such device here.
    public static let unknownDevice = Code(rawValue: "unknown_device")
    /// A loop of a dynamic circuit passed its bound.
    public static let limitExceeded = Code(rawValue: "limit_exceeded")
    /// The stop flag was set.
    public static let cancelled = Code(rawValue: "cancelled")
    /// What was measured could not be written to disk.
    public static let notKept = Code(rawValue: "not_kept")
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
