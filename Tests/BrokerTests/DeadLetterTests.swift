import Broker
import Protocol
import Testing

@Suite("Dead letters")
struct DeadLetterTests {
  let client = Harness.client
  let worker = Harness.worker

  /// A broker with a job whose circuits all took down their workers.
  static func dead(_ count: Int = 1, configure: (inout BrokerConfiguration) -> Void = { _ in }) throws -> (Harness, JobID) {
    var broker = try Harness { configuration in
      configuration.crashLimit = 1
      configuration.goneTime = .seconds(100_000)
      configure(&configuration)
    }
    broker.connectClient()
    let job = try broker.submit(Harness.items(count), key: "dead")
    for number in 0..<4 * count {
      guard try !broker.status(job).state.isTerminal else { break }
      let peer = PeerID(identity: [20, UInt8(number)])
      guard let lease = broker.connectWorker(peer).leases.first?.lease else { continue }
      broker.send(.started(lease.fence), from: peer)
      broker.step(.disconnected(peer))
      broker.pass(.milliseconds(300))
    }
    #expect(try broker.status(job).state == .dead)
    return (broker, job)
  }

  /// A broker with a job whose worker says that its circuits cannot run.
  static func failed() throws -> (Harness, JobID) {
    var broker = try Harness()
    broker.connectClient()
    let job = try broker.submit(Harness.items(20), key: "failed")
    var leases = broker.connectWorker(slots: 4).leases
    while let lease = leases.popLast()?.lease {
      let fail = Message.Fail(fence: lease.fence, code: "unsupported", message: "no such gate", isRetryable: false)
      leases += broker.send(.fail(fail), from: worker).leases
    }
    #expect(try broker.status(job).state == .failed)
    return (broker, job)
  }

  private static let worker = Harness.worker

  private func letters(_ broker: inout Harness, all: Bool = false, from peer: PeerID = Harness.client, tenant: String = "t") throws
    -> [DeadLetter]
  {
    let sent = broker.send(.list(Message.List(kind: .deadLetters, includesTerminal: all)), from: peer, tenant: tenant)
    return try ListingBody.decode(try #require(sent.first).message.payload).deadLetters
  }

  private func requeue(_ broker: inout Harness, _ job: JobID, key: String = "again") -> [Harness.Sent] {
    broker.send(.requeue(Message.Requeue(job: job, idempotencyKey: key)), from: client)
  }

  private func accepted(_ sent: [Harness.Sent]) throws -> Message.Accepted {
    for case .accepted(let accepted) in sent.contents { return accepted }
    throw Harness.Refused(sent: sent)
  }

  @Test("a dead job is listed with its crashes and the circuits that did it, also after a restart")
  func listing() throws {
    let (broker, job) = try Self.dead(2)
    for broker in [broker, try broker.restarted()] {
      var broker = broker
      let letter = try #require(try letters(&broker).first)
      #expect(letter.status.job == job && letter.status.state == .dead && letter.status.crashes >= 2)
      #expect(letter.circuits.map(\.item).sorted() == [0, 1] && letter.circuits.allSatisfy { $0.code == "worker_lost" })
      #expect(letter.isRequeueable && letter.finishedUnixNanoseconds > 0)
    }
  }

  @Test("failed jobs are listed where they are asked for, with some of their circuits; others' jobs never")
  func failedListing() throws {
    var (broker, job) = try Self.failed()
    #expect(try letters(&broker).isEmpty)
    let letter = try #require(try letters(&broker, all: true).first)
    #expect(letter.status.job == job && letter.circuits.count == 16 && letter.circuits[0].code == "unsupported")
    #expect(letter.circuits[0].message == "no such gate" && letter.status.attempts == 2)
    let other = PeerID(identity: [9])
    broker.connectClient(other, tenant: "u")
    #expect(try letters(&broker, all: true, from: other, tenant: "u").isEmpty)
  }

  @Test("a job that took down a worker before a restart and fails after it is dead")
  func deadAcrossRestart() throws {
    var broker = try Harness {
      $0.crashLimit = 1; $0.goneTime = .seconds(100)
    }
    broker.connectClient()
    let job = try broker.submit(Harness.items(2))
    let first = try #require(broker.connectWorker().leases.first?.lease)
    broker.send(.started(first.fence), from: worker)
    broker.step(.disconnected(worker))
    broker.pass(.milliseconds(300))
    let half = try #require(broker.connectWorker(Harness.otherWorker).leases.first?.lease)
    broker.send(.started(half.fence), from: Harness.otherWorker)
    broker.step(.disconnected(Harness.otherWorker))
    broker.pass(.milliseconds(300))
    #expect(try broker.status(job).failed == 1)
    var after = try broker.restarted()
    let rest = try #require(after.connectWorker().leases.first?.lease)
    after.send(.fail(Message.Fail(fence: rest.fence, code: "c", message: "", isRetryable: false)), from: worker)
    #expect(try after.status(job).state == .dead)
  }

  @Test("a dead job's circuits run again as a new job that names it; the old one stays as it is")
  func requeued() throws {
    var (broker, job) = try Self.dead(3)
    broker.send(.bye, from: worker)
    let before = try broker.status(job)
    let accepted = try accepted(requeue(&broker, job))
    #expect(accepted.job != job && !accepted.isDuplicate && accepted.total == 3)
    #expect(try broker.status(job) == before)
    #expect(broker.disk.jobs[accepted.job]?.job.body == broker.disk.jobs[job]?.job.body)
    #expect(broker.disk.jobs[accepted.job]?.job.body.isEmpty == false)
    broker = try broker.restarted { $0.goneTime = .seconds(100_000) }
    #expect(try broker.status(accepted.job).requeuedFrom == job)
    var leases = broker.connectWorker().leases
    while let lease = leases.popLast() { leases += try broker.complete(lease).leases }
    #expect(try broker.status(accepted.job).state == .succeeded)
    #expect(try broker.status(job).state == .dead)
  }

  @Test("the same key and job are one new job; with another job, or submitted, the key is a conflict")
  func keys() throws {
    var (broker, job) = try Self.dead()
    let first = try accepted(requeue(&broker, job))
    let again = try accepted(requeue(&broker, job))
    #expect(again.job == first.job && again.isDuplicate)
    #expect(try accepted(requeue(&broker, job, key: "more")).job != first.job)
    #expect(requeue(&broker, job, key: "dead").rejections.map(\.code) == [.conflict])
    let submit = Message.Content.submit(Message.Submit(idempotencyKey: "again"))
    #expect(broker.send(submit, payload: JobBody.encode(Harness.items()), from: client).rejections.map(\.code) == [.conflict])
  }

  @Test("only what failed or is dead, and was not retracted, is run again")
  func refusals() throws {
    var (broker, succeeded, _) = try ReaderTests.finished(1)
    let queued = try broker.submit(key: "q")
    #expect(requeue(&broker, succeeded).rejections.map(\.code) == [.invalidValue])
    #expect(requeue(&broker, queued).rejections.map(\.code) == [.invalidValue])
    var (other, job) = try Self.failed()
    _ = try other.answer(.retract(Message.Retract(job: job, reason: "")))
    #expect(requeue(&other, job).rejections.map(\.code) == [.invalidValue])
  }

  @Test("items and templates are kept as long as the result, and no longer")
  func retention() throws {
    var (broker, job) = try Self.dead { $0.resultRetention = .seconds(50) }
    #expect(broker.disk.jobs[job]?.job.body.isEmpty == false)
    broker.pass(.seconds(51))
    #expect(broker.disk.jobs[job]?.job.body.isEmpty == true)
    #expect(try letters(&broker).map(\.isRequeueable) == [false])
    #expect(requeue(&broker, job).rejections.map(\.code) == [.gone])
  }

  @Test("templates of a dead job do not give way to others")
  func templates() throws {
    let size = Harness.template.bytes.count
    let (broker, job) = try Self.dead()
    for broker in [broker, try broker.restarted { $0.templateByteCount = size + 10 }] {
      var broker = broker
      broker.send(.putTemplate, payload: TemplateBundle.encode([try Template(openQASM: "OPENQASM 3.0; qubit[2] q;")]), from: client)
      #expect(broker.disk.templates[Harness.template.digest] != nil)
      let again = try accepted(requeue(&broker, job))
      #expect(try broker.status(again.job).state == .queued)
    }
  }
}
