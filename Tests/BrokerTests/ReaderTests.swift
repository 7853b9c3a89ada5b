import Broker
import Protocol
import Testing

@Suite("Readers")
struct ReaderTests {
  let client = Harness.client
  let worker = Harness.worker

  /// A broker with one finished job of so many circuits, and the bytes of its result.
  static func finished(_ count: Int, note: String = "") throws -> (Harness, JobID, [UInt8]) {
    var broker = try Harness()
    broker.connectClient()
    let job = try broker.submit(Harness.items(count))
    var leases = broker.connectWorker().leases
    var bytes: [UInt8] = []
    while let next = leases.first {
      bytes += try Harness.results(next.lease!, next.message.payload, note: note)
      leases = try broker.complete(next, note: note).leases
    }
    return (broker, job, bytes)
  }

  @Test("a result is the workers' bytes in the order of the circuits, and ends with its digest")
  func fetch() throws {
    var (broker, job, bytes) = try Self.finished(100)
    let sent = broker.send(.fetch(Message.Fetch(job: job, limit: 1 << 30)), from: client)
    #expect(sent.dropLast().flatMap(\.message.payload) == bytes)
    #expect(
      sent.last?.content
        == .streamEnd(Message.StreamEnd(job: job, byteCount: bytes.count, digest: Digest(of: bytes), state: .succeeded)))
    #expect(try ResultBody.decode(bytes).map(\.item) == Array(0..<100))
  }

  @Test("a large result waits for credit, and goes on from any offset")
  func credit() throws {
    var (broker, job, bytes) = try Self.finished(100, note: String(repeating: "x", count: 200_000))
    let window = 8 << 20
    var received: [UInt8] = []
    for sent in broker.send(.fetch(Message.Fetch(job: job, limit: Int.max)), from: client) { received += sent.message.payload }
    #expect(received.count == window)
    #expect(broker.send(.credit(Message.Credit(job: job, limit: window)), from: client).isEmpty)
    for sent in broker.send(.credit(Message.Credit(job: job, limit: window + 10)), from: client) {
      received += sent.message.payload
    }
    #expect(received.count == window + 10)
    var last: Message.Content?
    while received.count < bytes.count {
      let sent = broker.send(.fetch(Message.Fetch(job: job, offset: received.count, limit: Int.max)), from: client)
      for message in sent { received += message.message.payload }
      last = sent.last?.content
    }
    #expect(received == bytes)
    #expect(last?.type == .streamEnd)
  }

  @Test("a job that has not ended has no result")
  func notReady() throws {
    var broker = try Harness()
    broker.connectClient()
    let job = try broker.submit()
    #expect(broker.send(.fetch(Message.Fetch(job: job, limit: 1)), from: client).rejections.map(\.code) == [.notReady])
  }

  @Test("who waits for a result gets the job's state and then the result, at its end or at once")
  func waits() throws {
    var broker = try Harness()
    broker.connectClient()
    let job = try broker.submit(Harness.items(3))
    let fetch = Message.Content.fetch(Message.Fetch(job: job, limit: 1 << 30, waits: true))
    #expect(broker.send(fetch, from: client).isEmpty)
    let lease = try #require(broker.connectWorker().leases.first)
    let ended = try broker.complete(lease).filter { $0.peer == client }.map(\.content)
    #expect(ended.map(\.type) == [.state, .result, .streamEnd])
    guard case .state(let status)? = ended.first else { return }
    #expect(status.state == .succeeded && status.completed == 3)
    #expect(broker.send(fetch, from: client).map(\.content) == ended)
  }

  @Test("who waits for a job that is cancelled hears of it, and a client that left is not written to")
  func waitsForNothing() throws {
    var broker = try Harness()
    broker.connectClient()
    let job = try broker.submit()
    broker.send(.fetch(Message.Fetch(job: job, limit: 1 << 30, waits: true)), from: client)
    let sent = broker.send(.cancel(job), from: client).map(\.content.type)
    #expect(sent == [.state, .streamEnd, .state])
    let other = try broker.submit(key: "other")
    broker.send(.fetch(Message.Fetch(job: other, limit: 1 << 30, waits: true)), from: client)
    broker.send(.bye, from: client)
    let lease = try #require(broker.connectWorker().leases.first)
    #expect(try broker.complete(lease).filter { $0.peer == client }.isEmpty)
  }

  @Test("results give way, the oldest first, when there are too many; the job is still known")
  func retention() throws {
    var broker = try Harness { $0.resultByteCount = 50 }
    broker.connectClient()
    var jobs: [JobID] = []
    broker.connectWorker()
    for key in ["a", "b"] {
      let sent = broker.send(.submit(Message.Submit(idempotencyKey: key)), payload: JobBody.encode(Harness.items()), from: client)
      let lease = try #require(sent.leases.first)
      jobs.append(lease.lease!.job)
      try broker.complete(lease, note: "thirty bytes of note, at least")
    }
    #expect(broker.send(.fetch(Message.Fetch(job: jobs[0], limit: 1)), from: client).rejections.map(\.code) == [.gone])
    #expect(broker.send(.fetch(Message.Fetch(job: jobs[1], limit: 1_000)), from: client).last?.content.type == .streamEnd)
    #expect(try broker.submit(key: "a") == jobs[0])
  }

  @Test("finished jobs give way, the oldest first, when there are too many; their keys stay")
  func finishedJobCount() throws {
    var broker = try Harness { $0.finishedJobCount = 2 }
    broker.connectClient()
    let jobs = try ["a", "b", "c"].map { key in
      let job = try broker.submit(key: key)
      broker.send(.cancel(job), from: client)
      return job
    }
    #expect(broker.send(.status(jobs[0]), from: client).rejections.map(\.code) == [.gone])
    #expect(try broker.status(jobs[1]).state == .cancelled && broker.status(jobs[2]).state == .cancelled)
    #expect(Set(broker.disk.jobs.keys) == Set(jobs[1...]))
    #expect(try broker.submit(key: "a") == jobs[0])
    var again = try Harness(broker.disk) { $0.finishedJobCount = 1 }
    again.connectClient()
    #expect(again.send(.status(jobs[1]), from: client).rejections.map(\.code) == [.gone], "the bound holds after a restart")
    #expect(try again.status(jobs[2]).state == .cancelled)
  }

  @Test("a result is kept for its time, and a job for its own")
  func times() throws {
    var broker = try Harness {
      $0.resultRetention = .seconds(10); $0.jobRetention = .seconds(20); $0.goneTime = .seconds(100)
    }
    broker.connectClient()
    let job = try broker.submit()
    try broker.complete(try #require(broker.connectWorker().leases.first))
    func answer() -> [Message.Reject.Code] {
      broker.send(.fetch(Message.Fetch(job: job, limit: 1_000)), from: client).rejections.map(\.code)
    }
    broker.pass(.seconds(9))
    #expect(answer() == [])
    broker.pass(.seconds(2))
    #expect(answer() == [.gone])
    broker.pass(.seconds(10))
    #expect(answer() == [.unknownJob])
    #expect(broker.disk.jobs.isEmpty)
  }

  @Test("events are numbered without gaps, and resume where the reader left off")
  func events() throws {
    var broker = try Harness()
    broker.connectClient()
    let job = try broker.submit()
    let first = broker.send(.subscribe(Message.Subscribe(job: job)), from: client).compactMap(\.event)
    #expect(first.map(\.state) == [.queued])
    var events = first
    let sent = broker.connectWorker()
    events += sent.compactMap(\.event)
    let lease = try #require(sent.leases.first)
    events += broker.send(.started(lease.lease!.fence), from: worker).compactMap(\.event)
    events += try broker.complete(lease).compactMap(\.event)
    #expect(events.map(\.state) == [.queued, .leased, .running, .succeeded])
    #expect(events.map(\.sequence) == [1, 2, 3, 4])
    let resumed = broker.send(.subscribe(Message.Subscribe(job: job, after: 2)), from: client).compactMap(\.event)
    #expect(resumed == Array(events[2...]))
  }

  @Test("a queued job is cancelled at once")
  func cancelQueued() throws {
    var broker = try Harness()
    broker.connectClient()
    let job = try broker.submit()
    guard case .state(let status) = broker.send(.cancel(job), from: client).first?.content else {
      Issue.record("no answer")
      return
    }
    #expect(status.state == .cancelled)
    #expect(broker.connectWorker().leases.isEmpty)
  }

  @Test("a running job is cancelled when its worker lets go, and nothing of it succeeds after the answer")
  func cancelRunning() throws {
    var broker = try Harness()
    broker.connectClient()
    let job = try broker.submit()
    let lease = try #require(broker.connectWorker().leases.first)
    let fence = lease.lease!.fence
    broker.send(.started(fence), from: worker)
    let sent = broker.send(.cancel(job), from: client)
    #expect(sent.types(to: client) == [.state])
    #expect(sent.contents.contains(.revoke([fence])))
    #expect(try broker.status(job).state == .cancelling)
    #expect(try broker.complete(lease).contents.contains(.stale([fence])))
    #expect(try broker.status(job).state == .cancelled)
  }

  @Test("a worker that releases a revoked lease ends the cancellation")
  func release() throws {
    var broker = try Harness()
    broker.connectClient()
    let job = try broker.submit()
    let lease = try #require(broker.connectWorker().leases.first?.lease)
    broker.send(.cancel(job), from: client)
    broker.send(.release([lease.fence]), from: worker)
    #expect(try broker.status(job).state == .cancelled)
  }

  @Test("listings show a tenant's own jobs, and all workers")
  func listings() throws {
    var broker = try Harness()
    broker.connectClient()
    let jobs = [try broker.submit(key: "a"), try broker.submit(key: "b")]
    broker.connectWorker()
    let sent = broker.send(.list(Message.List(kind: .jobs)), from: client)
    #expect(try ListingBody.decode(sent[0].message.payload).jobs.map(\.job) == jobs.reversed())
    let workers = broker.send(.list(Message.List(kind: .workers)), from: client)
    let summary = try #require(try ListingBody.decode(workers[0].message.payload).workers.first)
    #expect(summary.leases == 1)
    #expect(summary.name == "worker")
  }
}
