package import ZeroMQ

/// Decides who gets through the handshake: keys that are authorized, not too many connections of an address, not too often.
///
/// Pure: what happens comes in with its time.
package struct Gatekeeper: Sendable {
  /// A connection, by the broker's socket and the descriptor.
  package struct Connection: Hashable, Sendable {
    package var socket: Int
    package var descriptor: Int32

    package init(socket: Int, descriptor: Int32) {
      self.socket = socket
      self.descriptor = descriptor
    }
  }

  /// Who may connect.
  package var keys: AuthorizedKeys
  /// What was refused.
  package private(set) var counters = SecurityCounters()
  private var connections: ConnectionGate<String, Connection>
  private var handshakes: RateLimiter<String>

  package init(_ keys: AuthorizedKeys, _ configuration: BrokerConfiguration) {
    self.keys = keys
    connections = ConnectionGate(limit: configuration.connectionsPerAddress)
    handshakes = RateLimiter(configuration.handshakeRate)
  }

  /// Answers a peer that has proved to hold a key.
  ///
  /// An address that has used up its share is hung up on without an answer and comes again; a key that may not in is told so.
  package mutating func decide(key: CurvePublicKey, address: String, at now: Duration) -> AuthenticationPolicy.Decision {
    if Self.isNetwork(address) {
      // The connection that asks is among those counted.
      guard connections.count(of: address) <= connections.limit else { return refuse(.connections, .retryLater) }
      guard handshakes.take(for: address, at: now) == nil else { return refuse(.handshakeRate, .retryLater) }
    }
    switch keys.standing(of: key.z85) {
    case .authorized: return .allow(principal: key.z85)
    case .revoked: return refuse(.revokedKey, .deny)
    case .unknown: return refuse(.unknownKey, .deny)
    }
  }

  /// Notes that somebody connected.
  package mutating func accepted(_ connection: Connection, address: String) {
    connections.open(connection, of: address)
  }

  /// Notes that a connection ended.
  package mutating func ended(_ connection: Connection) {
    connections.close(connection)
  }

  private mutating func refuse(
    _ reason: SecurityCounters.Reason, _ decision: AuthenticationPolicy.Decision
  ) -> AuthenticationPolicy.Decision {
    counters.count(reason)
    return decision
  }

  /// Peers on this machine come over ipc with a text of their user and process, `:0:0:123`, or none.
  private static func isNetwork(_ address: String) -> Bool {
    !address.isEmpty && (!address.hasPrefix(":") || address.hasPrefix("::"))
  }
}
