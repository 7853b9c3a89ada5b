/// A peer that asks to be let in.
public struct AuthenticationRequest: Hashable, Sendable {
  /// The domain that the server named in its options.
  public var domain: String
  /// The peer's network address.
  public var address: String
  /// The key that the peer proved to hold.
  public var publicKey: CurvePublicKey
}
