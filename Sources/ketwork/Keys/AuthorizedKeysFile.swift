internal import Broker
internal import Protocol
internal import ZeroMQ

/// `authorized.json`: the keys that a broker lets in, in the order in which they were added, and those it did until they were revoked.
///
/// docs/schemas/authorized-keys-1.schema.json says what each key means.
struct AuthorizedKeysFile: Codable {
  struct Entry: Codable {
    var name: String
    var publicKey: String
    var role: KeyRole
    var tenant: String
    /// When it was added, and revoked, as ISO 8601 has it.
    var added: String
    var revoked: String?

    private enum CodingKeys: String, CodingKey {
      case name, role, tenant, added, revoked
      case publicKey = "public_key"
    }
  }

  var version = 1
  var keys: [Entry] = []

  /// What the broker needs of it.
  ///
  /// - Throws: ``Failure`` for a key that is none or is listed twice, and for names that are none.
  func authorized(path: String) throws -> AuthorizedKeys {
    guard version == 1 else { throw Failure(.invalidData, "\(path): version \(version); 1 is accepted") }
    guard keys.count <= Limits.authorizedKeyCount else {
      throw Failure(.invalidData, "\(path): \(keys.count) keys; at most \(Limits.authorizedKeyCount) are read")
    }
    var entries: [CurvePublicKey: AuthorizedKeys.Entry] = [:]
    for (index, entry) in keys.enumerated() {
      guard let key = try? CurvePublicKey(z85: entry.publicKey) else {
        throw Failure(.invalidData, "\(path): key \(index) (\(entry.name)) is no public key: 40 characters are one")
      }
      for name in [entry.name, entry.tenant] { try KeyName.check(name, "\(path): key \(index)") }
      let new = AuthorizedKeys.Entry(
        name: entry.name, role: entry.role.wire, tenant: entry.tenant, isRevoked: entry.revoked != nil)
      guard entries.updateValue(new, forKey: key) == nil else {
        throw Failure(.invalidData, "\(path): key \(index) (\(entry.name)) is listed twice")
      }
    }
    return AuthorizedKeys(entries)
  }
}

/// What the holder of a key is.
enum KeyRole: String, Codable, CaseIterable {
  case client, worker

  var wire: Message.Hello.Role { self == .client ? .client : .worker }
}

/// Names of keys and tenants, which are names of files and words of a command line, too.
enum KeyName {
  /// Refuses what is no name.
  static func check(_ name: String, _ what: String) throws {
    let isWhole = name.utf8.allSatisfy { character in
      switch character {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
        UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
        true
      default: false
      }
    }
    guard isWhole, (1...Limits.keyNameByteCount).contains(name.utf8.count), !name.hasPrefix("."), !name.hasPrefix("-") else {
      throw Failure(
        .usage,
        "\(what): '\(name)' is no name: 1 to \(Limits.keyNameByteCount) letters, digits, '.', '_' and '-' are, beginning with a letter "
          + "or digit")
    }
  }
}
