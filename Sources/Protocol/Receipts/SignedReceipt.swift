/// A receipt with its signature and the key that made it: all that is needed to check who stated what.
public struct SignedReceipt: Hashable, Sendable {
  /// What is stated.
  public let receipt: Receipt
  /// The key that the signature is of, 1,952 bytes; whether it is a key to trust is for the reader to know.
  public let publicKey: [UInt8]
  /// ML-DSA-65 over ``Receipt``'s bytes and the public key, 3,309 bytes.
  public let signature: [UInt8]

  init(receipt: Receipt, publicKey: [UInt8], signature: [UInt8]) {
    self.receipt = receipt
    self.publicKey = publicKey
    self.signature = signature
  }

  /// Reads what ``bytes`` wrote, from bytes that may be anything. Nothing is said of the signature; see ``isSignatureValid()``.
  ///
  /// - Throws: ``ProtocolError`` with code `malformed`, `version`, `invalid_value` or `too_large`.
  public init(bytes: [UInt8]) throws(ProtocolError) {
    guard bytes.count <= Limits.receiptByteCount else {
      throw .tooLarge("receipt bytes", bytes.count, limit: Limits.receiptByteCount)
    }
    let (receipt, keyStart) = try Receipt.decode(bytes)
    let signatureStart = keyStart + ReceiptSignature.publicKeyByteCount
    guard bytes.count == signatureStart + ReceiptSignature.byteCount else {
      throw ProtocolError(
        .malformed, "receipt: \(bytes.count) bytes, \(signatureStart + ReceiptSignature.byteCount) with so many seeds accepted")
    }
    self.init(
      receipt: receipt, publicKey: Array(bytes[keyStart..<signatureStart]), signature: Array(bytes[signatureStart...]))
  }

  /// The signed bytes, then the signature.
  public var bytes: [UInt8] { receipt.encoded(publicKey: publicKey) + signature }

  /// SHA-256 of the public key.
  public var keyFingerprint: Digest { Digest(of: publicKey) }

  /// Whether the key signed exactly this.
  ///
  /// - Throws: ``ProtocolError`` with code `not_built_in` without the package trait `Receipts`.
  public func isSignatureValid() throws(ProtocolError) -> Bool {
    try ReceiptSignature.isValid(signature, of: receipt.encoded(publicKey: publicKey), publicKey: publicKey)
  }
}
