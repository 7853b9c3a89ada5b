package import Protocol

/// Decides which messages reach the broker's state, and in whose name: by the key of the connection, never by what a message says.
///
/// Pure: time comes in with each call. Without keys everybody is the tenant `local`, and nothing is limited.
package struct Admission: Sendable {
  /// In whose name a message came.
  package struct Principal: Hashable, Sendable {
    /// Empty without keys.
    package var name = ""
    package var tenant = "local"
    fileprivate var key: String?
    fileprivate var role: Message.Hello.Role?
  }

  /// What was refused.
  package private(set) var counters = SecurityCounters()
  /// Who may connect; `nil` where everybody may.
  package private(set) var keys: AuthorizedKeys?
  private let retryAfter: Duration
  private var messages: RateLimiter<String>
  /// Peers that said HELLO, by their key.
  private var connections: ConnectionGate<String, PeerID>
  /// Peers whose key was revoked while they were connected, with the key: nothing is sent to them.
  private var cutOff: [PeerID: String] = [:]

  package init(_ keys: AuthorizedKeys?, _ configuration: BrokerConfiguration) {
    self.keys = keys
    retryAfter = configuration.retryAfter
    messages = RateLimiter(configuration.messageRate)
    connections = ConnectionGate(limit: configuration.connectionsPerKey)
  }

  /// Whether peers prove who they are.
  package var isSecured: Bool { keys != nil }

  // MARK: Messages

  /// Who sends a message; `nil` for somebody whose key is no longer authorized, who is not listened to.
  ///
  /// - Parameter userID: What the authenticator gave the connection: the text of its key.
  package mutating func principal(_ userID: String?) -> Principal? {
    guard let keys else { return Principal() }
    guard let userID, case .authorized(let entry) = keys.standing(of: userID) else {
      counters.count(.revokedMessages)
      return nil
    }
    return Principal(name: entry.name, tenant: entry.tenant, key: userID, role: entry.role)
  }

  /// Why a message is refused, if it is.
  package mutating func refusal(
    of message: Message, from peer: PeerID, _ principal: Principal, at now: Duration
  ) -> Message.Reject? {
    guard peer.isNumbered else {
      counters.count(.chosenIdentity)
      return Message.Reject(.unauthorized, "routing identity: peers may not choose one; the socket's is to be left unset")
    }
    guard let key = principal.key else { return nil }
    if !message.content.isLimited {
      messages.charge(key, at: now)
    } else if let wait = messages.take(for: key, at: now) {
      counters.count(.messageRate)
      return Message.Reject(.busy, "messages: more than this key may send", retryAfter: max(wait, retryAfter))
    }
    guard case .hello(let hello) = message.content else { return nil }
    return refusal(of: hello, from: peer, key, principal)
  }

  private mutating func refusal(of hello: Message.Hello, from peer: PeerID, _ key: String, _ principal: Principal) -> Message
    .Reject?
  {
    guard hello.role == principal.role else {
      counters.count(.wrongRole)
      return Message.Reject(.unauthorized, "role: the key of \(principal.name) is not a \(hello.role)'s")
    }
    guard connections.owner(of: peer) == key || !connections.isFull(key) else {
      counters.count(.connections)
      return Message.Reject(
        .busy, "connections: \(principal.name) has \(connections.limit) already, as many as a key may", retryAfter: retryAfter)
    }
    connections.open(peer, of: key)
    return nil
  }

  /// Counts what never became a message.
  package mutating func count(_ reason: SecurityCounters.Reason) {
    counters.count(reason)
  }

  // MARK: Peers

  /// Takes note that a peer is no longer known.
  package mutating func forget(_ peer: PeerID) {
    connections.close(peer)
  }

  /// Whether nothing may be sent to a peer any more.
  package func isCutOff(_ peer: PeerID) -> Bool {
    guard let key = cutOff[peer], let keys else { return false }
    if case .authorized = keys.standing(of: key) { return false }
    return true
  }

  /// Changes who may connect.
  ///
  /// - Returns: Peers for which something has changed, to be forgotten: those whose key was revoked, and those whose key now stands for
  ///   another role or tenant, who have to introduce themselves again.
  package mutating func setKeys(_ new: AuthorizedKeys) -> [PeerID] {
    guard let old = keys else { return [] }
    keys = new
    let changed = connections.connections.filter { old.standing(of: $0.value) != new.standing(of: $0.value) }
    // Routing identities are new with each connection, so these are of use only as long as what was promised before is being sent.
    if cutOff.count + changed.count > Limits.peerCount { cutOff = [:] }
    cutOff.merge(changed) { $1 }
    return changed.keys.sorted()
  }
}

extension Message.Content {
  /// Whether a peer that says more than it may is refused this: questions and requests are, which are asked again.
  ///
  /// What carries work forward is not, or a worker that has much to say would lose what it computed; nor what nobody says twice.
  var isLimited: Bool {
    switch self {
    case .renew, .complete, .started, .fail, .release, .ready, .pong, .body, .credit, .bye, .challenge: false
    default: true
    }
  }
}
