/// Why a value cannot be sent, or bytes cannot be read, with a stable code and a message for people.
public struct ProtocolError: Error, Hashable, Sendable, CustomStringConvertible {
  /// A stable name of the kind of failure, used in logs, metrics and on the wire; new ones may appear.
  public struct Code: RawRepresentable, Hashable, Sendable {
    /// The name, in lower case with underscores.
    public let rawValue: String
    /// Makes a code of its name.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// The bytes are not a message: wrong frame count, wrong magic, a header that does not parse.
    public static let malformed = Code(rawValue: "malformed")
    /// The message belongs to another major version of the protocol.
    public static let version = Code(rawValue: "version")
    /// The message's type is not known here.
    public static let unknownType = Code(rawValue: "unknown_type")
    /// Something is longer, or there is more of it, than the named limit.
    public static let tooLarge = Code(rawValue: "too_large")
    /// A value is not one that could be meant: NaN, a negative count, a letter that is no Pauli operator.
    public static let invalidValue = Code(rawValue: "invalid_value")
    /// The parts of a chunked payload do not make the whole that was announced.
    public static let incompleteTransfer = Code(rawValue: "incomplete_transfer")
    /// The bytes do not have the announced digest.
    public static let digestMismatch = Code(rawValue: "digest_mismatch")
    /// The signature is not one of these bytes by this key.
    public static let invalidSignature = Code(rawValue: "invalid_signature")
    /// The program was built without this.
    public static let notBuiltIn = Code(rawValue: "not_built_in")
  }

  /// The kind of failure.
  public var code: Code
  /// What was read or made, where, and what would be accepted.
  public var message: String

  /// Makes an error of a kind with a message for people.
  public init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  /// The message, then the code in brackets.
  public var description: String { "\(message) [\(code.rawValue)]" }
}

extension ProtocolError {
  /// The error of a count above its limit.
  static func tooLarge(_ what: String, _ count: some BinaryInteger, limit: Int) -> ProtocolError {
    ProtocolError(.tooLarge, "\(what): \(count), at most \(limit) accepted")
  }
}
