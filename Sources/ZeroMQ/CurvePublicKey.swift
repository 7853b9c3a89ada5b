/// The public half of a CURVE key pair, by which a peer is known.
public struct CurvePublicKey: Hashable, Sendable, CustomStringConvertible {
  /// The key's 32 bytes.
  public let bytes: [UInt8]

  /// Makes a key from its 32 bytes.
  ///
  /// - Throws: ``ZeroMQError`` with code `invalid_argument`.
  public init(bytes: [UInt8]) throws(ZeroMQError) {
    self.bytes = try checkedKey(bytes, "public")
  }

  /// Makes a key from its text of 40 characters.
  ///
  /// - Throws: ``ZeroMQError`` with code `invalid_argument`.
  public init(z85 text: String) throws(ZeroMQError) {
    bytes = try checkedKey(Z85.decode(text), "public")
  }

  /// The key's text of 40 characters.
  public var z85: String { Z85.encode(bytes)! }

  /// The key's text.
  public var description: String { z85 }
}

/// The bytes of a key if there are 32 of them; the message says nothing about their values.
func checkedKey(_ bytes: [UInt8]?, _ name: String) throws(ZeroMQError) -> [UInt8] {
  guard let bytes, bytes.count == 32 else {
    throw ZeroMQError(.invalidArgument, "not a CURVE \(name) key: 32 bytes, or 40 characters of Z85, are one")
  }
  return bytes
}
