/// Who may connect to the sockets of one domain.
public struct AuthenticationPolicy: Sendable {
  /// The answer to a peer.
  public enum Decision: Hashable, Sendable {
    /// Let in; every message from the peer carries the principal, see ``Frame/userID``.
    case allow(principal: String)
    /// Kept out. The peer learns no reason; this socket's monitor reports status 400.
    case deny
    /// Kept out for now: hung up on without an answer, so that it tries again by itself.
    case retryLater
  }

  let decide: @Sendable (AuthenticationRequest) -> Decision

  /// A policy that asks a closure. It runs on the authenticator's thread and has to answer soon: other peers wait.
  public init(_ decide: @escaping @Sendable (AuthenticationRequest) -> Decision) {
    self.decide = decide
  }

  /// A policy that lets in the holders of listed keys.
  ///
  /// - Parameter principals: The principal of each key.
  public static func allowing(_ principals: [CurvePublicKey: String]) -> AuthenticationPolicy {
    AuthenticationPolicy { request in
      principals[request.publicKey].map { .allow(principal: $0) } ?? .deny
    }
  }
}
