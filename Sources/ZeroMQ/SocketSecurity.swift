/// How a socket proves itself to its peers, and whom it believes.
public enum SocketSecurity: Hashable, Sendable {
  /// Anybody may connect, nothing is encrypted. For loopback, ipc and inproc; a service that binds elsewhere with it should warn.
  case none
  /// The binding side of CURVE. Who may connect is up to the policy that the ``Authenticator`` has for the domain; without one,
  /// nobody.
  case curveServer(CurveSecretKey, domain: String)
  /// The connecting side of CURVE: its own pair and the key of the one server that it believes.
  case curveClient(CurveKeyPair, serverKey: CurvePublicKey)
}
