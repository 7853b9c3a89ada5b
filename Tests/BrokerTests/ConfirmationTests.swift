import Broker
import Protocol
import Testing

@Suite("Confirmations and retractions")
struct ConfirmationTests {
  let client = Harness.client
  let worker = Harness.worker

  private func confirm(_ job: JobID, _ count: Int) -> Message.Content { .confirm(Message.Confirm(job: job, count: count)) }

  private func retract(_ job: JobID, _ reason: String = "reorganisation") -> Message.Content {
    .retract(Message.Retract(job: job, reason: reason))
  }

  // MARK: Held

  @Test("a job is held until all its confirmations are reported, and then given out")
  func held() throws {
    var broker = try Harness()
    broker.connectClient()
    broker.connectWorker()
    let job = try broker.submit(confirmations: 3)
    #expect(try broker.status(job).state == .held)
    #expect(try broker.answer(confirm(job, 2)).confirmations == 2)
    #expect(try broker.status(job).message == "held until 3 confirmations, 2 so far")
    let sent = broker.send(confirm(job, 3), from: client)
    #expect(sent.leases.count == 1)
    #expect(broker.events(job).map(\.state) == [.held, .queued, .leased])
  }

  @Test("a count never goes back, and after the release it changes nothing")
  func counts() throws {
    var broker = try Harness()
    broker.connectClient()
    let job = try broker.submit(confirmations: 5)
    for (count, expected) in [(3, 3), (1, 3), (3, 3), (7, 7), (9, 7), (0, 7)] {
      #expect(try broker.answer(confirm(job, count)).confirmations == expected)
    }
    #expect(broker.events(job).map(\.state) == [.held, .queued])
  }

  @Test("counts and states outlive the broker")
  func restart() throws {
    var broker = try Harness()
    broker.connectClient()
    let job = try broker.submit(confirmations: 3)
    #expect(try broker.answer(confirm(job, 2)).state == .held)
    var after = try broker.restarted()
    #expect(after.connectWorker().leases.isEmpty)
    #expect(try after.status(job).confirmations == 2)
    #expect(after.send(confirm(job, 3), from: client).leases.count == 1)
    #expect(try after.restarted().disk.jobs[job]?.confirmations == 3)
  }

  @Test("a held job's deadline passes, it can be cancelled, and it counts in the quota")
  func ends() throws {
    var broker = try Harness {
      $0.tenantJobCount = 2; $0.goneTime = .seconds(100)
    }
    broker.connectClient()
    let expiring = try broker.submit(key: "a", deadline: .seconds(2), confirmations: 1)
    let cancelled = try broker.submit(key: "b", confirmations: 1)
    #expect(throws: Harness.Refused.self) { try broker.submit(key: "c") }
    #expect(try broker.answer(.cancel(cancelled)).state == .cancelled)
    broker.pass(.seconds(3))
    #expect(try broker.status(expiring).state == .expired)
    #expect(try broker.answer(confirm(expiring, 1)).state == .expired)
  }

  @Test("a worker cannot complete what is held")
  func completion() throws {
    var broker = try Harness()
    broker.connectClient()
    broker.connectWorker()
    let job = try broker.submit(confirmations: 1)
    let result = ResultBody.encode([CircuitResult(item: 0, row: 0, outcome: .values(CircuitValues(qubitCount: 1)))])
    let fence = Fence(epoch: 1, sequence: 1)
    let complete = Message.Complete(fence: fence, job: job, circuits: 0..<1, busyTime: .zero)
    #expect(broker.send(.complete(complete), payload: result, from: worker).contents == [.stale([fence])])
    #expect(try broker.status(job).state == .held)
  }

  // MARK: Retracted

  @Test("a retracted job is cancelled, wherever it stands before its end", arguments: [JobState.held, .queued, .leased, .running])
  func retracted(state: JobState) throws {
    var broker = try Harness()
    broker.connectClient()
    let job = try broker.submit(confirmations: state == .held ? 1 : 0)
    let lease = state == .held || state == .queued ? nil : broker.connectWorker().leases.first
    if state == .running { broker.send(.started(try #require(lease?.lease).fence), from: worker) }
    #expect(try broker.status(job).state == state)
    #expect(try broker.answer(retract(job)).retraction == "reorganisation")
    if let lease { #expect(try broker.complete(lease).contents.contains(.stale([lease.lease!.fence]))) }
    for broker in [broker, try broker.restarted()] {
      var broker = broker
      #expect(try broker.status(job).state == .cancelled)
      #expect(try broker.status(job).message == "retracted: reorganisation")
      #expect(broker.events(job).last?.isRetracted == true)
    }
  }

  @Test("a job that has ended keeps its state and result; both say that it was retracted, and one event more does")
  func retractedAfterEnd() throws {
    var (broker, job, bytes) = try ReaderTests.finished(3)
    let before = broker.events(job)
    let status = try broker.answer(retract(job))
    #expect(status.state == .succeeded && status.retraction == "reorganisation")
    #expect(try broker.answer(retract(job, "another")).retraction == "reorganisation", "the first reason stays")
    for broker in [broker, try broker.restarted()] {
      var broker = broker
      let events = broker.events(job)
      #expect(events.dropLast() == before[...])
      let last = try #require(events.last)
      #expect(last.sequence == before.last!.sequence + 1 && last.state == .succeeded && last.isRetracted)
      #expect(last.message == "retracted: reorganisation")
      let sent = broker.send(.fetch(Message.Fetch(job: job, limit: 1 << 20)), from: client)
      #expect(sent.dropLast().flatMap(\.message.payload) == bytes)
      guard case .streamEnd(let end)? = sent.last?.content else {
        Issue.record("no end")
        return
      }
      #expect(end.retraction == "reorganisation" && end.state == .succeeded && end.digest == Digest(of: bytes))
      let listed = broker.send(.list(Message.List(kind: .jobs, includesTerminal: true)), from: client)
      #expect(try ListingBody.decode(listed[0].message.payload).jobs[0].retraction == "reorganisation")
    }
  }

  @Test("a retraction is not acknowledged before it is kept")
  func retractionIsKept() throws {
    var (broker, job, _) = try ReaderTests.finished(1)
    broker.commitsAtOnce = false
    #expect(broker.send(retract(job), from: client).isEmpty)
    #expect(broker.commit().types(to: client) == [.state])
    #expect(broker.disk.jobs[job]?.retraction == "reorganisation")
  }

  @Test("the same transaction in two blocks is two jobs, and one's retraction leaves the other")
  func twoBlocks() throws {
    var broker = try Harness()
    broker.connectClient()
    let first = try broker.submit(key: "1:0xaa:0x77:0", confirmations: 2)
    let second = try broker.submit(key: "1:0xbb:0x77:0", confirmations: 2)
    #expect(first != second)
    #expect(try broker.answer(retract(first)).state == .cancelled)
    #expect(try broker.answer(confirm(second, 2)).state == .queued)
    #expect(try broker.submit(key: "1:0xaa:0x77:0", confirmations: 2) == first, "a retracted job's key stays its own")
  }
}
