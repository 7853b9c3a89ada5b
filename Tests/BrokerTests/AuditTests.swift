import Broker
import BrokerSimulation
import Protocol
import TestSupport
import Testing

/// Results that are run a second time once their job has its result.
@Suite("Audits")
struct AuditTests {
  /// A broker with a client and workers of given names, whose answers are made at once.
  private struct Bench {
    var harness: Harness
    /// What a worker makes of a circuit's value; the truth unless told otherwise.
    var answers: [PeerID: @Sendable (Int) -> Double] = [:]
    var device: [PeerID: String] = [:]
    private(set) var leases: [PeerID: Int] = [:]

    init(_ contents: StoreContents = StoreContents(), probability: Double, workers: [PeerID], slots: Int = 1, resident: Int? = nil)
      throws
    {
      harness = try Harness(contents) {
        $0.auditProbability = probability
        if let resident { $0.residentJobCount = resident }
      }
      harness.connectClient()
      for worker in workers { connect(worker, slots: slots) }
    }

    mutating func connect(
      _ worker: PeerID, slots: Int = 1, device: DeviceSummary = DeviceSummary(name: "cpu", memoryByteCount: 1 << 30)
    ) {
      self.device[worker] = device.name
      let sent = harness.connectWorker(worker, slots: slots, device: device, name: "worker \(worker.identity[0])")
      answer(sent)
    }

    /// Answers leases until none comes.
    mutating func answer(_ sent: [Harness.Sent]) {
      var queue = sent
      while !queue.isEmpty {
        let next = queue.removeFirst()
        guard let lease = next.lease else { continue }
        leases[next.peer, default: 0] += 1
        queue += harness.send(.started(lease.fence), from: next.peer)
        queue += harness.send(
          .complete(Message.Complete(fence: lease.fence, job: lease.job, circuits: lease.circuits, busyTime: .milliseconds(1))),
          payload: results(next.message.payload, of: next.peer), from: next.peer)
      }
    }

    private func results(_ payload: [UInt8], of worker: PeerID) -> [UInt8] {
      do {
        return ResultBody.encode(
          try JobBody.decodeLease(payload).map { item in
            let value = answers[worker]?(item.index) ?? Double(item.index)
            return CircuitResult(
              item: item.index, row: 0,
              outcome: .values(
                CircuitValues(
                  qubitCount: 1, expectations: [.init(value: value)], method: "test", device: device[worker] ?? "cpu",
                  executeTime: .nanoseconds(Int64(leases[worker] ?? 0)))))
          })
      } catch {
        preconditionFailure("a lease that does not read: \(error)")
      }
    }

    mutating func run(_ count: Int, key: String, settings: ExecutionSettings = ExecutionSettings()) -> JobID? {
      let sent = harness.send(
        .submit(Message.Submit(idempotencyKey: key)), payload: JobBody.encode(Harness.items(count, settings: settings)),
        from: Harness.client)
      answer(sent)
      for case .accepted(let accepted) in sent.map(\.content) { return accepted.job }
      return nil
    }

    var counts: AuditCounts { harness.state.auditCounts }

    mutating func report(tenant: String = "t", from client: PeerID = Harness.client) throws -> AuditReport {
      let sent = harness.send(.list(Message.List(kind: .audits)), from: client, tenant: tenant)
      return try ListingBody.decodeAudits(try #require(sent.first).message.payload)
    }
  }

  private static let liar = Harness.worker
  private static let honest = Harness.otherWorker

  @Test("an honest worker is never accused, whatever is audited, and its results are run by the other")
  func honestWorkers() throws {
    var bench = try Bench(probability: 1, workers: [Self.liar, Self.honest])
    for job in 0..<50 { _ = bench.run(7, key: "\(job)") }
    #expect(bench.counts.mismatching == 0 && bench.counts.close == 0 && bench.counts.incomparable == 0)
    #expect(bench.counts.matching >= 50 && bench.counts.waiting == 0 && bench.counts.abandoned == 0)
    let report = try bench.report()
    #expect(report.mismatches.isEmpty)
    #expect((bench.leases[Self.liar] ?? 0) > 0 && (bench.leases[Self.honest] ?? 0) > 0)
  }

  @Test("jobs that are parked before their audit runs are audited as well")
  func parkedJobs() throws {
    var bench = try Bench(probability: 1, workers: [], resident: 2)
    bench.answers[Self.liar] = { Double($0) + 0.5 }
    bench.connect(Self.liar)
    bench.connect(Self.honest, slots: 0)
    let jobs = (0..<20).compactMap { bench.run(1, key: "\($0)") }
    #expect(bench.harness.state.residentJobCount <= 3 && bench.counts.waiting == 20 && bench.counts.mismatching == 0)
    bench.answer(bench.harness.send(.ready(Message.Ready(slots: 1)), from: Self.honest))
    #expect(bench.counts.mismatching == 20 && bench.counts.waiting == 0)
    #expect(Set(try bench.report().mismatches.map(\.job)) == Set(jobs))
    #expect(bench.harness.state.residentJobCount <= 3)
  }

  @Test("without the option nothing is run twice")
  func off() throws {
    var bench = try Bench(probability: 0, workers: [Self.liar])
    for job in 0..<10 { _ = bench.run(3, key: "\(job)") }
    #expect(bench.counts == AuditCounts())
    #expect(bench.leases[Self.liar] == 10)
  }

  @Test("a worker that lies is found with the probability that was set, within four standard deviations", arguments: [0.05, 0.3])
  func probability(_ probability: Double) throws {
    // One circuit a job, so one lease a job; the liar alone is there while jobs run, the honest one audits afterwards.
    let jobCount = 2_000
    var bench = try Bench(probability: probability, workers: [])
    bench.answers[Self.liar] = { _ in 0.25 + 0.5 }
    bench.connect(Self.liar, slots: 4)
    // Known to be able, but taking nothing: so audits wait for it.
    bench.connect(Self.honest, slots: 0)
    for job in 0..<jobCount { _ = bench.run(1, key: "\(job)") }
    #expect(bench.counts.mismatching == 0 && bench.leases[Self.liar] == jobCount)
    bench.answer(bench.harness.send(.ready(Message.Ready(slots: 1)), from: Self.honest))
    let counts = bench.counts
    let (found, expected) = (Double(counts.mismatching), Double(jobCount) * probability)
    let deviation = (expected * (1 - probability)).squareRoot()
    #expect(abs(found - expected) < 4 * deviation, "\(found) found, \(expected) expected")
    #expect(counts.waiting == 0 && counts.matching == 0)
    let report = try bench.report()
    #expect(report.mismatches.count == min(counts.mismatching, 1_000))
    let first = try #require(report.mismatches.first)
    #expect(first.first.name == "worker 2" && first.second.name == "worker 3" && first.circuits == 0..<1)
    let notices = bench.harness.effects.filter { if case .notice(.auditMismatch) = $0 { true } else { false } }
    #expect(notices.count == counts.mismatching)
  }

  @Test("the circuit that differs is named, and the result stays what it was")
  func firstResultStays() throws {
    var bench = try Bench(probability: 1, workers: [Self.liar])
    bench.answers[Self.liar] = { $0 == 4 ? -1 : Double($0) }
    bench.connect(Self.honest, slots: 0)
    let accepted = bench.run(6, key: "k")
    let job = try #require(accepted)
    let before = try #require(bench.harness.disk.jobs[job])
    bench.answer(bench.harness.send(.ready(Message.Ready(slots: 1)), from: Self.honest))
    let report = try bench.report()
    let found = try #require(report.mismatches.first)
    #expect(found.job == job && found.circuit == 4 && found.difference.contains("-1.0 and 4.0"))
    #expect(bench.harness.disk.jobs[job] == before)
  }

  @Test("with one worker alone, it audits itself, for a fault of its machine")
  func alone() throws {
    var bench = try Bench(probability: 1, workers: [Self.liar])
    _ = bench.run(3, key: "k")
    #expect(bench.counts.matching == 1 && bench.leases[Self.liar] == 2)
  }

  @Test("another class of device is no contradiction, unless the settings promise the same bits everywhere")
  func deviceClasses() throws {
    for isReproducible in [false, true] {
      var bench = try Bench(probability: 1, workers: [Self.liar])
      bench.answers[Self.liar] = { Double($0) + 1 }
      bench.connect(Self.honest, slots: 0, device: DeviceSummary(name: "opencl:0.0", description: "GPU", memoryByteCount: 1 << 30))
      _ = bench.run(2, key: "k", settings: ExecutionSettings(isReproducible: isReproducible))
      bench.answer(bench.harness.send(.ready(Message.Ready(slots: 1)), from: Self.honest))
      #expect(bench.counts.incomparable == (isReproducible ? 0 : 1) && bench.counts.mismatching == (isReproducible ? 1 : 0))
    }
  }

  @Test("work that somebody waits for goes before audits")
  func priority() throws {
    var bench = try Bench(probability: 1, workers: [])
    bench.connect(Self.liar)
    bench.connect(Self.honest, slots: 0)
    _ = bench.run(1, key: "audited")
    bench.harness.send(.bye, from: Self.liar)
    // No worker takes anything now: one audit waits, and then a job.
    let sent = bench.harness.send(
      .submit(Message.Submit(idempotencyKey: "waiting")), payload: JobBody.encode(Harness.items(1)), from: Harness.client)
    let waiting = sent.compactMap { if case .accepted(let accepted) = $0.content { accepted.job } else { nil } }
    let first = bench.harness.send(.ready(Message.Ready(slots: 1)), from: Self.honest)
    #expect(first.leases.compactMap { $0.lease?.job } == waiting)
    bench.answer(first)
    #expect(bench.counts.matching >= 1)
  }

  @Test("a cancelled job is not audited, and an audit is not cancelled with its job")
  func cancellation() throws {
    var bench = try Bench(probability: 1, workers: [])
    let sent = bench.harness.send(
      .submit(Message.Submit(idempotencyKey: "k")), payload: JobBody.encode(Harness.items(1)), from: Harness.client)
    guard case .accepted(let cancelled)? = sent.first(where: { $0.content.type == .accepted })?.content else {
      throw Harness.Refused(sent: sent)
    }
    bench.harness.send(.cancel(cancelled.job), from: Harness.client)
    let status = try bench.harness.status(cancelled.job)
    #expect(status.state == .cancelled && bench.counts.waiting == 0)
    bench.connect(Self.liar)
    bench.connect(Self.honest, slots: 0)
    let accepted = bench.run(1, key: "done")
    let job = try #require(accepted)
    #expect(bench.counts.waiting == 1)
    bench.harness.send(.cancel(job), from: Harness.client)
    let ended = try bench.harness.status(job)
    #expect(ended.state == .succeeded)
    bench.answer(bench.harness.send(.ready(Message.Ready(slots: 1)), from: Self.honest))
    #expect(bench.counts.matching == 1)
  }

  @Test("an audit takes nothing from its tenant's quota")
  func quota() throws {
    var bench = try Bench(probability: 1, workers: [])
    bench.connect(Self.liar)
    bench.connect(Self.honest, slots: 0)
    bench.harness.state = try BrokerState(
      bench.harness.disk.index, configuration: Self.narrow, seed: 1, at: Time(monotonic: bench.harness.now, unixNanoseconds: 1))
    bench.harness.connectClient()
    bench.connect(Self.liar)
    bench.connect(Self.honest, slots: 0)
    for job in 0..<5 {
      let accepted = bench.run(1, key: "\(job)")
      #expect(accepted != nil, "job \(job) was refused")
    }
    #expect(bench.counts.waiting == 5)
  }

  private static var narrow: BrokerConfiguration {
    var configuration = BrokerConfiguration()
    (configuration.auditProbability, configuration.tenantJobCount) = (1, 1)
    return configuration
  }

  @Test("a broker that drains gives audits up and waits for none")
  func drain() throws {
    var bench = try Bench(probability: 1, workers: [])
    bench.connect(Self.liar)
    bench.connect(Self.honest, slots: 0)
    _ = bench.run(1, key: "waits")
    _ = bench.run(1, key: "runs")
    let audit = bench.harness.send(.ready(Message.Ready(slots: 1)), from: Self.honest)
    #expect(audit.leases.count == 1)
    bench.harness.step(.drain)
    #expect(bench.harness.effects.contains(.drained))
    #expect(bench.counts.abandoned == 1)
  }

  @Test("a restart forgets audits: their worker is told so, and jobs are as they were")
  func restart() throws {
    var bench = try Bench(probability: 1, workers: [])
    bench.connect(Self.liar)
    bench.connect(Self.honest, slots: 0)
    let accepted = bench.run(1, key: "k")
    let job = try #require(accepted)
    let begun = bench.harness.send(.ready(Message.Ready(slots: 1)), from: Self.honest)
    let audit = try #require(begun.leases.first?.lease)
    #expect(bench.harness.disk.leases.isEmpty)
    var again = try Bench(bench.harness.disk, probability: 1, workers: [])
    again.connect(Self.honest)
    let renewed = again.harness.send(.renew([audit.fence]), from: Self.honest)
    #expect(renewed.contents == [.stale([audit.fence])])
    let completed = again.harness.send(
      .complete(Message.Complete(fence: audit.fence, job: job, circuits: audit.circuits, busyTime: .zero)), payload: [],
      from: Self.honest)
    #expect(completed.contents == [.stale([audit.fence])])
    #expect(again.counts == AuditCounts())
  }

  @Test("an audit that is given back, fails, falls silent or whose worker is lost is given up, and the worker is free again")
  func lost() throws {
    for ending in 0..<4 {
      var bench = try Bench(probability: 1, workers: [])
      bench.connect(Self.liar)
      bench.connect(Self.honest, slots: 0)
      _ = bench.run(1, key: "k")
      let begun = bench.harness.send(.ready(Message.Ready(slots: 1)), from: Self.honest)
      let audit = try #require(begun.leases.first?.lease)
      bench.harness.send(.started(audit.fence), from: Self.honest)
      switch ending {
      case 0: bench.harness.send(.release([audit.fence]), from: Self.honest)
      case 1:
        bench.harness.send(
          .fail(Message.Fail(fence: audit.fence, code: "device", message: "", isRetryable: true)), from: Self.honest)
      case 2: bench.harness.send(.bye, from: Self.honest)
      default:
        for _ in 0..<20 {
          bench.harness.pass(.seconds(1))
          for peer in [Self.liar, Self.honest, Harness.client] { bench.harness.send(.pong, from: peer) }
        }
      }
      #expect(bench.counts.abandoned == 1 && bench.counts.waiting == 0, "ending \(ending)")
      guard ending != 2 else { continue }
      bench.harness.send(.bye, from: Self.liar)
      _ = bench.run(1, key: "next")
      #expect(bench.leases[Self.honest, default: 0] >= 1, "ending \(ending): the worker gets nothing any more")
    }
  }

  @Test("audits wait within a bound, and not for ever")
  func bounds() throws {
    var bench = try Bench(probability: 1, workers: [])
    bench.connect(Self.liar)
    bench.connect(Self.honest, slots: 0)
    for job in 0..<1_030 { _ = bench.run(1, key: "\(job)") }
    #expect(bench.counts.waiting == 1_024 && bench.counts.abandoned == 6)
    for _ in 0..<700 {
      bench.harness.now += .seconds(1)
      for peer in [Self.liar, Self.honest, Harness.client] { bench.harness.send(.pong, from: peer) }
      bench.harness.step(.tick)
    }
    #expect(bench.counts.waiting == 0 && bench.counts.abandoned == 1_030)
  }

  @Test("another tenant sees numbers, and nothing of whose jobs they are")
  func tenants() throws {
    var bench = try Bench(probability: 1, workers: [Self.liar])
    // It never says the same twice.
    let answer = Shared(0.0)
    bench.answers[Self.liar] = { _ in
      answer.update { value in
        value += 0.1
        return value
      }
    }
    _ = bench.run(1, key: "k")
    let own = try bench.report()
    #expect(own.mismatches.count == 1)
    let stranger = PeerID(identity: [9])
    bench.harness.connectClient(stranger, tenant: "other")
    let report = try bench.report(tenant: "other", from: stranger)
    #expect(report.mismatches.isEmpty && report.counts.mismatching == 1)
  }

  @Test("with audits of everything, what is promised holds under faults, and nobody is accused", arguments: [UInt64(5_000), 5_020])
  func simulation(first: UInt64) throws {
    var matching = 0
    for seed in first..<first + 20 {
      let world = try World.run(seed: seed) { $0.auditProbability = 1 }
      #expect(world.checker.failures.isEmpty, "seed \(seed): \(world.checker.failures.prefix(3))")
      #expect(world.state?.auditCounts.mismatching ?? 0 == 0, "seed \(seed)")
      matching += world.state?.auditCounts.matching ?? 0
    }
    #expect(matching > 0, "no audit came to its end")
  }
}
