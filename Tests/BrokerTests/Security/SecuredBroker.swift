import Broker
import Protocol
import TestSupport
import Testing
import ZeroMQ

/// A broker that knows its peers by their keys, on a real socket: two clients of two tenants and a worker.
final class SecuredBroker: Sendable {
  let broker: BrokerService
  let endpoint: String
  let server: CurvePublicKey
  let alice: CurveKeyPair
  let mallory: CurveKeyPair
  let worker: CurveKeyPair
  private let entries: Shared<[CurvePublicKey: AuthorizedKeys.Entry]>

  init(_ configure: (inout BrokerConfiguration) -> Void = { _ in }) async throws {
    let pairs = try (0..<4).map { _ in try CurveKeyPair.generate() }
    (server, alice, mallory, worker) = (pairs[0].publicKey, pairs[1], pairs[2], pairs[3])
    let list: [CurvePublicKey: AuthorizedKeys.Entry] = [
      alice.publicKey: .init(name: "alice", role: .client, tenant: "lab"),
      mallory.publicKey: .init(name: "mallory", role: .client, tenant: "else"),
      worker.publicKey: .init(name: "worker", role: .worker, tenant: "lab"),
    ]
    entries = Shared(list)
    var configuration = BrokerConfiguration()
    configure(&configuration)
    broker = try BrokerService(
      configuration: configuration, store: MemoryStore(),
      keys: BrokerKeys(secretKey: pairs[0].secretKey, authorized: AuthorizedKeys(list)))
    endpoint = try await broker.start(at: ["tcp://127.0.0.1:*"])[0]
  }

  func security(_ pair: CurveKeyPair) -> SocketSecurity { .curveClient(pair, serverKey: server) }

  func dealer(_ pair: CurveKeyPair) throws -> Dealer { try Dealer(endpoint, security: security(pair)) }

  /// Revokes a key in the list that the broker goes by.
  func revoke(_ pair: CurveKeyPair) async {
    entries.update { $0[pair.publicKey]?.isRevoked = true }
    await broker.setAuthorizedKeys(AuthorizedKeys(entries.current))
  }

  /// Adds a key to the list that the broker goes by.
  func authorize(_ pair: CurveKeyPair, _ entry: AuthorizedKeys.Entry) async {
    entries.update { $0[pair.publicKey] = entry }
    await broker.setAuthorizedKeys(AuthorizedKeys(entries.current))
  }

  /// Waits until a counter has a value, as it has soon unless something is broken.
  func wait(
    for reason: SecurityCounters.Reason, _ count: UInt64, sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    let end = MonotonicClock.now() + .seconds(20)
    while await broker.counters[reason] < count {
      guard MonotonicClock.now() < end else { break }
      await Task.yield()
    }
    let counters = await broker.counters
    #expect(counters[reason] == count, "\(counters)", sourceLocation: sourceLocation)
  }

  /// Waits until one of two counters has gone up by one.
  func wait(
    for first: SecurityCounters.Reason, or second: SecurityCounters.Reason, sourceLocation: SourceLocation = #_sourceLocation
  ) async {
    let end = MonotonicClock.now() + .seconds(20)
    while await broker.counters[first] + broker.counters[second] < 1, MonotonicClock.now() < end { await Task.yield() }
    let counters = await broker.counters
    #expect(counters[first] + counters[second] == 1, "\(counters)", sourceLocation: sourceLocation)
  }

  /// Runs a body on a thread for sockets.
  func onThread<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await ServiceTests.onThread(body)
  }

  /// Says HELLO and asks for the queue over a connection that the broker should refuse; once, without trying again.
  ///
  /// - Returns: Whether nothing came back.
  func refuses(_ security: SocketSecurity) async throws -> Bool {
    let endpoint = endpoint
    return try await onThread {
      var options = SocketOptions(security: security)
      options.isImmediate = false
      options.reconnectInterval = .seconds(60)
      options.maximumReconnectInterval = .seconds(60)
      let socket = try Socket(.dealer, options: options)
      try socket.connect(endpoint)
      for content in [.hello(Message.Hello(role: .client, name: "guest")), .list(Message.List(kind: .jobs))] as [Message.Content] {
        _ = try socket.send(try Message(id: 1, content).encode().map { try Frame($0) })
      }
      return try !socket.waitUntilReadable(timeout: .milliseconds(500))
    }
  }
}
