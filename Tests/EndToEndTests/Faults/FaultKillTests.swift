import Client
import Foundation
import Protocol
import TestSupport
import Testing

/// Cases 1 to 3: the broker is killed where it would hurt most.
@Suite("Faults: a broker that is killed", .serialized)
struct FaultKillTests {
  /// Kills in one run of case 1; more with KETWORK_FAULT_ROUNDS.
  static let roundCount = ProcessInfo.processInfo.environment["KETWORK_FAULT_ROUNDS"].flatMap { Int($0) } ?? 8
  static let seed = ProcessInfo.processInfo.environment["KETWORK_FAULT_SEED"].flatMap { UInt64($0) } ?? 1

  @Test("case 1: killed as it enters writes and flushes of its store, it keeps every promise", .tags(.process))
  func atBoundaries() async throws {
    var generator = SplitMix(seed: Self.seed)
    let site = try FaultSite()
    let worker = try site.startWorker()
    var checker = FaultChecker()
    var killedAtBoundary = 0
    for round in 0..<Self.roundCount {
      let call = Bool.random(using: &generator) ? "fdatasync" : "pwrite64"
      let number = Int.random(in: 1...(call == "fdatasync" ? 3 : 8), using: &generator)
      let strace = try await Strace.kill(site.broker, at: call, number: number, paths: [site.store, site.log, site.mark])
      let client = try await site.client()
      let work = try FaultWork.short(6, key: "round \(round)")
      let receipt = Shared<Submitted?>(nil)
      let isDone = Shared(false)
      let task = Task {
        let submitted = try await client.submit(work)
        receipt.update { $0 = submitted }
        _ = try await client.wait(for: submitted.job)
        isDone.update { $0 = true }
      }
      try await eventually("seed \(Self.seed), round \(round): neither killed nor done") {
        isDone.current || !site.broker.isRunning
      }
      if !site.broker.isRunning { killedAtBoundary += 1 }
      await client.close()
      _ = await task.result
      try site.killBroker()
      strace.detach()
      try site.restartBroker()
      if let submitted = receipt.current { checker.sawAccepted(submitted, key: work.job.idempotencyKey) }
      let again = try await site.client()
      checker.sawAccepted(try await again.submit(work), key: work.job.idempotencyKey)
      await again.close()
    }
    #expect(killedAtBoundary * 2 >= Self.roundCount, "seed \(Self.seed): only \(killedAtBoundary) kills at a boundary")
    try await checker.check(site)
    #expect(worker.isRunning)
  }

  @Test("case 2: killed between a result's receipt and its commit, it takes the result when it comes again, once", .tags(.process))
  func beforeCommit() async throws {
    let site = try FaultSite()
    var checker = FaultChecker()
    let client = try await site.client()
    let work = try FaultWork.short(1, key: "k")
    let submitted = try await client.submit(work)
    checker.sawAccepted(submitted, key: "k")
    let worker = try FaultPeer(site.endpoint)
    try worker.hello(.worker)
    let (lease, items) = try worker.takeLease()
    try await client.waitUntilRunning(submitted.job)
    await client.close()
    // What was written to the log outlives the process, flushed or not: so it is killed before that.
    let strace = try await Strace.kill(site.broker, at: "pwrite64", paths: [site.log])
    try worker.complete(lease, items)
    #expect(try worker.next(.committed, .stale, within: .seconds(2)) == nil, "the broker says that it has what it may lose")
    #expect(try site.broker.finish().status == SIGKILL)
    strace.detach()
    try site.restartBroker()
    let again = try FaultPeer(site.endpoint)
    try again.hello(.worker)
    try again.send(.renew([lease.fence]))
    try again.complete(lease, items)
    let answer = try #require(try again.next(.committed, .stale))
    #expect(answer.content == .committed([lease.fence]))
    try again.complete(lease, items)
    #expect(try #require(try again.next(.committed, .stale)).content == .stale([lease.fence]))
    try await checker.check(site)
  }

  @Test("case 3: killed after a commit and before ACCEPTED, it answers the second SUBMIT with the first's job", .tags(.process))
  func beforeAnswer() async throws {
    let site = try FaultSite()
    var checker = FaultChecker()
    let work = try FaultWork.short(3, key: "k")
    let client = try FaultPeer(site.endpoint)
    try client.hello(.client)
    // The template goes ahead, so that the next commit is the job's alone.
    try client.submit(try FaultWork.short(3, key: "ahead"))
    _ = try #require(try client.next(.accepted))
    // The mark is written once the commit is durable, and before anybody hears of it.
    let strace = try await Strace.kill(site.broker, at: "pwrite64", paths: [site.mark])
    try client.submit(work)
    #expect(try client.next(.accepted, within: .seconds(2)) == nil)
    #expect(try site.broker.finish().status == SIGKILL)
    strace.detach()
    try site.restartBroker()
    let worker = try site.startWorker()
    let again = try await site.client()
    let submitted = try await again.submit(work)
    #expect(submitted.isDuplicate, "the job was committed, and is not known")
    checker.sawAccepted(submitted, key: "k")
    #expect(try await again.queue(includesFinished: true).jobCount == 2)
    await again.close()
    try await checker.check(site)
    #expect(worker.isRunning)
  }
}
