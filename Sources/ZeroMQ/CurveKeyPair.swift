import CZeroMQ

/// A CURVE key pair (Curve25519), which proves who a peer is and encrypts what it says.
public struct CurveKeyPair: Hashable, Sendable {
  /// The half that others know.
  public let publicKey: CurvePublicKey
  /// The half that never leaves its owner.
  public let secretKey: CurveSecretKey

  /// Puts together a pair from its secret half.
  ///
  /// - Throws: ``ZeroMQError`` with code `unsupported` when libzmq was built without CURVE.
  public init(secretKey: CurveSecretKey) throws(ZeroMQError) {
    var text = [CChar](repeating: 0, count: 41)
    try check(unsafe zmq_curve_public(&text, secretKey.z85), "deriving a CURVE public key")
    self.secretKey = secretKey
    publicKey = try CurvePublicKey(z85: Self.string(text))
  }

  private init(publicKey: CurvePublicKey, secretKey: CurveSecretKey) {
    self.publicKey = publicKey
    self.secretKey = secretKey
  }

  /// Makes a new pair from the system's random source.
  ///
  /// - Throws: ``ZeroMQError`` with code `unsupported` when libzmq was built without CURVE.
  public static func generate() throws(ZeroMQError) -> CurveKeyPair {
    var publicText = [CChar](repeating: 0, count: 41)
    var secretText = [CChar](repeating: 0, count: 41)
    try check(unsafe zmq_curve_keypair(&publicText, &secretText), "making a CURVE key pair")
    return CurveKeyPair(
      publicKey: try CurvePublicKey(z85: string(publicText)), secretKey: try CurveSecretKey(z85: string(secretText)))
  }

  private static func string(_ text: [CChar]) -> String {
    String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
