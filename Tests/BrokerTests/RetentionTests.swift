import Broker
import Protocol
import Testing

@Suite("Retention")
struct RetentionTests {
  let client = Harness.client

  /// A broker that remembers one finished job, after two.
  private func entombed(configure: @escaping (inout BrokerConfiguration) -> Void = { _ in }) throws -> (Harness, [JobID]) {
    var broker = try Harness {
      $0.finishedJobCount = 1
      $0.goneTime = .seconds(100_000)
      configure(&$0)
    }
    broker.connectClient()
    let jobs = try ["a", "b"].map { key in
      let job = try broker.submit(key: key)
      broker.send(.cancel(job), from: client)
      return job
    }
    return (broker, jobs)
  }

  @Test("the key of a job that gave way answers as before, with its state, also after a restart")
  func tombstones() throws {
    let (broker, jobs) = try entombed()
    #expect(broker.disk.jobs.keys.sorted() == [jobs[1]] && broker.disk.tombstones.keys.sorted() == [jobs[0]])
    for broker in [broker, try broker.restarted { $0.finishedJobCount = 1 }] {
      var broker = broker
      func submit(_ count: Int) -> [Message.Content] {
        broker.send(.submit(Message.Submit(idempotencyKey: "a")), payload: JobBody.encode(Harness.items(count)), from: client)
          .contents
      }
      #expect(submit(1) == [.accepted(Message.Accepted(job: jobs[0], isDuplicate: true, state: .cancelled, total: 1))])
      let conflict = broker.send(
        .submit(Message.Submit(idempotencyKey: "a")), payload: JobBody.encode(Harness.items(2)), from: client)
      #expect(conflict.rejections.map(\.code) == [.conflict])
      for content in [
        Message.Content.fetch(Message.Fetch(job: jobs[0], limit: 1)), .status(jobs[0]), .subscribe(Message.Subscribe(job: jobs[0])),
        .cancel(jobs[0]), .retract(Message.Retract(job: jobs[0], reason: "")),
      ] {
        #expect(broker.send(content, from: client).rejections.map(\.code) == [.gone])
      }
    }
  }

  @Test("that a job is gone is not said before that is kept")
  func goneIsKept() throws {
    var (broker, jobs) = try entombed()
    broker.commitsAtOnce = false
    broker.send(.submit(Message.Submit(idempotencyKey: "c")), payload: JobBody.encode(Harness.items()), from: client)
    let third = try #require(broker.commit().contents.first)
    guard case .accepted(let accepted) = third else { throw Harness.Refused(sent: []) }
    broker.send(.cancel(accepted.job), from: client)
    #expect(broker.send(.status(jobs[1]), from: client).isEmpty)
    #expect(broker.commit().rejections.map(\.code) == [.gone])
  }

  @Test("another tenant's tombstone is as unknown as none, and its key is free")
  func tenants() throws {
    var (broker, jobs) = try entombed()
    let other = PeerID(identity: [9])
    broker.connectClient(other, tenant: "u")
    #expect(broker.send(.status(jobs[0]), from: other, tenant: "u").rejections.map(\.code) == [.unknownJob])
    let requeue = Message.Content.requeue(Message.Requeue(job: jobs[0], idempotencyKey: "r"))
    #expect(broker.send(requeue, from: other, tenant: "u").rejections.map(\.code) == [.unknownJob])
    #expect(try broker.submit(key: "a", from: other, tenant: "u") != jobs[0])
  }

  @Test("a tombstone goes after the time of its job, and then its key is free", arguments: [false, true])
  func times(restarts: Bool) throws {
    var (broker, jobs) = try entombed { $0.jobRetention = .seconds(20) }
    if restarts {
      broker = try broker.restarted {
        $0.jobRetention = .seconds(20); $0.finishedJobCount = 1; $0.goneTime = .seconds(100_000)
      }
    }
    broker.pass(.seconds(19))
    #expect(try broker.submit(key: "a") == jobs[0])
    broker.pass(.seconds(2))
    #expect(broker.disk.tombstones.isEmpty)
    #expect(try broker.submit(key: "a") != jobs[0])
  }

  @Test("beyond their own bound the oldest tombstones give way")
  func bound() throws {
    var (broker, jobs) = try entombed { $0.tombstoneCount = 2 }
    for key in ["c", "d"] { broker.send(.cancel(try broker.submit(key: key)), from: client) }
    #expect(broker.disk.tombstones.count == 2 && broker.disk.tombstones[jobs[0]] == nil)
    #expect(try broker.submit(key: "b") == jobs[1])
    #expect(try broker.submit(key: "a") != jobs[0])
  }

  @Test("when a result's time is over, the job's state, digest and events stay")
  func results() throws {
    var broker = try Harness {
      $0.resultRetention = .seconds(5); $0.goneTime = .seconds(100)
    }
    broker.connectClient()
    let job = try broker.submit()
    try broker.complete(try #require(broker.connectWorker().leases.first))
    let (status, events) = (try broker.status(job), broker.events(job))
    #expect(status.resultDigest != nil)
    broker.pass(.seconds(6))
    #expect(broker.disk.jobs[job]?.parts.isEmpty == true)
    for broker in [broker, try broker.restarted()] {
      var broker = broker
      #expect(broker.send(.fetch(Message.Fetch(job: job, limit: 1)), from: client).rejections.map(\.code) == [.gone])
      #expect(try broker.status(job) == status)
      #expect(broker.events(job) == events)
      // A retraction still has its event, which names no circuit again.
      _ = try broker.answer(.retract(Message.Retract(job: job, reason: "r")))
      #expect(broker.events(job).last?.circuits == [] && broker.events(job).last?.completed == 1)
    }
  }

  @Test("a result that goes while it is read is refused when it is asked for again, and never sent in part as the whole")
  func goneWhileRead() throws {
    var (broker, job, bytes) = try ReaderTests.finished(100, note: String(repeating: "x", count: 1_000))
    #expect(broker.send(.fetch(Message.Fetch(job: job, limit: 5_000)), from: client).count == 1)
    broker.now += .seconds(25 * 3_600)
    // The time passes at once, so that the client is not given up for its silence.
    broker.step(.tick)
    #expect(broker.send(.credit(Message.Credit(job: job, limit: bytes.count)), from: client).isEmpty)
    #expect(
      broker.send(.fetch(Message.Fetch(job: job, offset: 5_000, limit: 1 << 20)), from: client).rejections.map(\.code) == [.gone])
  }

  @Test("the key of a requeued job is kept by its tombstone, too")
  func requeued() throws {
    var (broker, job) = try DeadLetterTests.dead { $0.finishedJobCount = 1 }
    let requeue = Message.Content.requeue(Message.Requeue(job: job, idempotencyKey: "again"))
    func again() throws -> Message.Accepted {
      let sent = broker.send(requeue, from: client)
      for case .accepted(let accepted) in sent.contents { return accepted }
      throw Harness.Refused(sent: sent)
    }
    let new = try again()
    broker.send(.cancel(new.job), from: client)
    broker.send(.cancel(try broker.submit(key: "other")), from: client)
    #expect(Set(broker.disk.tombstones.keys) == [job, new.job])
    #expect(try again().job == new.job && again().isDuplicate)
    #expect(broker.disk.tombstones[new.job]?.requeuedFrom == job)
  }
}
