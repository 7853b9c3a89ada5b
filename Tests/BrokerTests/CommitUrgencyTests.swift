import Broker
import Protocol
import Testing

/// What waits for a commit says so; a job about to end whose client waits for its end is kept together with its result.
@Suite("What a commit waits for")
struct CommitUrgencyTests {
  private static let run = Message.Content.submit(Message.Submit(idempotencyKey: "run", resultLimit: 1 << 20))

  private func broker(isIdle: Bool = true) throws -> Harness {
    var broker = try Harness()
    broker.connectClient()
    if isIdle { broker.connectWorker() }
    broker.commitsAtOnce = false
    return broker
  }

  private static func submit(_ broker: inout Harness, _ content: Message.Content = run, items: Int = 1) -> [Harness.Sent] {
    broker.send(content, payload: JobBody.encode(Harness.items(items)), id: 9, from: Harness.client)
  }

  @Test("a short job is kept with its result, and its client hears of both, without asking again")
  func together() throws {
    var broker = try broker()
    let lease = try #require(Self.submit(&broker).first { $0.lease != nil })
    #expect(broker.isAwaited == false)
    broker.send(.started(try #require(lease.lease).fence), from: Harness.worker)
    #expect(broker.isAwaited == false)
    #expect(try broker.complete(lease).types(to: Harness.client) == [])
    #expect(broker.isAwaited)
    let after = broker.commit()
    #expect(after.types(to: Harness.client) == [.accepted, .state, .result, .streamEnd])
    #expect(after.filter { $0.peer == Harness.client }.allSatisfy { $0.message.replyTo == 9 })
    #expect(after.types(to: Harness.worker) == [.committed])
    #expect(broker.isAwaited == false)
    #expect(broker.disk.leases.isEmpty && broker.disk.jobs.values.map(\.state) == [.succeeded])
  }

  @Test("who does not wait for the end, or waits for a job that has none in sight, hears at once that it is kept")
  func alone() throws {
    // Nobody is there to run it.
    var idle = try broker(isIdle: false)
    _ = Self.submit(&idle)
    #expect(idle.isAwaited)
    // More than the worker is given at first.
    var long = try broker()
    _ = Self.submit(&long, items: 2_000)
    #expect(long.isAwaited)
    // The worker has something else.
    var busy = try broker()
    busy.commitsAtOnce = true
    _ = try busy.submit(key: "first")
    busy.commitsAtOnce = false
    _ = Self.submit(&busy)
    #expect(busy.isAwaited)
    var other = try broker()
    _ = Self.submit(&other, .submit(Message.Submit(idempotencyKey: "k")))
    #expect(other.isAwaited)
  }

  @Test("the end of a job that had to wait is told without another question, once")
  func later() throws {
    var broker = try broker(isIdle: false)
    broker.commitsAtOnce = true
    #expect(Self.submit(&broker).types(to: Harness.client) == [.accepted])
    let lease = try #require(broker.connectWorker().first { $0.lease != nil })
    #expect(try broker.complete(lease).types(to: Harness.client) == [.state, .result, .streamEnd])
    // Accepted before: whoever wants the end asks for it.
    #expect(Self.submit(&broker).types(to: Harness.client) == [.accepted])
  }

  @Test("a client that waits for too many ends is refused, and its job is not kept")
  func tooMany() throws {
    var broker = try broker(isIdle: false)
    broker.commitsAtOnce = true
    var rejections: [Message.Reject] = []
    for number in 0..<2_000 where rejections.isEmpty {
      let submit = Message.Submit(idempotencyKey: "\(number)", resultLimit: 1)
      rejections = broker.send(.submit(submit), payload: JobBody.encode(Harness.items()), from: Harness.client).rejections
    }
    #expect(rejections.map(\.code) == [.tooLarge])
    #expect(broker.disk.jobs.count == broker.state.residentJobCount)
  }

  @Test("a store that fails before a short job is kept is told of once")
  func failingStore() throws {
    var broker = try broker()
    _ = Self.submit(&broker)
    let refused = broker.step(.commitFailed(reason: "the disk is full"))
    #expect(refused.rejections.map(\.code) == [.storage])
  }
}
