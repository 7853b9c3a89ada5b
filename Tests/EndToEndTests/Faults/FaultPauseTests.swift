import Client
import Foundation
import Protocol
import Testing

/// Case 7, and what of case 28 is about brokers and workers that come and go.
@Suite("Faults: a broker that stands still, stops or is replaced", .serialized)
struct FaultPauseTests {
  @Test(
    "case 7: after 30 s in which the broker stood still no worker is thought dead, and each circuit was run once", .tags(.process))
  func brokerStoodStill() async throws {
    let site = try FaultSite()
    var checker = FaultChecker()
    let workers = [try site.startWorker(), try site.startWorker()]
    let client = try await site.client()
    for key in ["a", "b"] { checker.sawAccepted(try await client.submit(try FaultWork.long(key: key)), key: key) }
    for job in checker.jobs { try await client.waitUntilRunning(job) }
    site.broker.signal(SIGSTOP)
    // The time itself is the fault.
    try await Task.sleep(for: .seconds(30))
    site.broker.signal(SIGCONT)
    await client.close()
    try await checker.check(site)
    let reader = try await site.client()
    for job in checker.jobs {
      let status = try await reader.status(of: job)
      #expect(status.crashes == 0 && status.attempts == 0, "job \(job) lost a worker to the broker's own pause")
      // Given out once: were it given out again, it would have been leased or queued anew.
      var states: [JobState] = []
      for try await event in await reader.events(of: job) where states.last != event.state { states.append(event.state) }
      #expect(states.count { $0 == .running } == 1 && !states.drop { $0 != .running }.contains(.queued), "job \(job): \(states)")
    }
    await reader.close()
    for worker in workers { #expect(worker.isRunning) }
  }

  @Test("case 28: a broker that is stopped and started again finds its workers, and they what they held", .tags(.process))
  func brokerReplaced() async throws {
    let site = try FaultSite()
    var checker = FaultChecker()
    let worker = try site.startWorker()
    let client = try await site.client()
    let long = try await client.submit(try FaultWork.long(key: "long"))
    checker.sawAccepted(long, key: "long")
    checker.sawAccepted(try await client.submit(try FaultWork.short(50, key: "short")), key: "short")
    try await client.waitUntilRunning(long.job)
    await client.close()
    // As an upgrade does it: what is leased may end, then the broker goes, and another comes.
    site.broker.signal(SIGTERM)
    #expect(try site.broker.finish().status == 0)
    try site.restartBroker()
    try await checker.check(site)
    #expect(worker.isRunning, "the worker left with its broker")
  }

  @Test("case 28: all workers are replaced one after the other under load", .tags(.process))
  func workersReplaced() async throws {
    let site = try FaultSite()
    var checker = FaultChecker()
    var workers = [try site.startWorker(), try site.startWorker()]
    let client = try await site.client()
    for number in 0..<6 {
      checker.sawAccepted(try await client.submit(try FaultWork.short(150, key: "\(number)")), key: "\(number)")
      if number % 2 == 1 {
        let old = workers.removeFirst()
        workers.append(try site.startWorker())
        old.signal(SIGTERM)
        #expect(try old.finish().status == 0)
      }
    }
    await client.close()
    try await checker.check(site)
    let reader = try await site.client()
    for job in checker.jobs { #expect(try await reader.status(of: job).crashes == 0) }
    await reader.close()
  }
}
