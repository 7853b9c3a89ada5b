internal import ZeroMQ

/// The broker's gatekeeper where its two threads meet: the authenticator's asks it, the broker's tells it what has changed.
final class Gate: Sendable {
  /// Names this broker's sockets to the authenticator; no two of a process have the same.
  let domain: String
  private let gatekeeper: Lock<Gatekeeper>

  init(_ gatekeeper: Gatekeeper) {
    self.gatekeeper = Lock(gatekeeper)
    domain = "ketwork.broker." + String(UInt64.random(in: 0...UInt64.max), radix: 36)
  }

  /// What was refused so far.
  var counters: SecurityCounters { gatekeeper.withLock { $0.counters } }

  /// Begins to answer for the domain.
  func open() {
    let policy = AuthenticationPolicy { [gatekeeper] request in
      gatekeeper.withLock { $0.decide(key: request.publicKey, address: request.address, at: MonotonicClock.now()) }
    }
    Authenticator.shared.setPolicy(policy, forDomain: domain)
  }

  /// Lets nobody in any more.
  func close() {
    Authenticator.shared.setPolicy(nil, forDomain: domain)
  }

  /// Changes who may connect, from the next handshake on.
  func setKeys(_ keys: AuthorizedKeys) {
    gatekeeper.withLock { $0.keys = keys }
  }

  /// Takes note of a connection that was made or has ended.
  func observe(_ event: MonitorEvent, socket: Int) {
    let connection = Gatekeeper.Connection(socket: socket, descriptor: event.value)
    switch event.kind {
    case .accepted:
      guard let address = event.peerAddress else { return }
      gatekeeper.withLock { $0.accepted(connection, address: address) }
    case .disconnected: gatekeeper.withLock { $0.ended(connection) }
    default: break
    }
  }
}
