/// Why a circuit, a gate or an expression is not valid, with a stable code and a message for people.
public struct CircuitError: Error, Hashable, Sendable, CustomStringConvertible {
  /// A stable name of the kind of failure, used in logs and on the wire; new ones may appear.
  public struct Code: RawRepresentable, Hashable, Sendable {
    /// The name itself.
    public let rawValue: String
    /// Makes a code of a name.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// A qubit index is not below the circuit's qubit count.
    public static let qubitOutOfRange = Code(rawValue: "qubit_out_of_range")
    /// A classical bit, variable or array element does not exist.
    public static let bitOutOfRange = Code(rawValue: "bit_out_of_range")
    /// One instruction names a qubit twice.
    public static let duplicateQubit = Code(rawValue: "duplicate_qubit")
    /// No gate of this name.
    public static let unknownGate = Code(rawValue: "unknown_gate")
    /// A gate got another number of qubits or parameters than it takes.
    public static let wrongArity = Code(rawValue: "wrong_arity")
    /// A number is NaN or infinite.
    public static let notFinite = Code(rawValue: "not_finite")
    /// A matrix is not unitary, or not 2ᵏ×2ᵏ.
    public static let invalidMatrix = Code(rawValue: "invalid_matrix")
    /// A map is no channel: it does not keep the trace, is not completely positive, or has parameters out of range.
    public static let invalidChannel = Code(rawValue: "invalid_channel")
    /// No device model of this name.
    public static let unknownDevice = Code(rawValue: "unknown_device")
    /// The calibration of a device cannot be read, or has figures that no device can have.
    public static let invalidDevice = Code(rawValue: "invalid_device")
    /// A circuit needs a qubit, or a gate on qubits, that a device does not have.
    public static let notOnDevice = Code(rawValue: "not_on_device")
    /// A Pauli label or an observable cannot be read.
    public static let invalidPauli = Code(rawValue: "invalid_pauli")
    /// A parameter has no value.
    public static let unboundParameter = Code(rawValue: "unbound_parameter")
    /// Classical arithmetic has no result: division by zero, an operation on the wrong type.
    public static let invalidArithmetic = Code(rawValue: "invalid_arithmetic")
    /// An expression has no derivative in a parameter that it depends on.
    public static let notDifferentiable = Code(rawValue: "not_differentiable")
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

  /// The message and the code.
  public var description: String { "\(message) [\(code.rawValue)]" }
}
