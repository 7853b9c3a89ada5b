import Broker
import Protocol
import Testing

@Suite("Recovery")
struct RecoveryTests {
  let client = Harness.client
  let worker = Harness.worker

  @Test("a worker that outlives the broker keeps its lease and completes it")
  func leaseSurvives() throws {
    var before = try Harness()
    before.connectClient()
    let job = try before.submit()
    let lease = try #require(before.connectWorker().leases.first)
    before.send(.started(lease.lease!.fence), from: worker)

    var after = try Harness(before.disk)
    #expect(after.send(.renew([lease.lease!.fence]), from: worker).contents == [.challenge])
    #expect(after.connectWorker(Harness.otherWorker).leases.isEmpty)
    after.send(.hello(Message.Hello(role: .worker, name: "worker")), from: worker)
    #expect(after.send(.renew([lease.lease!.fence]), from: worker).isEmpty)
    #expect(try after.complete(lease).contents == [.committed([lease.lease!.fence])])
    after.connectClient()
    #expect(try after.status(job).state == .succeeded)
  }

  @Test("the circuits of a worker that did not outlive the broker are given out after one lease time, uncharged")
  func leaseIsGivenOutAgain() throws {
    var before = try Harness()
    before.connectClient()
    let job = try before.submit()
    before.connectWorker()
    var after = try Harness(before.disk)
    after.connectWorker(Harness.otherWorker)
    var leases: [Harness.Sent] = []
    for _ in 0..<16 {
      leases += after.pass(.seconds(1)).leases
      after.send(.ping, from: Harness.otherWorker)
    }
    let lease = try #require(leases.first?.lease)
    #expect(lease.job == job)
    #expect(lease.fence > Fence(epoch: 2, sequence: 0))
    #expect(lease.attempt == 1)
  }

  /// Found by the simulation: such a lease stayed in the store for ever, and was read again at every start.
  @Test("a lease that a restart does not keep, as some of its circuits have results, is no longer in the store either")
  func leaseIsDropped() throws {
    var before = try Harness()
    before.connectClient()
    _ = try before.submit(Harness.items(2))
    let lease = try #require(before.connectWorker().leases.first?.lease)
    #expect(lease.circuits == 0..<2)
    let result = ResultBody.encode([CircuitResult(item: 0, row: 0, outcome: .values(CircuitValues(qubitCount: 1)))])
    before.disk.apply(
      MutationBatch(
        sequence: 99, mutations: [.resultStored(lease.job, circuits: 0..<1, bytes: result, failedCount: 0)]))

    var after = try Harness(before.disk)
    after.step(.tick)
    #expect(after.disk.leases.isEmpty)
    let again = try #require(after.connectWorker().leases.first?.lease)
    #expect(again.circuits == 1..<2)
  }

  @Test("results, events, keys and ends are as they were")
  func contents() throws {
    let (harness, job, bytes) = try ReaderTests.finished(40)
    var before = harness
    let events = before.send(.subscribe(Message.Subscribe(job: job)), from: client).compactMap(\.event)
    var after = try Harness(before.disk)
    after.connectClient()
    #expect(after.send(.subscribe(Message.Subscribe(job: job)), from: client).compactMap(\.event) == events)
    let sent = after.send(.fetch(Message.Fetch(job: job, limit: 1 << 30)), from: client)
    #expect(sent.dropLast().flatMap(\.message.payload) == bytes)
    #expect(try after.submit(Harness.items(40)) == job)
    #expect(try after.status(job) == before.status(job))
  }

  @Test("circuits that have results are not given out again")
  func partial() throws {
    var before = try Harness()
    before.connectClient()
    let job = try before.submit(Harness.items(40))
    let lease = try #require(before.connectWorker().leases.first)
    try before.complete(lease)
    var after = try Harness(before.disk)
    after.connectClient()
    after.connectWorker()
    #expect(try after.status(job).completed == 16)
    var leases: [Harness.Sent] = []
    for _ in 0..<17 {
      while let next = leases.first { leases = try after.complete(next).leases }
      leases = after.pass(.seconds(1)).leases
      after.send(.ping, from: worker)
      after.send(.ping, from: client)
    }
    #expect(try after.status(job).state == .succeeded)
  }

  @Test("a circuit that takes down its workers is charged for each, however often the broker is started between")
  func crashesOutliveBrokers() throws {
    var broker = try Harness()
    broker.connectClient()
    let job = try broker.submit(Harness.items(8))
    var lost = 0
    while try !broker.status(job).state.isTerminal {
      try #require(lost < 20, "it goes on for ever")
      let peer = PeerID(identity: [UInt8(100 + lost)])
      var lease = broker.connectWorker(peer).leases.first
      while let next = lease, !next.lease!.circuits.contains(5) { lease = try broker.complete(next, from: peer).leases.first }
      if let next = lease {
        broker.send(.started(next.lease!.fence), from: peer)
        lost += 1
        broker.step(.disconnected(peer))
      }
      broker.pass(.milliseconds(400))
      broker = try Harness(broker.disk, at: broker.now)
      broker.connectClient()
    }
    // Halved three times, and then three workers for the one circuit, as without restarts.
    #expect(lost == 6)
    let status = try broker.status(job)
    #expect(status.state == .succeeded && status.failed == 1 && status.completed == 8)
    #expect(broker.disk.leases.isEmpty)
  }

  @Test("a cancellation that was acknowledged holds after a restart")
  func cancelling() throws {
    var before = try Harness()
    before.connectClient()
    let job = try before.submit()
    let lease = try #require(before.connectWorker().leases.first)
    before.send(.cancel(job), from: client)
    var after = try Harness(before.disk)
    after.connectClient()
    after.connectWorker()
    #expect(try after.complete(lease).contents.contains(.stale([lease.lease!.fence])))
    #expect(try after.status(job).state == .cancelled)
  }
}
