import Broker
import Client
import Foundation
import Protocol
import Testing
import ZeroMQ

@testable import ketwork

@Suite("Folders of keys")
struct KeyFolderTests {
  /// A new folder's path, which goes with the test.
  private final class Place {
    let path = FileManager.default.temporaryDirectory.appending(path: "ketwork-keys-" + UUID().uuidString).path
    var folder: KeyFolder { KeyFolder(path: path) }

    init() {}

    deinit {
      // A test that made none leaves none.
      try? FileManager.default.removeItem(atPath: path)
    }

    func created() throws -> KeyFolder {
      try folder.create(tenant: "default")
      return folder
    }

    func mode(_ file: String) throws -> Int {
      try #require(try FileManager.default.attributesOfItem(atPath: path + "/" + file)[.posixPermissions] as? Int)
    }

    func setMode(_ file: String, _ mode: Int) throws {
      try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path + "/" + file)
    }

    func text(_ file: String) throws -> String { try String(contentsOfFile: path + "/" + file, encoding: .utf8) }
  }

  @Test("a new folder has what its broker, a client and a worker need, and secrets are their owner's alone")
  func create() throws {
    let place = Place()
    let folder = try place.created()
    #expect(try place.mode("") == 0o700)
    for file in ["broker.key", "client.key", "worker.key", "authorized.json"] { #expect(try place.mode(file) == 0o600) }
    let keys = try folder.brokerKeys()
    for (name, role) in [("client", KeyRole.client), ("worker", .worker)] {
      guard case .curveClient(let pair, let server) = try folder.security(key: name) else {
        Issue.record("no CURVE")
        continue
      }
      #expect(try CurveKeyPair(secretKey: keys.secretKey).publicKey == server)
      #expect(
        keys.authorized.standing(of: pair.publicKey.z85) == .authorized(.init(name: name, role: role.wire, tenant: "default")))
    }
    let failure = #expect(throws: Failure.self) { try folder.create(tenant: "default") }
    #expect(failure?.status == .cannotCreate)
    let left = try FileManager.default.contentsOfDirectory(atPath: place.path)
    #expect(left.sorted() == ["authorized.json", "broker.key", "broker.pub", "client.key", "worker.key"])
  }

  @Test("the files have exactly the keys of their schemas")
  func schemas() throws {
    let place = Place()
    let folder = try place.created()
    _ = try folder.revoke("worker", all: false)
    for file in ["broker.key", "broker.pub", "client.key"] {
      try SchemaKeys.check(try place.text(file), against: "key-1.schema.json")
    }
    try SchemaKeys.check(try place.text("authorized.json"), against: "authorized-keys-1.schema.json")
    #expect(try !place.text("broker.pub").contains("secret") && !place.text("authorized.json").contains("secret"))
  }

  @Test("a secret that others can read is refused, whoever they are", arguments: [0o640, 0o604, 0o620, 0o601])
  func readable(mode: Int) throws {
    let place = Place()
    let folder = try place.created()
    try place.setMode("client.key", mode)
    let failure = #expect(throws: Failure.self) { try folder.security(key: "client") }
    #expect(failure?.status == .invalidData && failure?.description.contains("chmod 600") == true)
    try place.setMode("broker.key", mode)
    #expect(throws: Failure.self) { try folder.brokerKeys() }
  }

  @Test("a list that others can write is refused, and so is a folder")
  func writable() throws {
    let place = Place()
    let folder = try place.created()
    try place.setMode("authorized.json", 0o660)
    #expect(throws: Failure.self) { try folder.brokerKeys() }
    try place.setMode("authorized.json", 0o644)
    _ = try folder.brokerKeys()
    try place.setMode("", 0o770)
    #expect(throws: Failure.self) { try folder.brokerKeys() }
    #expect(throws: Failure.self) { try folder.security(key: "client") }
  }

  @Test("a file that is not valid is refused without a word of what is in it")
  func broken() throws {
    let place = Place()
    let folder = try place.created()
    let whole = try place.text("client.key")
    let secret = try #require(
      try (JSONSerialization.jsonObject(with: Data(whole.utf8)) as? [String: Any])?["secret_key"] as? String)
    for text in [
      String(whole.dropLast(10)), whole.replacing(secret, with: String(secret.dropLast())),
      whole.replacing(secret, with: try CurveKeyPair.generate().secretKey.z85), whole.replacing(": 1", with: ": 2"), "", "[]",
    ] {
      try Data(text.utf8).write(to: URL(filePath: place.path + "/client.key"))
      try place.setMode("client.key", 0o600)
      let failure = #expect(throws: Failure.self) { try folder.security(key: "client") }
      #expect(failure?.status == .invalidData)
      #expect(failure?.description.contains(secret.prefix(12)) == false)
    }
  }

  @Test("keys are replaced with an overlap: a second of the same name, then the first is revoked")
  func rotation() throws {
    let place = Place()
    let folder = try place.created()
    let first = try folder.add(name: "alice", role: .client, tenant: "lab")
    let second = try folder.add(name: "alice", role: .client, tenant: "lab")
    #expect(first.hasSuffix("/alice.key") && second.hasSuffix("/alice-2.key"))
    let keys = try [first, second].map { try KeyFile.pair(at: $0).publicKey.z85 }
    let entry = AuthorizedKeys.Entry(name: "alice", role: .client, tenant: "lab")
    for key in keys { #expect(try folder.authorizedKeys().standing(of: key) == .authorized(entry)) }
    let ambiguous = #expect(throws: Failure.self) { try folder.revoke("alice", all: false) }
    #expect(ambiguous?.status == .usage)
    #expect(try folder.revoke(keys[0], all: false).map(\.publicKey) == [keys[0]])
    #expect(try folder.authorizedKeys().standing(of: keys[0]) == .revoked)
    #expect(try folder.authorizedKeys().standing(of: keys[1]) == .authorized(entry))
    #expect(try folder.revoke("alice", all: false).map(\.publicKey) == [keys[1]], "the one that is left")
    #expect(try folder.revoke("alice", all: false).isEmpty, "again")
    #expect(throws: Failure.self) { try folder.revoke("bob", all: false) }
  }

  @Test("a name has one role and one tenant, and is a name")
  func names() throws {
    let place = Place()
    let folder = try place.created()
    _ = try folder.add(name: "alice", role: .client, tenant: "lab")
    for (role, tenant) in [(KeyRole.worker, "lab"), (.client, "else")] {
      #expect(throws: Failure.self) { try folder.add(name: "alice", role: role, tenant: tenant) }
    }
    for name in ["", "broker", "../x", "a b", ".x", "-x", "é", String(repeating: "a", count: 65)] {
      #expect(throws: Failure.self) { try folder.add(name: name, role: .client, tenant: "lab") }
      guard name != "broker" else { continue }
      #expect(throws: Failure.self) { try folder.add(name: "bob", role: .client, tenant: name) }
    }
    #expect(try folder.list().keys.count == 3)
  }

  @Test("a key made elsewhere is let in by its public half alone, once")
  func elsewhere() throws {
    let (place, other) = (Place(), Place())
    let folder = try place.created()
    let key = try other.folder.generate(name: "client")
    #expect(try KeyFile.publicKey(at: other.path + "/client.pub") == key)
    try folder.authorize(key, name: "carol", role: .client, tenant: "lab")
    #expect(try folder.authorizedKeys().standing(of: key.z85) == .authorized(.init(name: "carol", role: .client, tenant: "lab")))
    #expect(throws: Failure.self) { try folder.authorize(key, name: "carol", role: .client, tenant: "lab") }
    try FileManager.default.copyItem(atPath: place.path + "/broker.pub", toPath: other.path + "/broker.pub")
    guard case .curveClient(let pair, _) = try other.folder.security(key: "client") else { return }
    #expect(pair.publicKey == key)
  }

  @Test("a list with a key twice, or one that is none, is refused whole")
  func badList() throws {
    let place = Place()
    let folder = try place.created()
    var list = try folder.list()
    list.keys.append(list.keys[0])
    #expect(throws: Failure.self) { try list.authorized(path: "list") }
    list.keys[2].publicKey = "short"
    #expect(throws: Failure.self) { try list.authorized(path: "list") }
    list.keys.removeLast()
    list.version = 2
    #expect(throws: Failure.self) { try list.authorized(path: "list") }
  }

  @Test(
    "endpoints that others can reach are told from those they cannot",
    arguments: [
      ("tcp://127.0.0.1:7711", false), ("tcp://127.8.9.1:*", false), ("tcp://localhost:1", false), ("tcp://[::1]:1", false),
      ("ipc:///run/x", false), ("tcp://0.0.0.0:7711", true), ("tcp://*:7711", true), ("tcp://10.0.0.5:7711", true),
      ("tcp://[::]:1", true), ("tcp://127.0.0.1.example:1", true), ("tcp://127.example:1", true), ("tcp://eth0:1", true),
    ])
  func offHost(endpoint: String, isReachable: Bool) {
    #expect(Endpoint.isReachableFromElsewhere(endpoint) == isReachable)
  }
}
