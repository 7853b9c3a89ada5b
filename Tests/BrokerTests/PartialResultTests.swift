import Broker
import Protocol
import Testing

@Suite("Partial results")
struct PartialResultTests {
  let client = Harness.client
  let worker = Harness.worker

  private func fetch(_ broker: inout Harness, _ job: JobID, _ circuits: Range<Int>, offset: Int = 0, limit: Int = 1 << 30)
    -> [Harness.Sent]
  {
    broker.send(.fetch(Message.Fetch(job: job, offset: offset, limit: limit, circuits: circuits)), from: client)
  }

  /// The bytes and the end of a fetch.
  private func whole(_ sent: [Harness.Sent]) throws -> (bytes: [UInt8], end: Message.StreamEnd) {
    guard case .streamEnd(let end)? = sent.last?.content else { throw Harness.Refused(sent: sent) }
    return (sent.dropLast().flatMap(\.message.payload), end)
  }

  /// A job of so many circuits of which every other one, and no more, is completed by a worker that was not asked.
  private func scattered(_ count: Int) throws -> (Harness, JobID) {
    var broker = try Harness { $0.goneTime = .seconds(100) }
    broker.connectClient()
    broker.send(.hello(Message.Hello(role: .worker, name: "w")), from: worker)
    let job = try broker.submit(Harness.items(count))
    for circuit in stride(from: 0, to: count, by: 2) { complete(&broker, job, circuit..<circuit + 1) }
    return (broker, job)
  }

  private func complete(_ broker: inout Harness, _ job: JobID, _ circuits: Range<Int>) {
    let results = circuits.map { CircuitResult(item: $0, row: 0, outcome: .values(CircuitValues(qubitCount: 1, notes: ["\($0)"]))) }
    let complete = Message.Complete(fence: Fence(epoch: 9, sequence: 9), job: job, circuits: circuits, busyTime: .zero)
    broker.send(.complete(complete), payload: ResultBody.encode(results), from: worker)
  }

  @Test("events name the circuits completed since the event before, each once, and together all", arguments: [false, true])
  func events(restarts: Bool) throws {
    var broker = try Harness {
      $0.goneTime = .seconds(100); $0.leaseTime = .seconds(100)
    }
    broker.connectClient()
    let job = try broker.submit(Harness.items(100))
    var leases = broker.connectWorker().leases
    var count = 0
    while let lease = leases.popLast() {
      leases += try broker.complete(lease).leases
      count += 1
      if count == 2 { broker.pass(.milliseconds(200)) }
      if restarts && count == 2 {
        broker = try broker.restarted {
          $0.goneTime = .seconds(100); $0.leaseTime = .seconds(1)
        }
        broker.connectWorker()
        leases = broker.pass(.seconds(2)).leases
      }
    }
    let events = broker.events(job)
    #expect(events.last?.state == .succeeded)
    var named = RangeSet()
    for event in events {
      for range in event.circuits {
        #expect(named.gaps(in: range) == [range])
        named.insert(range)
      }
      #expect(named.count == event.completed && !event.hasMoreCircuits)
    }
    #expect(events.count { !$0.circuits.isEmpty } >= 2)
  }

  @Test("an event names so many ranges and says that there are more, which later ones name; after the last they are fetched")
  func manyRanges() throws {
    var (broker, job) = try scattered(400)
    broker.pass(.milliseconds(300))
    var events = broker.events(job)
    #expect(events.map(\.circuits.count).max() == 64)
    let first = try #require(events.first { !$0.circuits.isEmpty })
    #expect(first.hasMoreCircuits || events.count > 2)
    broker.pass(.seconds(1))
    events = broker.events(job)
    #expect(events.flatMap(\.circuits).count == 200 && events.last?.hasMoreCircuits == false)
    var (other, cancelled) = try scattered(400)
    _ = try other.answer(.cancel(cancelled))
    #expect(other.events(cancelled).last?.hasMoreCircuits == true)
    #expect(try ResultBody.decode(whole(fetch(&other, cancelled, 0..<400)).bytes).count == 200)
  }

  @Test("a range of a job that runs gives what there is of it, the bytes that the result has for it")
  func running() throws {
    var (broker, job) = try scattered(10)
    complete(&broker, job, 2..<8)
    let (part, end) = try whole(fetch(&broker, job, 1..<6))
    #expect(end.present == [2..<6] && end.circuits == 1..<6 && end.state == .queued && !end.hasMore)
    #expect(end.digest == Digest(of: part) && end.byteCount == part.count)
    let (all, allEnd) = try whole(fetch(&broker, job, 0..<10))
    #expect(allEnd.present == [0..<1, 2..<9])
    for circuit in [1, 9] { complete(&broker, job, circuit..<circuit + 1) }
    let result = try whole(broker.send(.fetch(Message.Fetch(job: job, limit: 1 << 30)), from: client)).bytes
    #expect(try whole(fetch(&broker, job, 0..<10)).bytes == result)
    #expect(try whole(fetch(&broker, job, 1..<6)).bytes.count > part.count)
    let entries = try ResultBody.entries(result)
    #expect(part == Array(result[entries[2].bytes.lowerBound..<entries[5].bytes.upperBound]))
    #expect(all == Array(result[entries[0].bytes]) + Array(result[entries[2].bytes.lowerBound..<entries[8].bytes.upperBound]))
  }

  @Test("a range that begins or ends within a lease gives its own circuits alone")
  func within() throws {
    var (broker, job) = try scattered(1)
    let more = try broker.submit(Harness.items(8), key: "more")
    complete(&broker, more, 0..<6)
    #expect(try ResultBody.decode(whole(fetch(&broker, more, 2..<4)).bytes).map(\.item) == [2, 3])
    #expect(try ResultBody.decode(whole(fetch(&broker, more, 4..<8)).bytes).map(\.item) == [4, 5])
    #expect(try broker.status(job).state == .succeeded)
  }

  @Test("of more ranges than a message names the first come, and it is said that there are more")
  func cut() throws {
    var (broker, job) = try scattered(600)
    let (bytes, end) = try whole(fetch(&broker, job, 0..<600))
    #expect(end.present.count == 256 && end.hasMore)
    let last = try #require(end.present.last)
    let (rest, restEnd) = try whole(fetch(&broker, job, last.upperBound..<600))
    #expect(!restEnd.hasMore)
    #expect(try ResultBody.decode(bytes + rest).map(\.item) == Array(stride(from: 0, to: 600, by: 2)))
  }

  @Test("a partial result waits for credit and goes on from any offset")
  func credit() throws {
    var (broker, job) = try scattered(50)
    let all = try whole(fetch(&broker, job, 0..<50)).bytes
    let first = fetch(&broker, job, 0..<50, limit: 100)
    #expect(first.flatMap(\.message.payload) == Array(all[..<100]))
    let second = broker.send(.credit(Message.Credit(job: job, limit: 1 << 20)), from: client)
    #expect(try whole(second).bytes == Array(all[100...]))
    #expect(try whole(fetch(&broker, job, 0..<50, offset: 70)).bytes == Array(all[70...]))
  }

  @Test("nothing is seen of a result before it is kept")
  func kept() throws {
    var (broker, job) = try scattered(2)
    broker.commitsAtOnce = false
    complete(&broker, job, 1..<2)
    #expect(fetch(&broker, job, 0..<2).isEmpty)
    #expect(broker.commit().types(to: client) == [.result, .streamEnd])
  }

  @Test("what was seen of a job that is cancelled stays")
  func cancelled() throws {
    var (broker, job) = try scattered(10)
    let seen = try whole(fetch(&broker, job, 0..<10)).bytes
    _ = try broker.answer(.cancel(job))
    for broker in [broker, try broker.restarted()] {
      var broker = broker
      #expect(try whole(fetch(&broker, job, 0..<10)).bytes == seen)
      #expect(try whole(broker.send(.fetch(Message.Fetch(job: job, limit: 1 << 30)), from: client)).bytes == seen)
    }
  }

  @Test("circuits that the job has not are refused, and so is a result that is no longer kept")
  func refused() throws {
    var (broker, job) = try scattered(10)
    #expect(fetch(&broker, job, 5..<11).rejections.map(\.code) == [.invalidValue])
    #expect(try whole(fetch(&broker, job, 1..<2)).end.present.isEmpty)
    #expect(fetch(&broker, job, 1..<2, offset: 1).rejections.map(\.code) == [.invalidValue])
    var configured = try broker.restarted { $0.resultRetention = .zero }
    _ = try configured.answer(.cancel(job))
    configured.pass(.milliseconds(200))
    #expect(fetch(&configured, job, 0..<1).rejections.map(\.code) == [.gone])
  }
}
