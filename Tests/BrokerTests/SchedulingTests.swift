import Broker
import Protocol
import Testing

@Suite("Scheduling")
struct SchedulingTests {
  let client = Harness.client
  let worker = Harness.worker

  @Test("the higher priority goes first, and among equals the first accepted")
  func priority() throws {
    var broker = try Harness()
    broker.connectClient()
    let jobs = [
      try broker.submit(key: "a"), try broker.submit(key: "b", priority: 1), try broker.submit(key: "c"),
      try broker.submit(key: "d", priority: 1),
    ]
    var order: [JobID] = []
    var leases = broker.connectWorker().leases
    while let next = leases.first {
      order.append(next.lease!.job)
      leases = try broker.complete(next).leases
    }
    #expect(order == [jobs[1], jobs[3], jobs[0], jobs[2]])
  }

  /// Submits jobs of one circuit each.
  private func flood(_ broker: inout Harness, _ count: Int, from peer: PeerID, tenant: String, priority: Int = 0) throws -> [JobID]
  {
    broker.connectClient(peer, tenant: tenant)
    return try (0..<count).map { try broker.submit(key: "\($0)", priority: priority, from: peer, tenant: tenant) }
  }

  @Test("a tenant's lone job goes next, however many another has waiting, and however urgent")
  func flooding() throws {
    var broker = try Harness()
    let others = Set(try flood(&broker, 2_000, from: PeerID(identity: [7]), tenant: "flood", priority: 9))
    var leases = broker.connectWorker().leases
    for _ in 0..<10 { leases = try broker.complete(leases[0]).leases }
    let lone = try flood(&broker, 1, from: client, tenant: "t")
    #expect(try broker.status(lone[0]).queuePosition == 1)
    leases = try broker.complete(leases[0]).leases
    #expect(leases[0].lease!.job == lone[0])
    leases = try broker.complete(leases[0]).leases
    #expect(others.contains(leases[0].lease!.job))
  }

  @Test("tenants get the same time on workers, though the circuits of one take ten times as long")
  func shares() throws {
    var broker = try Harness()
    let slow = PeerID(identity: [7])
    let slowJobs = Set(try flood(&broker, 400, from: slow, tenant: "slow"))
    _ = try flood(&broker, 400, from: client, tenant: "t")
    var leases = broker.connectWorker().leases
    var counts = [true: 0, false: 0]
    for _ in 0..<220 {
      let isSlow = slowJobs.contains(leases[0].lease!.job)
      counts[isSlow]! += 1
      leases = try broker.complete(leases[0], busy: .milliseconds(isSlow ? 100 : 10)).leases
    }
    #expect((18...22).contains(counts[true]!), "\(counts)")
  }

  @Test("a tenant has no more work with workers than its quota says, but one lease it always may")
  func runningQuota() throws {
    var broker = try Harness { $0.tenantRunningTime = .milliseconds(1) }
    broker.connectClient()
    // Two to the 24th amplitudes are expected to take 17 ms.
    let jobs = try ["first", "second"].map { try broker.submit(Harness.items(qubitCount: 24), key: $0) }
    let leases = broker.connectWorker(slots: 3).leases
    #expect(leases.map { $0.lease!.job } == [jobs[0]])
    let other = PeerID(identity: [7])
    broker.connectClient(other, tenant: "other")
    let sent = broker.send(
      .submit(Message.Submit(idempotencyKey: "k")), payload: JobBody.encode(Harness.items(qubitCount: 24)), from: other,
      tenant: "other")
    #expect(sent.leases.count == 1, "another tenant's quota is its own")
    #expect(try broker.complete(leases[0]).leases.map { $0.lease!.job } == [jobs[1]])
  }

  @Test("a circuit goes only to a device that was asked for")
  func device() throws {
    var broker = try Harness()
    broker.connectClient()
    let job = try broker.submit(Harness.items(settings: ExecutionSettings(device: "opencl")))
    #expect(broker.connectWorker().leases.isEmpty)
    #expect(try broker.status(job).message.contains("opencl"))
    let gpu = DeviceSummary(name: "opencl:0.0", memoryByteCount: 1 << 30)
    #expect(broker.connectWorker(Harness.otherWorker, device: gpu).leases.map(\.peer) == [Harness.otherWorker])
  }

  @Test("a circuit goes to a worker with the memory; when there is none, any may refuse it")
  func memory() throws {
    var broker = try Harness()
    broker.connectClient()
    let small = DeviceSummary(name: "cpu", memoryByteCount: 1 << 27)
    let large = DeviceSummary(name: "cpu", memoryByteCount: 1 << 40)
    _ = try broker.submit(Harness.items(qubitCount: 30))
    #expect(broker.connectWorker(device: small).leases.isEmpty)
    #expect(broker.connectWorker(Harness.otherWorker, device: large).leases.map(\.peer) == [Harness.otherWorker])
    _ = try broker.submit(Harness.items(qubitCount: 60), key: "too large for all")
    #expect(broker.pass(.seconds(1)).leases.isEmpty)
    broker.send(.ping, from: worker)
    #expect(broker.pass(.milliseconds(1_100)).leases.map(\.peer) == [worker])
  }

  @Test("double precision goes only where there is double precision")
  func precision() throws {
    var broker = try Harness()
    broker.connectClient()
    _ = try broker.submit(Harness.items(settings: ExecutionSettings(precision: .double)))
    let single = DeviceSummary(name: "cpu", memoryByteCount: 1 << 40, supportsDouble: false)
    #expect(broker.connectWorker(device: single).leases.isEmpty)
    #expect(broker.connectWorker(Harness.otherWorker).leases.count == 1)
  }

  @Test("leases start small and grow to the target as circuits prove to be short")
  func sizes() throws {
    var broker = try Harness()
    broker.connectClient()
    _ = try broker.submit(Harness.items(10_000))
    var leases = broker.connectWorker().leases
    var sizes: [Int] = []
    while let next = leases.first {
      let count = next.lease!.circuits.count
      sizes.append(count)
      leases = try broker.complete(next, busy: .microseconds(100) * count).leases
    }
    #expect(sizes.first == 16)
    #expect(sizes.dropFirst().first == 64)
    #expect(sizes.max()! <= 1_000)
    #expect(sizes.max()! >= 500)
    #expect(sizes.reduce(0, +) == 10_000)
  }

  @Test("what was measured of a template in one job sizes the first lease of the next")
  func templatePace() throws {
    var broker = try Harness()
    broker.connectClient()
    _ = try broker.submit(Harness.items(400), key: "first")
    var leases = broker.connectWorker().leases
    while let next = leases.first {
      leases = try broker.complete(next, busy: .microseconds(10) * next.lease!.circuits.count).leases
    }
    _ = try broker.submit(Harness.items(400), key: "second")
    #expect(broker.effects.compactMap(Harness.Sent.init).leases.last?.lease?.circuits == 0..<400)
  }

  @Test("the last circuits are spread over all workers")
  func spread() throws {
    var broker = try Harness()
    broker.connectClient()
    broker.connectWorker(slots: 2)
    broker.connectWorker(Harness.otherWorker, slots: 2)
    let sent = broker.send(
      .submit(Message.Submit(idempotencyKey: "k")), payload: JobBody.encode(Harness.items(8, qubitCount: 24)), from: client)
    #expect(sent.leases.map { $0.lease!.circuits.count } == [2, 2, 2, 2])
    #expect(Set(sent.leases.map(\.peer)).count == 2)
  }

  @Test("rows whose values are mitigated weigh as many circuits as they take: each is a lease, where unmitigated all are one")
  func mitigated() throws {
    for (mitigation, sizes) in [(nil, [8]), (MitigationSettings(.pec, samples: 10_000), [1, 1, 1, 1])] {
      var broker = try Harness()
      broker.connectClient()
      broker.connectWorker(slots: 2)
      broker.connectWorker(Harness.otherWorker, slots: 2)
      let settings = ExecutionSettings(observables: [ObservableRequest(label: "ZZ")], mitigation: mitigation)
      let sent = broker.send(
        .submit(Message.Submit(idempotencyKey: "k")), payload: JobBody.encode(Harness.items(8, settings: settings)), from: client)
      #expect(sent.leases.map { $0.lease!.circuits.count } == sizes)
    }
  }

  @Test("a worker never holds more leases than it has slots", arguments: [1, 2, 5])
  func slots(count: Int) throws {
    var broker = try Harness()
    broker.connectClient()
    for key in 0..<8 { _ = try broker.submit(key: "\(key)") }
    #expect(broker.connectWorker(slots: count).leases.count == count)
    #expect(broker.send(.ready(Message.Ready(slots: count)), from: worker).isEmpty)
  }

  @Test("rows of one item are given out in parts that know their place")
  func rows() throws {
    var broker = try Harness()
    broker.connectClient()
    let rows = try ParameterRows(names: ["x"], values: (0..<100).map(Double.init), count: 100)
    let job = try broker.submit([
      Item(template: Harness.template.digest), Item(template: Harness.template.digest, circuit: 1, rows: rows),
    ])
    var leases = broker.connectWorker().leases
    #expect(leases[0].lease!.circuits == 0..<16)
    let items = try JobBody.decodeLease(leases[0].message.payload)
    #expect(items.map(\.index) == [0, 1])
    #expect(items[1].rows.values == (0..<15).map(Double.init))
    leases = try broker.complete(leases[0]).leases
    let rest = try JobBody.decodeLease(leases[0].message.payload)
    #expect(rest[0].firstRow == 15)
    #expect(rest[0].rows.values.first == 15)
    #expect(try broker.status(job).completed == 16)
  }

  @Test("a job past its deadline expires, and its worker is told")
  func deadline() throws {
    var broker = try Harness()
    broker.connectClient()
    let job = try broker.submit(deadline: .seconds(2))
    let lease = try #require(broker.connectWorker().leases.first)
    #expect(broker.pass(.milliseconds(1_900)).types(to: worker).allSatisfy { $0 == .ping })
    #expect(broker.pass(.milliseconds(200)).contents.contains(.revoke([lease.lease!.fence])))
    #expect(try broker.status(job).state == .expired)
    #expect(try broker.complete(lease).contents == [.stale([lease.lease!.fence])])
  }
}
