import Broker
import Protocol
import Testing
import ZeroMQ

@Suite("Service")
struct ServiceTests {
  /// Runs a test's sockets on a thread of their own, against a broker of its own.
  @discardableResult
  static func withBroker<R: Sendable>(
    _ endpoint: String = "tcp://127.0.0.1:*", configuration: BrokerConfiguration = BrokerConfiguration(),
    store: any Store = MemoryStore(),
    _ body: @escaping @Sendable (String) throws -> R
  ) async throws -> R {
    let broker = try BrokerService(configuration: configuration, store: store)
    let bound = try await broker.start(at: [endpoint])
    do {
      let result = try await onThread { try body(bound[0]) }
      await broker.stop()
      return result
    } catch {
      await broker.stop()
      throw error
    }
  }

  /// Blocking work belongs on no thread of the pool.
  static func onThread<R: Sendable>(_ body: @escaping @Sendable () throws -> R) async throws -> R {
    let loop = try SocketLoop(name: "test-peer")
    return try await withCheckedThrowingContinuation { continuation in
      loop.post { continuation.resume(with: Result(catching: body)) }
    }
  }

  static let endpoints = ["tcp://127.0.0.1:*", "inproc://broker-\(UInt64.random(in: 0...UInt64.max))", "ipc://*"]

  @Test("a client's job goes through a worker and back, client and worker at one endpoint", arguments: endpoints)
  func throughput(endpoint: String) async throws {
    try await Self.withBroker(endpoint) { endpoint in
      let (client, worker) = (try Dealer(endpoint), try Dealer(endpoint))
      try client.hello(.client)
      try worker.hello(.worker)
      let job = try client.submit(Harness.items(300))
      _ = try worker.work(circuits: 300)
      #expect(try client.waitForEnd(job) == .succeeded)
      let (bytes, end) = try client.fetch(job)
      #expect(end.digest == Digest(of: bytes))
      #expect(try ResultBody.decode(bytes).map(\.item) == Array(0..<300))
    }
  }

  @Test("payloads larger than a message arrive whole, both ways")
  func large() async throws {
    try await Self.withBroker { endpoint in
      let (client, worker) = (try Dealer(endpoint), try Dealer(endpoint))
      try client.hello(.client)
      try worker.hello(.worker)
      let rows = try ParameterRows(
        names: (0..<1_000).map { "p\($0)" }, values: [Double](repeating: 0.5, count: 600_000), count: 600)
      let job = try client.submit([Item(template: Harness.template.digest, rows: rows)])
      _ = try worker.work(circuits: 600, note: String(repeating: "n", count: 100_000))
      #expect(try client.waitForEnd(job) == .succeeded)
      let (bytes, end) = try client.fetch(job)
      #expect(bytes.count > 60_000_000)
      #expect(end.digest == Digest(of: bytes))
    }
  }

  @Test("garbage at the broker's port is refused, its sender dropped, and the others are served")
  func garbage() async throws {
    try await Self.withBroker { endpoint in
      let client = try Dealer(endpoint)
      try client.hello(.client)
      var random = SplitMix64(seed: 3)
      for _ in 0..<20 {
        let vandal = try Dealer(endpoint)
        for _ in 0..<20 {
          try vandal.send(
            (0..<Int.random(in: 1...5, using: &random)).map { _ in
              (0..<Int.random(in: 0...100, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
            })
        }
      }
      let valid = try Message(id: 1, .hello(Message.Hello(role: .client, name: "x"))).encode()
      let vandal = try Dealer(endpoint)
      for byte in 0..<8 {
        var frames = valid
        frames[0][byte % frames[0].count] ^= 0xff
        try vandal.send(frames)
      }
      guard case .reject(let rejection) = try vandal.next(.reject).content else { return }
      #expect([.malformed, .version, .unknownType].contains(rejection.code))
      let job = try client.submit(Harness.items())
      try client.send(.status(job))
      guard case .state(let status) = try client.next(.state).content else { return }
      #expect(status.state == .queued)
    }
  }

  @Test("strangers, and those who said goodbye, leave nothing behind")
  func strangers() async throws {
    let broker = try BrokerService(store: MemoryStore())
    let endpoint = try await broker.start(at: ["tcp://127.0.0.1:*"])[0]
    let guest = try await Self.onThread {
      for number in 0..<20 {
        let stranger = try Dealer(endpoint)
        try stranger.send(.ping)
        _ = try stranger.next(.challenge)
        guard number % 2 == 0 else { continue }
        try stranger.hello(.client)
        try stranger.send(.body(Message.Body(transfer: 1, offset: 0)), payload: [1, 2, 3])
        try stranger.send(.bye)
        // The answer to this comes after the goodbye was heard.
        try stranger.send(.status(JobID(high: 1, low: 1)))
        _ = try stranger.next(.challenge)
      }
      let guest = try Dealer(endpoint)
      try guest.hello(.client)
      try guest.send(.status(JobID(high: 1, low: 1)))
      return try guest.next(.reject).content
    }
    guard case .reject(let rejection) = guest else { return }
    #expect(rejection.code == .unknownJob)
    #expect(await broker.channelCount <= 1)
    await broker.stop()
  }

  @Test("a frame above the limit costs its sender the connection and nobody else anything")
  func oversize() async throws {
    try await Self.withBroker { endpoint in
      let client = try Dealer(endpoint)
      try client.hello(.client)
      let vandal = try Dealer(endpoint)
      try vandal.send([[1], [UInt8](repeating: 0, count: 2 << 20)])
      _ = try client.submit(Harness.items())
    }
  }

  @Test("a worker whose process ends is noticed in less than a second, and another takes over")
  func workerDies() async throws {
    var configuration = BrokerConfiguration()
    // Without the hint of the broken connection nothing would happen for a long time.
    configuration.goneTime = .seconds(100)
    configuration.suspectTime = .seconds(90)
    configuration.leaseTime = .seconds(100)
    try await Self.withBroker(configuration: configuration) { endpoint in
      let (client, second) = (try Dealer(endpoint), try Dealer(endpoint))
      try client.hello(.client)
      try second.hello(.worker)
      let job = try client.submit(Harness.items())
      try Self.takeLeaseAndDie(endpoint)
      let start = MonotonicClock.now()
      _ = try second.work(circuits: 1)
      #expect(MonotonicClock.now() - start < .seconds(1))
      #expect(try client.waitForEnd(job) == .succeeded)
    }
  }

  @Test("news of an end that was another connection's, with the same descriptor, costs a worker nothing")
  func staleEnd() async throws {
    let broker = try BrokerService(configuration: BrokerConfiguration(), store: MemoryStore())
    let endpoint = try await broker.start(at: ["tcp://127.0.0.1:*"])[0]
    let (client, worker) = try await Self.onThread {
      let (client, worker) = (try Dealer(endpoint), try Dealer(endpoint))
      try client.hello(.client)
      try worker.hello(.worker)
      try worker.send(.ready(Message.Ready(slots: 1)))
      return (SingleThreaded(client), SingleThreaded(worker))
    }
    let status = try await Self.onThread {
      let job = try client.value.submit(Harness.items())
      guard case .lease(let lease) = try worker.value.next(.lease).content else { throw Unexpected("no lease") }
      try worker.value.send(.started(lease.fence))
      try client.value.send(.status(job))
      _ = try client.value.next(.state)
      return job
    }
    // The worker is too busy to answer a ping meanwhile.
    for descriptor in 0..<Int32(1_024) { await broker.observe(MonitorEvent(kind: .disconnected, value: descriptor), socket: 0) }
    try await Task.sleep(for: .milliseconds(800))
    try await Self.onThread {
      try client.value.send(.status(status))
      guard case .state(let status) = try client.value.next(.state).content else { throw Unexpected("no state") }
      #expect(status.state == .running && status.crashes == 0)
    }
    await broker.stop()
  }

  private static func takeLeaseAndDie(_ endpoint: String) throws {
    let worker = try Dealer(endpoint)
    try worker.hello(.worker)
    try worker.send(.ready(Message.Ready(slots: 1)))
    _ = try worker.next(.lease)
  }

  @Test("a broker that starts again from its store knows its jobs, and challenges who it does not know")
  func restart() async throws {
    let store = MemoryStore()
    let job = try await Self.withBroker(store: store) { endpoint in
      let client = try Dealer(endpoint)
      try client.hello(.client)
      return try client.submit(Harness.items(5))
    }
    try await Self.withBroker(store: MemoryStore(store.kept)) { endpoint in
      let client = try Dealer(endpoint)
      try client.send(.status(job))
      _ = try client.next(.challenge)
      try client.hello(.client)
      let worker = try Dealer(endpoint)
      try worker.hello(.worker)
      _ = try worker.work(circuits: 5)
      #expect(try client.waitForEnd(job) == .succeeded)
      #expect(try client.submit(Harness.items(5)) == job)
      #expect(try client.fetch(job).end.state == .succeeded)
    }
  }

  @Test("a cancelled run drains: leases end, then the broker stops")
  func drains() async throws {
    let broker = try BrokerService(store: MemoryStore())
    let endpoint = try await broker.start(at: ["tcp://127.0.0.1:*"])[0]
    let run = Task { try await broker.run() }
    try await Self.onThread {
      let (client, worker) = (try Dealer(endpoint), try Dealer(endpoint))
      try client.hello(.client)
      try worker.hello(.worker)
      _ = try client.submit(Harness.items())
      try worker.send(.ready(Message.Ready(slots: 1)))
      let lease = try worker.next(.lease)
      run.cancel()
      _ = try worker.next(.drain)
      _ = try client.next(.goAway)
      guard case .lease(let granted) = lease.content else { return }
      try worker.send(
        .complete(Message.Complete(fence: granted.fence, job: granted.job, circuits: granted.circuits, busyTime: .zero)),
        payload: try Harness.results(granted, lease.payload))
    }
    try await run.value
  }

  @Test("an endpoint that cannot be bound is an error with its name")
  func bindFails() async throws {
    let broker = try BrokerService(store: MemoryStore())
    await #expect(throws: ZeroMQError.self) { try await broker.start(at: ["tcp://256.0.0.1:1"]) }
    await broker.stop()
  }
}
