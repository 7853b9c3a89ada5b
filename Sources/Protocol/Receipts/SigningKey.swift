/// A worker's key for signing receipts; it prints as a placeholder.
///
/// Made of a seed that the caller draws, so that nothing here reads a source of randomness by itself. (A signature has some in it all the
/// same: FIPS 204's hedged form, which protects the key where a computation is disturbed.)
public struct SigningKey: Sendable, CustomStringConvertible, CustomReflectable {
  /// Bytes of a seed.
  public static let seedByteCount = ReceiptSignature.seedByteCount
  /// Whether this program can sign and verify at all; see the package trait `Receipts`.
  public static let isBuiltIn = ReceiptSignature.isBuiltIn

  private let key: ReceiptSignature.PrivateKey
  /// The half that others know, 1,952 bytes.
  public let publicKey: [UInt8]

  /// Makes the key of a seed.
  ///
  /// - Throws: ``ProtocolError`` with code `invalid_value` unless there are 32 bytes, `not_built_in` without the trait. The message says
  ///   nothing about the bytes.
  public init(seed: [UInt8]) throws(ProtocolError) {
    key = try ReceiptSignature.privateKey(seed: seed)
    publicKey = ReceiptSignature.publicKey(of: key)
  }

  /// SHA-256 of the public key, by which people and lists name it.
  public var fingerprint: Digest { Digest(of: publicKey) }

  /// Signs a receipt.
  ///
  /// - Throws: ``ProtocolError`` with code `invalid_signature` when the library refuses.
  public func sign(_ receipt: Receipt) throws(ProtocolError) -> SignedReceipt {
    precondition(!receipt.seeds.isEmpty && receipt.seeds.count <= Limits.settingsCount, "a receipt names 1 to 1,024 seeds")
    let bytes = receipt.encoded(publicKey: publicKey)
    let signature = try ReceiptSignature.sign(bytes, with: key)
    return SignedReceipt(receipt: receipt, publicKey: publicKey, signature: signature)
  }

  /// A placeholder, so that a key in a log line says nothing.
  public var description: String { "(signing key)" }

  /// A mirror without the key, so that `dump` says nothing either.
  public var customMirror: Mirror { Mirror(self, children: []) }
}
