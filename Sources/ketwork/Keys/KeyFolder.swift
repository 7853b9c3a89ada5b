internal import Broker
internal import FoundationEssentials
internal import ZeroMQ

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// A folder of keys, as `--keys` takes it.
///
///     broker.key        the broker's pair                     only on the broker's machine
///     authorized.json   who may connect                       only on the broker's machine
///     broker.pub        the broker's public key               with every peer
///     NAME.key          a pair of a client or worker          only with that peer; `client.key` and `worker.key` are used by default
struct KeyFolder {
  let path: String

  /// The path of a file in it.
  func file(_ name: String) -> String { path + "/" + name }

  var authorizedPath: String { file("authorized.json") }

  // MARK: For services

  /// How a peer proves itself with a key of the folder, and whom it believes.
  ///
  /// - Throws: ``Failure`` for what is not there, not valid, or readable by others.
  func security(key name: String) throws -> SocketSecurity {
    try checkFolder()
    let pair = try KeyFile.pair(at: file(name + ".key"))
    return .curveClient(pair, serverKey: try KeyFile.publicKey(at: file("broker.pub")))
  }

  /// What a broker needs.
  ///
  /// - Throws: ``Failure`` for what is not there, not valid, readable or writable by others.
  func brokerKeys() throws -> BrokerKeys {
    try checkFolder()
    return BrokerKeys(secretKey: try KeyFile.pair(at: file("broker.key")).secretKey, authorized: try authorizedKeys())
  }

  /// Who may connect.
  func authorizedKeys() throws -> AuthorizedKeys { try list().authorized(path: authorizedPath) }

  /// The list as it is in the file.
  func list() throws -> AuthorizedKeysFile {
    try GuardedFile.decode(AuthorizedKeysFile.self, at: authorizedPath, .trusted)
  }

  /// Refuses a folder that is not there, or whose files others may replace.
  private func checkFolder() throws {
    var status = stat()
    guard unsafe stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
      throw Failure(.noInput, "\(path): is no folder of keys; `ketwork keys create \(path)` makes one")
    }
    guard status.st_mode & 0o022 == 0 else {
      throw Failure(.invalidData, "\(path): others may replace the keys in it; `chmod go-w \(path)` mends that")
    }
  }

  // MARK: Making

  /// Makes the folder with a broker's pair, a first client's and a first worker's, and the list of both.
  ///
  /// - Throws: ``Failure`` where there is a broker's key already.
  func create(tenant: String) throws {
    try KeyName.check(tenant, "--tenant")
    try makeFolder()
    try withLock {
      guard !exists("broker.key") else { throw Failure(.cannotCreate, "\(path): has a broker's key already, which is kept") }
      let broker = try CurveKeyPair.generate()
      try GuardedFile.write(AuthorizedKeysFile(), to: authorizedPath, permissions: 0o600)
      for role in KeyRole.allCases { _ = try addUnlocked(name: role.rawValue, role: role, tenant: tenant) }
      try GuardedFile.write(KeyFile(name: "broker", broker.publicKey), to: file("broker.pub"), permissions: 0o644)
      // Last: with it the folder is complete.
      try GuardedFile.write(KeyFile(name: "broker", broker), to: file("broker.key"), permissions: 0o600)
    }
  }

  /// Makes a pair that is in no list yet: where it is to be used, so that its secret goes nowhere.
  ///
  /// - Returns: The public half.
  func generate(name: String) throws -> CurvePublicKey {
    try checkNew(name)
    try makeFolder()
    return try withLock {
      for file in [name + ".key", name + ".pub"] where exists(file) {
        throw Failure(.cannotCreate, "\(self.file(file)): is there already, and is kept")
      }
      let pair = try CurveKeyPair.generate()
      try GuardedFile.write(KeyFile(name: name, pair), to: file(name + ".key"), permissions: 0o600)
      try GuardedFile.write(KeyFile(name: name, pair.publicKey), to: file(name + ".pub"), permissions: 0o644)
      return pair.publicKey
    }
  }

  /// Makes a pair and adds it to the list.
  ///
  /// - Returns: The pair's file: NAME.key, or NAME-2.key and so on beside it.
  func add(name: String, role: KeyRole, tenant: String) throws -> String {
    try withLock { try addUnlocked(name: name, role: role, tenant: tenant) }
  }

  private func addUnlocked(name: String, role: KeyRole, tenant: String) throws -> String {
    var fileName = name + ".key"
    var number = 1
    while exists(fileName) {
      number += 1
      fileName = "\(name)-\(number).key"
    }
    let pair = try CurveKeyPair.generate()
    // The list first: a key file that is in no list would look as if it worked.
    try authorizeUnlocked(pair.publicKey, name: name, role: role, tenant: tenant)
    try GuardedFile.write(KeyFile(name: name, pair), to: file(fileName), permissions: 0o600)
    return file(fileName)
  }

  /// Adds a key that was made elsewhere to the list.
  func authorize(_ key: CurvePublicKey, name: String, role: KeyRole, tenant: String) throws {
    try withLock { try authorizeUnlocked(key, name: name, role: role, tenant: tenant) }
  }

  private func authorizeUnlocked(_ key: CurvePublicKey, name: String, role: KeyRole, tenant: String) throws {
    try checkNew(name)
    try KeyName.check(tenant, "--tenant")
    var list = try list()
    _ = try list.authorized(path: authorizedPath)
    guard !list.keys.contains(where: { $0.publicKey == key.z85 }) else {
      throw Failure(.invalidData, "\(authorizedPath): has this key already; one that was revoked is replaced by a new one")
    }
    if let other = list.keys.first(where: { $0.name == name && $0.revoked == nil && ($0.role != role || $0.tenant != tenant) }) {
      throw Failure(
        .invalidData, "\(authorizedPath): \(name) is a \(other.role) of tenant \(other.tenant); all keys of a name are the same")
    }
    list.keys.append(
      AuthorizedKeysFile.Entry(name: name, publicKey: key.z85, role: role, tenant: tenant, added: Date().ISO8601Format()))
    try GuardedFile.write(list, to: authorizedPath, permissions: 0o600)
  }

  /// Revokes the one key that a name or a public key names.
  ///
  /// - Parameter all: Whether a name may stand for several keys.
  /// - Returns: The entries that were revoked.
  func revoke(_ word: String, all: Bool) throws -> [AuthorizedKeysFile.Entry] {
    try withLock {
      var list = try list()
      let chosen = list.keys.indices.filter { list.keys[$0].name == word || list.keys[$0].publicKey == word }
      guard !chosen.isEmpty else { throw Failure(.invalidData, "\(authorizedPath): has no key of '\(word)'") }
      let active = chosen.filter { list.keys[$0].revoked == nil }
      guard active.count <= 1 || all else {
        let keys = active.map { list.keys[$0].publicKey }.joined(separator: "\n  ")
        throw Failure(.usage, "\(word) has \(active.count) keys; name one of them, or say --all:\n  \(keys)")
      }
      let now = Date().ISO8601Format()
      for index in active { list.keys[index].revoked = now }
      if !active.isEmpty { try GuardedFile.write(list, to: authorizedPath, permissions: 0o600) }
      return active.map { list.keys[$0] }
    }
  }

  // MARK: Files

  private func checkNew(_ name: String) throws {
    try KeyName.check(name, "the key's name")
    guard name != "broker" else { throw Failure(.usage, "'broker' is the name of the broker's own key") }
  }

  private func exists(_ name: String) -> Bool { unsafe access(file(name), F_OK) == 0 }

  /// Makes the folder, for its owner alone; one that is there has to be the owner's alone already.
  private func makeFolder() throws {
    guard unsafe mkdir(path, 0o700) != 0 else { return }
    guard errno == EEXIST else { throw Failure(.cannotCreate, "\(path): cannot be made: \(SystemError.text())") }
    var status = stat()
    guard unsafe stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
      throw Failure(.cannotCreate, "\(path): is there and is no folder")
    }
    guard status.st_mode & 0o077 == 0 else {
      throw Failure(.cannotCreate, "\(path): others may look into it; `chmod 700 \(path)` mends that, or name a new folder")
    }
  }

  /// Runs while no other process changes the folder.
  private func withLock<Result>(_ body: () throws -> Result) throws -> Result {
    try checkFolder()
    let descriptor = unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw Failure(.noInput, "\(path): cannot be opened: \(SystemError.text())") }
    defer { close(descriptor) }
    while flock(descriptor, LOCK_EX) != 0 {
      guard errno == EINTR else { throw Failure(.cannotCreate, "\(path): cannot be locked: \(SystemError.text())") }
    }
    return try body()
  }
}
