import Broker
import Protocol
import Testing

@Suite("Hostile peers")
struct HostileStateTests {
  /// One message of about every type, with fields at random.
  static func message(_ random: inout SplitMix64, jobs: [JobID], sessions: [SessionID]) -> Message {
    let session = sessions.randomElement(using: &random) ?? SessionID(high: 1, low: 2)
    let job = jobs.randomElement(using: &random) ?? JobID(high: 1, low: 2)
    let fence = Fence(epoch: UInt64.random(in: 0...2, using: &random), sequence: UInt64.random(in: 0...30, using: &random))
    let lower = Int.random(in: 0...20, using: &random)
    let circuits = lower..<lower + Int.random(in: 1...20, using: &random)
    let number = Int.random(in: 0...3, using: &random) == 0 ? Int.max : Int.random(in: 0...300, using: &random)
    let contents: [Message.Content] = [
      .hello(Message.Hello(role: .client, name: "")), .hello(Message.Hello(role: .worker, name: "")), .ping, .pong, .bye,
      .challenge,
      .submit(Message.Submit(idempotencyKey: "k\(number % 7)", priority: number % 3)), .putTemplate, .status(job), .cancel(job),
      .fetch(Message.Fetch(job: job, offset: number, limit: number)), .credit(Message.Credit(job: job, limit: number)),
      .subscribe(Message.Subscribe(job: job, after: UInt64(number))),
      .list(Message.List(kind: .jobs, includesTerminal: true, limit: 3)),
      .list(Message.List(kind: .deadLetters, includesTerminal: true, limit: 3)),
      .submit(Message.Submit(idempotencyKey: "h\(number % 7)", confirmations: number % 4, session: session)),
      .fetch(Message.Fetch(job: job, offset: number % 40, limit: number, circuits: circuits)),
      .confirm(Message.Confirm(job: job, count: number % 5)), .retract(Message.Retract(job: job, reason: "r")),
      .requeue(Message.Requeue(job: job, idempotencyKey: "r\(number % 3)")), .sessionExtend(session),
      .sessionOpen(Message.SessionOpen(idempotencyKey: "s\(number % 3)", idleTime: .seconds(number % 4))),
      .sessionClose(Message.SessionClose(session: session, cancelsJobs: number % 2 == 0)),
      .ready(Message.Ready(slots: number % 5)), .started(fence), .renew([fence, fence]), .release([fence]),
      .complete(Message.Complete(fence: fence, job: job, circuits: circuits, busyTime: .seconds(number % 4))),
      .fail(Message.Fail(fence: fence, code: "", message: "", isRetryable: number % 2 == 0)),
      .needTemplate([Harness.template.digest]),
      .drain, .committed([fence]), .welcome(Message.Welcome(epoch: 3)),
    ]
    let results = circuits.map { CircuitResult(item: $0, row: 0, outcome: .values(CircuitValues(qubitCount: 1))) }
    let payloads = [
      [], ResultBody.encode(results), JobBody.encode(Harness.items(1 + number % 25)), TemplateBundle.encode([Harness.template]),
      (0..<number % 40).map { _ in UInt8.random(in: 0...255, using: &random) },
    ]
    return Message(id: random.next(), contents.randomElement(using: &random)!, payload: payloads.randomElement(using: &random)!)
  }

  @Test("no sequence of messages, however senseless, traps or confuses the counts", arguments: 0..<8)
  func anything(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    var broker = try Harness { $0.goneTime = .seconds(60) }
    let peers = (0..<5).map { PeerID(identity: [UInt8($0)]) }
    for count in 0..<4_000 {
      let jobs = Array(broker.disk.jobs.keys.sorted().prefix(10))
      let message = Self.message(&random, jobs: jobs, sessions: broker.disk.sessions.keys.sorted())
      broker.step(.message(peers.randomElement(using: &random)!, tenant: "t", message))
      if count % 50 == 0 { broker.step(.disconnected(peers.randomElement(using: &random)!)) }
      if count % 10 == 0 { broker.pass(.milliseconds(200)) }
      if count % 500 == 499 { broker = try restarted(broker) }
    }
    #expect(!broker.disk.jobs.isEmpty, "seed \(seed)")
    for entry in broker.disk.jobs.values {
      let circuits = entry.parts.values.flatMap(\.circuits)
      #expect(Set(circuits).count == circuits.count, "seed \(seed): a circuit has two results")
      #expect(entry.events.map(\.sequence) == (0..<entry.events.count).map { UInt64($0 + 1) }, "seed \(seed)")
      let (ends, rest) = (entry.events.filter(\.state.isTerminal), entry.events.filter { !$0.state.isTerminal })
      #expect(entry.events == rest + ends, "seed \(seed)")
      #expect(ends.count <= 1 || ends.count == 2 && ends[1].isRetracted && ends[0].state == ends[1].state, "seed \(seed)")
    }
  }

  private func restarted(_ broker: Harness) throws -> Harness {
    var after = try Harness(broker.disk) { $0.goneTime = .seconds(60) }
    after.now = broker.now
    return after
  }
}
