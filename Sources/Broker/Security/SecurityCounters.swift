/// What a broker has refused since it started, by reason.
package struct SecurityCounters: Hashable, Sendable {
  /// Why something was refused; the raw value is its name in logs and on the wire.
  package enum Reason: String, Hashable, Sendable, CaseIterable {
    /// A handshake with a key that is not in the list.
    case unknownKey = "unknown_key"
    /// A handshake with a key that was revoked.
    case revokedKey = "revoked_key"
    /// A handshake without a key where one is needed, or with one where none is.
    case mechanism = "mechanism"
    /// A handshake that could not be deciphered: the peer believes in another server key.
    case wrongServerKey = "wrong_server_key"
    /// A handshake that broke the protocol.
    case brokenHandshake = "broken_handshake"
    /// A connection that ended before its handshake did, or took too long over it.
    case unfinishedHandshake = "unfinished_handshake"
    /// A handshake beyond the rate of its address.
    case handshakeRate = "handshake_rate"
    /// A connection beyond those of its address or its key.
    case connections = "connections"
    /// A HELLO as something else than the key is for.
    case wrongRole = "wrong_role"
    /// A message of a peer that chose its routing identity.
    case chosenIdentity = "chosen_identity"
    /// A message beyond the rate of its key.
    case messageRate = "message_rate"
    /// A message of a peer whose key was revoked while it was connected.
    case revokedMessages = "revoked_messages"
    /// Bytes that are no message.
    case malformed = "malformed"
  }

  private var counts: [Reason: UInt64] = [:]

  package init() {}

  /// How often something was refused for a reason.
  package subscript(reason: Reason) -> UInt64 { counts[reason, default: 0] }

  /// Counts one refusal.
  package mutating func count(_ reason: Reason) {
    counts[reason, default: 0] += 1
  }

  /// Both together.
  package static func + (a: SecurityCounters, b: SecurityCounters) -> SecurityCounters {
    var sum = a
    sum.counts.merge(b.counts, uniquingKeysWith: +)
    return sum
  }

  /// The reasons that were counted since an earlier state, in the order in which they are declared.
  package func reasons(since earlier: SecurityCounters) -> [Reason] {
    Reason.allCases.filter { self[$0] != earlier[$0] }
  }
}
