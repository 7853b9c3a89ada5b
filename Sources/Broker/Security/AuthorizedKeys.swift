package import Protocol
package import ZeroMQ

/// Who may connect to a broker: public keys with what their holders are, and whose jobs they see.
package struct AuthorizedKeys: Hashable, Sendable {
  /// One key.
  package struct Entry: Hashable, Sendable {
    /// Whom it belongs to; several keys may, while one takes another's place.
    package var name: String
    package var role: Message.Hello.Role
    package var tenant: String
    /// Kept in the list, so that its use is told from that of a key nobody knows.
    package var isRevoked: Bool

    package init(name: String, role: Message.Hello.Role, tenant: String, isRevoked: Bool = false) {
      self.name = name
      self.role = role
      self.tenant = tenant
      self.isRevoked = isRevoked
    }
  }

  /// What the list says of a key.
  package enum Standing: Hashable, Sendable {
    case authorized(Entry)
    case revoked
    case unknown
  }

  /// By the text of the key: connections bear it as their principal, with every message.
  private var entries: [String: Entry] = [:]

  /// Makes a list.
  package init(_ entries: [CurvePublicKey: Entry] = [:]) {
    for (key, entry) in entries { self.entries[key.z85] = entry }
  }

  /// Keys in the list, revoked ones included.
  package var count: Int { entries.count }

  /// What is said of a key, by its text.
  package func standing(of key: String) -> Standing {
    guard let entry = entries[key] else { return .unknown }
    return entry.isRevoked ? .revoked : .authorized(entry)
  }
}
