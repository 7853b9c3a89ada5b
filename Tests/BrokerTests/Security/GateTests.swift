import Broker
import Protocol
import Testing
import ZeroMQ

@Suite("Rates, connections and keys at the door")
struct GateTests {
  static let rate = TokenBucket.Rate(perSecond: 10, burst: 3)

  @Test("a bucket lets its burst through at once, then its rate, and says how long to wait")
  func bucket() throws {
    var bucket = TokenBucket(Self.rate, at: .zero)
    for _ in 0..<3 { #expect(bucket.take(at: .zero) == nil) }
    #expect(bucket.take(at: .zero) == .milliseconds(100))
    #expect(bucket.take(at: .milliseconds(50)) == .milliseconds(50))
    #expect(bucket.take(at: .milliseconds(100)) == nil)
    #expect(!bucket.isFull(at: .milliseconds(399)))
    #expect(bucket.isFull(at: .milliseconds(400)))
    // After a long rest no more than the burst.
    let taken = (0..<10).count { _ in bucket.take(at: .seconds(60)) == nil }
    #expect(taken == 3)
  }

  @Test("what is let through in any case is charged for, down to one burst of debt")
  func debt() {
    var bucket = TokenBucket(Self.rate, at: .zero)
    for _ in 0..<100 { bucket.charge(at: .zero) }
    // From −3 to 1 at ten a second.
    #expect(bucket.take(at: .zero) == .milliseconds(400))
  }

  @Test("a clock that goes back neither gives tokens nor takes any")
  func clock() {
    var bucket = TokenBucket(Self.rate, at: .seconds(5))
    for _ in 0..<3 { #expect(bucket.take(at: .seconds(1)) == nil) }
    #expect(bucket.take(at: .zero) != nil)
  }

  @Test("senders have buckets of their own, within a bound")
  func limiter() {
    var limiter = RateLimiter<Int>(Self.rate, senderLimit: 5)
    for _ in 0..<3 { #expect(limiter.take(for: 1, at: .zero) == nil) }
    #expect(limiter.take(for: 1, at: .zero) != nil)
    #expect(limiter.take(for: 2, at: .zero) == nil)
    for sender in 0..<1_000 {
      _ = limiter.take(for: sender, at: .seconds(sender))
      #expect(limiter.count <= 5)
    }
  }

  @Test("an owner's connections are counted, and one that becomes another's is taken from the first")
  func connections() {
    var gate = ConnectionGate<String, Int>(limit: 2)
    gate.open(1, of: "a")
    gate.open(1, of: "a")
    #expect(gate.count(of: "a") == 1 && !gate.isFull("a"))
    gate.open(2, of: "a")
    #expect(gate.isFull("a") && !gate.isFull("b"))
    gate.open(2, of: "b")
    #expect(gate.count(of: "a") == 1 && gate.count(of: "b") == 1)
    for connection in [1, 2, 3, 1] { gate.close(connection) }
    #expect(gate.count(of: "a") == 0 && gate.count(of: "b") == 0)
  }

  // MARK: Gatekeeper

  static func gatekeeper(_ configure: (inout BrokerConfiguration) -> Void = { _ in }) throws -> (Gatekeeper, [CurvePublicKey]) {
    var configuration = BrokerConfiguration()
    configure(&configuration)
    let keys = try (0..<3).map { _ in try CurveKeyPair.generate().publicKey }
    let list = AuthorizedKeys([
      keys[0]: .init(name: "a", role: .client, tenant: "t"), keys[1]: .init(name: "b", role: .client, tenant: "t", isRevoked: true),
    ])
    return (Gatekeeper(list, configuration), keys)
  }

  @Test("a listed key gets in as itself; a revoked one and an unknown one do not, and are told apart")
  func keys() throws {
    var (keeper, keys) = try Self.gatekeeper()
    #expect(keeper.decide(key: keys[0], address: "10.0.0.1", at: .zero) == .allow(principal: keys[0].z85))
    #expect(keeper.decide(key: keys[1], address: "10.0.0.1", at: .zero) == .deny)
    #expect(keeper.decide(key: keys[2], address: "10.0.0.1", at: .zero) == .deny)
    #expect(keeper.counters[.revokedKey] == 1 && keeper.counters[.unknownKey] == 1)
    keeper.keys = AuthorizedKeys([keys[2]: .init(name: "c", role: .worker, tenant: "t")])
    #expect(keeper.decide(key: keys[2], address: "10.0.0.1", at: .zero) == .allow(principal: keys[2].z85))
    #expect(keeper.decide(key: keys[0], address: "10.0.0.1", at: .zero) == .deny)
  }

  @Test("an address that comes too often is put off, others are not, and those of this machine have no address")
  func handshakeRate() throws {
    var (keeper, keys) = try Self.gatekeeper { $0.handshakeRate = Self.rate }
    for _ in 0..<3 { #expect(keeper.decide(key: keys[0], address: "10.0.0.1", at: .zero) != .retryLater) }
    #expect(keeper.decide(key: keys[0], address: "10.0.0.1", at: .zero) == .retryLater)
    #expect(keeper.counters[.handshakeRate] == 1)
    for address in ["10.0.0.2", "::1", "", ":0:0:77"] {
      #expect(keeper.decide(key: keys[0], address: address, at: .zero) == .allow(principal: keys[0].z85))
    }
    for _ in 0..<10 { #expect(keeper.decide(key: keys[0], address: ":0:0:77", at: .zero) != .retryLater) }
    #expect(keeper.decide(key: keys[0], address: "10.0.0.1", at: .milliseconds(100)) != .retryLater)
  }

  @Test("an address with too many connections is put off until one ends")
  func addressConnections() throws {
    var (keeper, keys) = try Self.gatekeeper { $0.connectionsPerAddress = 2 }
    // The third is the one that asks.
    for descriptor in 1...3 { keeper.accepted(.init(socket: 0, descriptor: Int32(descriptor)), address: "10.0.0.1") }
    #expect(keeper.decide(key: keys[0], address: "10.0.0.1", at: .zero) == .retryLater)
    #expect(keeper.counters[.connections] == 1)
    #expect(keeper.decide(key: keys[0], address: "10.0.0.2", at: .zero) == .allow(principal: keys[0].z85))
    keeper.ended(.init(socket: 0, descriptor: 1))
    #expect(keeper.decide(key: keys[0], address: "10.0.0.1", at: .zero) == .allow(principal: keys[0].z85))
  }

  @Test("counters add up, and tell what has changed")
  func counters() {
    var (a, b) = (SecurityCounters(), SecurityCounters())
    a.count(.malformed)
    b.count(.malformed)
    b.count(.wrongRole)
    let sum = a + b
    #expect(sum[.malformed] == 2 && sum[.wrongRole] == 1 && sum[.unknownKey] == 0)
    #expect(sum.reasons(since: a) == [.wrongRole, .malformed])
    #expect(sum.reasons(since: sum).isEmpty)
  }
}
