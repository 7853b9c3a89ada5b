import Broker
import Protocol
import Testing

/// Jobs that wait, or have ended, in the store alone: nobody can tell but by the memory.
@Suite("Parking")
struct ParkingTests {
  let client = Harness.client
  let worker = Harness.worker

  /// A broker with room for two jobs that wait and two that ended.
  private static func harness(_ contents: StoreContents = StoreContents()) throws -> Harness {
    var harness = try Harness(contents) { $0.residentJobCount = 2 }
    harness.connectClient()
    return harness
  }

  /// Runs all jobs there are, and gives them in the order in which they were leased.
  private static func drain(_ harness: inout Harness) throws -> [JobID] {
    var order: [JobID] = []
    var leases = harness.connectWorker().leases
    while let lease = leases.first {
      order.append(try #require(lease.lease).job)
      leases = try harness.complete(lease).leases
    }
    return order
  }

  @Test("jobs beyond the room wait in the store, and run in the order of their acceptance")
  func order() throws {
    var harness = try Self.harness()
    let jobs = try (0..<40).map { try harness.submit(key: "\($0)") }
    #expect(harness.state.residentJobCount <= 3)
    #expect(try Self.drain(&harness) == jobs)
    #expect(harness.state.residentJobCount <= 3)
    for job in jobs { #expect(try harness.status(job).state == .succeeded) }
  }

  @Test("a broker starts with a line of each job, and runs them in the order of their acceptance")
  func restart() throws {
    var before = try Self.harness()
    let jobs = try (0..<40).map { try before.submit(key: "\($0)") }
    var after = try Self.harness(before.disk)
    #expect(after.state.residentJobCount == 0)
    #expect(try after.status(jobs[7]).state == .queued)
    #expect(try after.status(jobs[7]).queuePosition == 8)
    #expect(try Self.drain(&after) == jobs)
  }

  @Test("a parked job answers as one in memory does: status, events, result, its key, a cancellation")
  func answers() throws {
    var harness = try Self.harness()
    let jobs = try (0..<6).map { try harness.submit(key: "\($0)") }
    _ = try Self.drain(&harness)
    let first = jobs[0]
    let events = harness.send(.subscribe(Message.Subscribe(job: first)), from: client).compactMap(\.event)
    #expect(events.map(\.sequence) == Array(1...UInt64(events.count)) && events.last?.state == .succeeded)
    for job in jobs.dropFirst() { _ = try harness.status(job) }
    #expect(try harness.submit(key: "0") == first)
    for job in jobs.dropFirst() { _ = try harness.status(job) }
    let sent = harness.send(.fetch(Message.Fetch(job: first, limit: 1 << 20)), from: client)
    #expect(Digest(of: sent.dropLast().flatMap(\.message.payload)) == (try harness.status(first).resultDigest))
    for job in jobs.dropFirst() { _ = try harness.status(job) }
    let answer = harness.send(.cancel(first), from: client).contents
    guard case .state(let status) = answer.first else { throw Harness.Refused(sent: []) }
    #expect(status.state == .succeeded)
  }

  @Test("a job that waits in the store is cancelled, and expires, like any other")
  func ends() throws {
    var harness = try Self.harness()
    let jobs = try (0..<6).map { try harness.submit(key: "\($0)", deadline: $0 == 5 ? .seconds(3) : nil) }
    harness.send(.cancel(jobs[4]), from: client)
    #expect(try harness.status(jobs[4]).state == .cancelled)
    harness.pass(.seconds(4))
    harness.connectClient()
    #expect(try harness.status(jobs[5]).state == .expired)
    #expect(try Self.drain(&harness) == Array(jobs.prefix(4)))
  }

  @Test("a job that cannot be read is refused with the reason, and the others go on")
  func damage() throws {
    var harness = try Self.harness()
    let jobs = try (0..<6).map { try harness.submit(key: "\($0)") }
    harness.readsAtOnce = false
    harness.send(.status(jobs[4]), from: client)
    let sent = harness.step(.loadFailed(jobs[4], LoadFailure("is not what was written", isDamage: true)))
    guard case .reject(let reject) = sent.first?.content else { throw Harness.Refused(sent: sent) }
    #expect(reject.code == .storage && reject.message.contains("\(jobs[4]): is not what was written"))
    #expect(reject.retryAfter == nil)
    harness.readsAtOnce = true
    #expect(try Self.drain(&harness) == jobs.filter { $0 != jobs[4] })
  }

  @Test("a job that could not be read this time is refused with a time to ask again, and is served then")
  func failedRead() throws {
    var harness = try Self.harness()
    let jobs = try (0..<6).map { try harness.submit(key: "\($0)") }
    harness.readsAtOnce = false
    harness.send(.status(jobs[4]), from: client)
    let sent = harness.step(.loadFailed(jobs[4], LoadFailure("input/output error", isDamage: false)))
    let reject = try #require(sent.rejections.first)
    #expect(reject.code == .storage && reject.retryAfter == .seconds(10))
    harness.readsAtOnce = true
    #expect(try harness.status(jobs[4]).state == .queued)
  }

  @Test("a listing has jobs in memory and in the store, the newest first")
  func listing() throws {
    var harness = try Self.harness()
    let jobs = try (0..<6).map { try harness.submit(key: "\($0)") }
    let sent = harness.send(.list(Message.List(kind: .jobs, limit: 5)), from: client)
    let payload = try #require(sent.first?.message.payload)
    #expect(try ListingBody.decode(payload).jobs.map(\.job) == Array(jobs.reversed().prefix(5)))
    guard case .listing(let listing) = sent.first?.content else { throw Harness.Refused(sent: sent) }
    #expect(listing.totalJobs == 6 && listing.queuedCircuits == 6)
  }

  @Test("what waits for the store is bounded")
  func bound() throws {
    var harness = try Self.harness()
    let jobs = try (0..<6).map { try harness.submit(key: "\($0)") }
    harness.readsAtOnce = false
    for _ in 0..<4_096 { #expect(harness.send(.status(jobs[5]), from: client).isEmpty) }
    guard case .reject(let reject) = harness.send(.status(jobs[5]), from: client).first?.content else {
      throw Harness.Refused(sent: [])
    }
    #expect(reject.code == .busy && reject.retryAfter != nil)
    #expect(harness.effects.count { if case .load = $0 { true } else { false } } == 1, "a job is read once for all who wait")
  }
}
