import Broker
import Protocol
import Testing

@Suite("Fairness")
struct FairnessTests {
  let worker = Harness.worker

  private func submit(_ key: String, priority: Int = 0, waits: Bool = false, to broker: inout Harness) throws -> JobID {
    let submit = Message.Submit(idempotencyKey: key, priority: priority, resultLimit: waits ? 1 << 16 : 0)
    let sent = broker.send(.submit(submit), payload: JobBody.encode(Harness.items()), from: Harness.client)
    for case .accepted(let accepted) in sent.map(\.content) { return accepted.job }
    throw Harness.Refused(sent: sent)
  }

  /// Completes lease after lease and gives the jobs in the order in which they ran.
  private func order(_ count: Int, from leases: [Harness.Sent], _ broker: inout Harness) throws -> [JobID] {
    var (order, leases) = ([JobID](), leases)
    while order.count < count, let next = leases.first {
      order.append(next.lease!.job)
      leases = try broker.complete(next).leases
    }
    return order
  }

  @Test("a job whose client waits for it goes before those that were left, not before a higher priority")
  func awaited() throws {
    var broker = try Harness()
    broker.connectClient()
    let jobs = [
      try submit("left", to: &broker), try submit("awaited", waits: true, to: &broker),
      try submit("urgent", priority: 1, to: &broker),
    ]
    #expect(try jobs.map { try broker.status($0).queuePosition } == [3, 2, 1])
    let leases = broker.connectWorker().leases
    #expect(try order(3, from: leases, &broker) == [jobs[2], jobs[1], jobs[0]])
  }

  @Test("what waits rises by one priority an interval, and goes before later jobs of the priority that it has risen to")
  func ageing() throws {
    var broker = try Harness { $0.ageingInterval = .seconds(10) }
    broker.connectClient()
    let old = try submit("old", to: &broker)
    broker.pass(.seconds(25))
    broker.connectClient()
    let jobs = [3, 2, 1].map { priority in try? submit("p\(priority)", priority: priority, to: &broker) }
    #expect(try broker.status(old).queuePosition == 2)
    let leases = broker.connectWorker().leases
    #expect(try order(4, from: leases, &broker) == [jobs[0], old, jobs[1], jobs[2]])
  }

  @Test("without ageing the lower priority waits for ever")
  func withoutAgeing() throws {
    var broker = try Harness { $0.ageingInterval = nil }
    broker.connectClient()
    let old = try submit("old", to: &broker)
    broker.pass(.seconds(3_600))
    broker.connectClient()
    let urgent = try submit("urgent", priority: 1, to: &broker)
    let leases = broker.connectWorker().leases
    #expect(try order(2, from: leases, &broker) == [urgent, old])
  }

  @Test(
    "weights 3:1 give 3:1 of the time within 5 %, over circuits of 2 to 22 qubits that take half to twice what was declared",
    arguments: [1, 2, 3] as [UInt64])
  func weights(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    var broker = try Harness { $0.tenants.named["heavy"] = TenantPolicy(weight: 3) }
    var owners: [JobID: String] = [:]
    for (tenant, peer) in [("heavy", PeerID(identity: [7])), ("light", PeerID(identity: [8]))] {
      broker.connectClient(peer, tenant: tenant)
      for number in 0..<1_500 {
        let item = Item(
          template: Harness.template.digest, circuit: UInt64(number), qubitCount: .random(in: 2...22, using: &random),
          operationCount: .random(in: 10...400, using: &random))
        owners[try broker.submit([item], key: "\(number)", from: peer, tenant: tenant)] = tenant
      }
    }
    var running = FairnessTests.begun(broker.connectWorker(), at: broker.now, &random)
    running += FairnessTests.begun(broker.connectWorker(Harness.otherWorker), at: broker.now, &random)
    var served: [String: Double] = [:]
    var counts: [String: Int] = [:]
    // As long as both have something waiting.
    while counts.values.allSatisfy({ $0 < 1_450 }) {
      let index = try #require(running.indices.min { running[$0].end < running[$1].end })
      let done = running.remove(at: index)
      broker.now = done.end
      let owner = try #require(owners[done.sent.lease!.job])
      served[owner, default: 0] += done.seconds
      counts[owner, default: 0] += 1
      let sent = try broker.complete(done.sent, from: done.sent.peer, busy: .seconds(done.seconds))
      running += FairnessTests.begun(sent, at: broker.now, &random)
    }
    let ratio = served["heavy"]! / served["light"]!
    #expect(abs(ratio - 3) < 0.15, "seed \(seed): \(ratio), \(served), \(counts)")
  }

  /// A lease on a worker, and when it will have been executed.
  private struct Running {
    var sent: Harness.Sent
    var seconds: Double
    var end: Duration
  }

  private static func begun(_ sent: [Harness.Sent], at now: Duration, _ random: inout SplitMix64) -> [Running] {
    sent.leases.map { sent in
      let items = (try? JobBody.decodeLease(sent.message.payload)) ?? []
      let size = items.reduce(0.0) { $0 + Double($1.operationCount << $1.qubitCount) }
      let seconds = 1e-4 + size * 1e-9 * Double.random(in: 0.5...2, using: &random)
      return Running(sent: sent, seconds: seconds, end: now + .seconds(seconds))
    }
  }
}
