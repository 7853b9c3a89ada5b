import Broker
import Protocol
import Testing
import ZeroMQ

@Suite("In whose name a message counts")
struct AdmissionTests {
  /// Keys of a client and a worker, a list that has them, and an admission by it.
  struct Door {
    let client: CurvePublicKey
    let worker: CurvePublicKey
    var entries: [CurvePublicKey: AuthorizedKeys.Entry]
    var admission: Admission

    init(_ configure: (inout BrokerConfiguration) -> Void = { _ in }) throws {
      var configuration = BrokerConfiguration()
      configure(&configuration)
      client = try CurveKeyPair.generate().publicKey
      worker = try CurveKeyPair.generate().publicKey
      entries = [
        client: .init(name: "alice", role: .client, tenant: "lab"), worker: .init(name: "w", role: .worker, tenant: "lab"),
      ]
      admission = Admission(AuthorizedKeys(entries), configuration)
    }

    /// The refusal of a message, if it is refused.
    mutating func refusal(
      _ content: Message.Content, of key: CurvePublicKey, from peer: PeerID = PeerID(number: 1), at now: Duration = .zero
    ) throws -> Message.Reject? {
      let found = admission.principal(key.z85)
      let principal = try #require(found)
      return admission.refusal(of: Message(id: 1, content), from: peer, principal, at: now)
    }

    mutating func revoke(_ key: CurvePublicKey) -> [PeerID] {
      entries[key]?.isRevoked = true
      return admission.setKeys(AuthorizedKeys(entries))
    }
  }

  static func hello(_ role: Message.Hello.Role) -> Message.Content { .hello(Message.Hello(role: role, name: "bob")) }

  @Test("without keys everybody is the tenant local and nothing is limited")
  func open() {
    var admission = Admission(nil, BrokerConfiguration())
    #expect(admission.principal(nil)?.tenant == "local")
    let principal = admission.principal("anything")!
    for _ in 0..<100_000 where admission.refusal(of: Message(.ping), from: PeerID(number: 1), principal, at: .zero) != nil {
      Issue.record("refused")
    }
  }

  @Test(
    "a peer that chose its routing identity is refused, with keys and without",
    arguments: [[], [1], [1, 0, 0, 0, 1], [0, 0, 0, 1], [0, 0, 0, 0, 0, 1]])
  func chosenIdentity(_ identity: [UInt8]) throws {
    var (door, open) = (try Door(), Admission(nil, BrokerConfiguration()))
    let peer = PeerID(identity: identity)
    #expect(try door.refusal(Self.hello(.client), of: door.client, from: peer)?.code == .unauthorized)
    #expect(door.admission.counters[.chosenIdentity] == 1)
    let principal = open.principal(nil)!
    #expect(open.refusal(of: Message(.ping), from: peer, principal, at: .zero)?.code == .unauthorized)
  }

  @Test("the tenant and the name are the list's, whatever HELLO says")
  func principal() throws {
    var door = try Door()
    let found = door.admission.principal(door.client.z85)
    let principal = try #require(found)
    #expect(principal.name == "alice" && principal.tenant == "lab")
    #expect(try door.refusal(Self.hello(.client), of: door.client) == nil)
    #expect(door.admission.principal(nil) == nil)
    #expect(door.admission.principal("nobody") == nil)
    #expect(door.admission.counters[.revokedMessages] == 2)
  }

  @Test("a HELLO as something else than the key is for is refused, for good", arguments: [true, false])
  func role(isClient: Bool) throws {
    var door = try Door()
    let (key, role) = isClient ? (door.client, Message.Hello.Role.worker) : (door.worker, .client)
    let refusal = try door.refusal(Self.hello(role), of: key)
    let rejection = try #require(refusal)
    #expect(rejection.code == .unauthorized && rejection.retryAfter == nil)
    #expect(door.admission.counters[.wrongRole] == 1)
  }

  @Test("a key has so many connections, and room again when one is forgotten")
  func connections() throws {
    var door = try Door { $0.connectionsPerKey = 2 }
    let peers = (1...3).map { PeerID(number: $0) }
    for peer in peers.prefix(2) { #expect(try door.refusal(Self.hello(.client), of: door.client, from: peer) == nil) }
    let refusal = try door.refusal(Self.hello(.client), of: door.client, from: peers[2])
    let rejection = try #require(refusal)
    #expect(rejection.code == .busy && rejection.retryAfter != nil)
    #expect(door.admission.counters[.connections] == 1)
    #expect(try door.refusal(Self.hello(.client), of: door.client, from: peers[0]) == nil, "said again")
    door.admission.forget(peers[0])
    #expect(try door.refusal(Self.hello(.client), of: door.client, from: peers[2]) == nil)
  }

  @Test("beyond the rate of a key requests are refused with a time to come back, and what carries work is not")
  func rate() throws {
    var door = try Door { $0.messageRate = TokenBucket.Rate(perSecond: 10, burst: 5) }
    let fence = Fence(epoch: 1, sequence: 1)
    let job = JobID(high: 1, low: 1)
    for _ in 0..<5 { #expect(try door.refusal(.status(job), of: door.client) == nil) }
    let refusal = try door.refusal(.status(job), of: door.client)
    let rejection = try #require(refusal)
    #expect(rejection.code == .busy && rejection.retryAfter == .seconds(1))
    #expect(door.admission.counters[.messageRate] == 1)
    #expect(try door.refusal(.status(job), of: door.client, at: .milliseconds(200)) == nil)
    // Another key has a rate of its own, and a worker's work is never in question.
    let complete = Message.Complete(fence: fence, job: job, circuits: 0..<1, busyTime: .zero)
    for _ in 0..<100 {
      for content in [.renew([fence]), .complete(complete), .pong, .started(fence), .release([fence])] as [Message.Content] {
        #expect(try door.refusal(content, of: door.worker) == nil)
      }
    }
    #expect(try door.refusal(.ping, of: door.worker)?.code == .busy)
  }

  @Test("when a key is revoked its peers are named, nothing is taken from them and nothing is sent")
  func revocation() throws {
    var door = try Door()
    let (mine, other) = (PeerID(number: 1), PeerID(number: 2))
    _ = try door.refusal(Self.hello(.client), of: door.client, from: mine)
    _ = try door.refusal(Self.hello(.worker), of: door.worker, from: other)
    #expect(door.revoke(door.client) == [mine])
    #expect(door.admission.principal(door.client.z85) == nil)
    #expect(door.admission.isCutOff(mine) && !door.admission.isCutOff(other))
    door.admission.forget(mine)
    #expect(door.admission.isCutOff(mine))
    #expect(door.revoke(door.client).isEmpty, "once")
  }

  @Test("a key that stands for another tenant from now on has to introduce itself again, and is heard")
  func moved() throws {
    var door = try Door()
    let peer = PeerID(number: 1)
    _ = try door.refusal(Self.hello(.client), of: door.client, from: peer)
    door.entries[door.client]?.tenant = "other"
    #expect(door.admission.setKeys(AuthorizedKeys(door.entries)) == [peer])
    #expect(!door.admission.isCutOff(peer))
    #expect(door.admission.principal(door.client.z85)?.tenant == "other")
  }
}

extension PeerID {
  /// A peer by the number that a ROUTER would give it.
  fileprivate init(number: UInt8) {
    self.init(identity: [0, 0, 0, 0, number])
  }
}
