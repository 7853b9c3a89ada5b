/// The secret half of a CURVE key pair; it prints as a placeholder.
public struct CurveSecretKey: Hashable, Sendable, CustomStringConvertible, CustomReflectable {
  /// The key's 32 bytes.
  public let bytes: [UInt8]

  /// Makes a key from its 32 bytes.
  ///
  /// - Throws: ``ZeroMQError`` with code `invalid_argument`.
  public init(bytes: [UInt8]) throws(ZeroMQError) {
    self.bytes = try checkedKey(bytes, "secret")
  }

  /// Makes a key from its text of 40 characters.
  ///
  /// - Throws: ``ZeroMQError`` with code `invalid_argument`.
  public init(z85 text: String) throws(ZeroMQError) {
    bytes = try checkedKey(Z85.decode(text), "secret")
  }

  /// The key's text of 40 characters, for writing it to a file that only its owner reads.
  public var z85: String { Z85.encode(bytes)! }

  /// A placeholder, so that a key in a log line says nothing.
  public var description: String { "(secret)" }

  /// A mirror without the bytes, so that `dump` says nothing either.
  public var customMirror: Mirror { Mirror(self, children: []) }
}
