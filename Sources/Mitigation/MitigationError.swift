internal import Circuits

/// Why a circuit cannot be mitigated, or results cannot be made into an estimate, with a stable code and a message for people.
public struct MitigationError: Error, Hashable, Sendable, CustomStringConvertible {
  /// A stable name of the kind of failure, used in logs and on the wire; new ones may appear.
  public struct Code: RawRepresentable, Hashable, Sendable {
    /// The name itself.
    public let rawValue: String
    /// Makes a code of a name.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// A step of a circuit that the technique cannot handle: noise, a reset, a measurement before the end, control flow.
    public static let unsupportedInstruction = Code(rawValue: "unsupported_instruction")
    /// A number is out of the range that is accepted.
    public static let invalidOption = Code(rawValue: "invalid_option")
    /// Results do not fit the variants of which they are said to be: another number, another size, not finite.
    public static let invalidResults = Code(rawValue: "invalid_results")
    /// A fit has too few points, or points from which its coefficients do not follow.
    public static let undeterminedFit = Code(rawValue: "undetermined_fit")
    /// A channel or a confusion matrix has no inverse.
    public static let singular = Code(rawValue: "singular")
    /// Nothing is left after post-selection, or the symmetry's value is zero.
    public static let nothingKept = Code(rawValue: "nothing_kept")
    /// A size is above a limit of ``Limits``.
    public static let limitExceeded = Code(rawValue: "limit_exceeded")
    /// A variant is no valid circuit: what the circuit said about it is the message.
    public static let invalidCircuit = Code(rawValue: "invalid_circuit")
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

extension MitigationError {
  /// What a circuit says of a variant of it, as this module's error.
  init(_ error: CircuitError, in technique: String) {
    self.init(.invalidCircuit, "\(technique): \(error.message)")
  }

  /// Runs a part that throws circuit errors.
  static func wrapping<Value>(_ technique: String, _ body: () throws(CircuitError) -> Value) throws(MitigationError) -> Value {
    do { return try body() } catch { throw MitigationError(error, in: technique) }
  }
}
