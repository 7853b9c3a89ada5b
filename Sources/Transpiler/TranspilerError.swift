internal import Circuits

/// Why a circuit cannot be compiled, with a stable code and a message for people.
public struct TranspilerError: Error, Hashable, Sendable, CustomStringConvertible {
  /// A stable name of the kind of failure; new ones may appear.
  public struct Code: RawRepresentable, Hashable, Sendable {
    /// The name itself.
    public let rawValue: String
    /// Makes a code of a name.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// The circuit has more qubits than the device, or than its largest part whose qubits are connected.
    public static let tooManyQubits = Code(rawValue: "too_many_qubits")
    /// The circuit holds a step that is not compiled.
    public static let unsupported = Code(rawValue: "unsupported")
    /// A coupling map, a basis or an option that is not valid.
    public static let invalidTarget = Code(rawValue: "invalid_target")
    /// A size is above a limit of ``Limits``.
    public static let limitExceeded = Code(rawValue: "limit_exceeded")
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

  init(_ error: CircuitError) { self.init(Code(rawValue: error.code.rawValue), error.message) }

  func at(instruction: Int) -> TranspilerError { TranspilerError(code, "instruction \(instruction): \(message)") }

  /// The message and the code.
  public var description: String { "\(message) [\(code.rawValue)]" }
}
