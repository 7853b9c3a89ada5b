import Broker
import Protocol
import Testing

@Suite("Store failures")
struct StoreFailureTests {
  let client = Harness.client
  let reason = "input/output error"

  /// A broker with a job that ended, one that a client waits for, and one whose commit is under way.
  private func failing() throws -> (Harness, sent: [Harness.Sent]) {
    var broker = try Harness()
    broker.connectClient()
    let ended = try broker.submit(key: "ended")
    try broker.complete(try #require(broker.connectWorker().leases.first))
    let awaited = try broker.submit(key: "awaited")
    broker.send(.fetch(Message.Fetch(job: awaited, limit: 1 << 20, waits: true)), id: 7, from: client)
    broker.commitsAtOnce = false
    broker.send(.submit(Message.Submit(idempotencyKey: "k")), payload: JobBody.encode(Harness.items()), id: 8, from: client)
    // Two messages, the result and its end, which are held until what came before is durable.
    broker.send(.fetch(Message.Fetch(job: ended, limit: 1 << 20)), id: 9, from: client)
    let sent = broker.step(.commitFailed(reason: reason))
    return (broker, sent)
  }

  @Test("when a commit fails, all who wait are refused once, with the time until the broker ends")
  func refusesAll() throws {
    let (_, sent) = try failing()
    #expect(sent.rejections.map(\.code) == [.storage, .storage, .storage])
    #expect(sent.map(\.message.replyTo) == [8, 9, 7])
    #expect(sent.rejections.allSatisfy { $0.retryAfter == .seconds(30) })
    #expect(sent.allSatisfy { $0.peer == client })
  }

  @Test("after a commit that failed nothing is promised, given out or written, and who asks is refused with the time that is left")
  func promisesNothing() throws {
    var (broker, _) = try failing()
    let batches = broker.uncommitted.count
    broker.pass(.seconds(4))
    let questions: [Message.Content] = [
      .submit(Message.Submit(idempotencyKey: "l")), .list(Message.List(kind: .jobs)),
      .sessionOpen(Message.SessionOpen(idempotencyKey: "s")),
    ]
    for question in questions {
      let sent = broker.send(question, payload: JobBody.encode(Harness.items()), from: client)
      #expect(sent.rejections.map(\.code) == [.storage], "\(question.type)")
      #expect(sent.rejections.first?.retryAfter == .seconds(26), "\(question.type)")
    }
    let other = Harness.otherWorker
    #expect(broker.connectWorker(other).map(\.content.type) == [])
    #expect(broker.send(.renew([Fence(epoch: 1, sequence: 1)]), from: other).isEmpty)
    #expect(broker.uncommitted.count == batches)
  }

  @Test("a broker whose store failed ends with the store's error, once, when its time has passed")
  func ends() throws {
    var (broker, _) = try failing()
    broker.pass(.milliseconds(29_900))
    #expect(!broker.effects.contains(.failed(reason: reason)))
    broker.pass(.seconds(1))
    #expect(broker.effects.count { $0 == .failed(reason: reason) } == 1)
  }

  @Test("a broker that was to stop anyway ends with the store's error at once")
  func endsDraining() throws {
    var (broker, _) = try failing()
    broker.step(.drain)
    #expect(broker.effects.last == .failed(reason: reason))
    var draining = try Harness()
    draining.connectClient()
    draining.commitsAtOnce = false
    draining.send(.submit(Message.Submit(idempotencyKey: "k")), payload: JobBody.encode(Harness.items()), from: client)
    draining.step(.drain)
    draining.step(.commitFailed(reason: reason))
    #expect(draining.effects.last == .failed(reason: reason))
    #expect(!draining.effects.contains(.drained))
  }

  @Test(
    "what was kept although its commit failed is there after a start, under the same key; what was not is accepted anew",
    arguments: [false, true])
  func startsAgain(isKept: Bool) throws {
    var (broker, _) = try failing()
    if isKept { for batch in broker.uncommitted { broker.disk.apply(batch) } }
    var after = try broker.restarted()
    let sent = after.send(
      .submit(Message.Submit(idempotencyKey: "k")), payload: JobBody.encode(Harness.items()), from: client)
    guard case .accepted(let accepted) = sent.first?.content else { throw Harness.Refused(sent: sent) }
    #expect(accepted.isDuplicate == isKept)
    #expect(after.disk.jobs.values.count { $0.job.idempotencyKey == "k" } == 1)
  }
}
