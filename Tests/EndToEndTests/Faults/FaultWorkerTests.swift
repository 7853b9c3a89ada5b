import Client
import Foundation
import Protocol
import TestSupport
import Testing

/// Cases 4 to 6: workers that die, and one that comes back too late.
@Suite("Faults: workers that die or stand still", .serialized)
struct FaultWorkerTests {
  /// When a job's events say that a circuit was given out again after a moment, in seconds after it.
  private static func secondsToRequeue(_ job: JobID, after moment: Date, _ client: KetworkClient) async throws -> Double {
    for try await event in await client.events(of: job) {
      let seconds = Double(event.unixNanoseconds) / 1e9 - moment.timeIntervalSince1970
      if seconds > 0, event.state != .running { return seconds }
    }
    throw CommandLineTool.Trouble("job \(job) was never given out again")
  }

  @Test(
    "case 4: a worker killed while it runs is noticed within a second by its connection, else by its silence",
    .tags(.process), arguments: [true, false])
  func killedWhileRunning(isConnectionSeenToBreak: Bool) async throws {
    let site = try FaultSite()
    var checker = FaultChecker()
    let proxy = try FaultProxy(to: site.endpoint)
    let worker = try site.startWorker(at: proxy.endpoint)
    let client = try await site.client()
    let submitted = try await client.submit(try FaultWork.long(key: "k"))
    checker.sawAccepted(submitted, key: "k")
    try await client.waitUntilRunning(submitted.job)
    // The proxy's end of the connection stays, and says nothing more.
    if !isConnectionSeenToBreak { proxy.set(.keepOpen) }
    worker.signal(SIGKILL)
    let killed = Date()
    _ = try worker.finish()
    let seconds = try await Self.secondsToRequeue(submitted.job, after: killed, client)
    if isConnectionSeenToBreak { #expect(seconds < 1) } else { #expect(seconds > 1 && seconds < 8) }
    let other = try site.startWorker()
    try await checker.check(site)
    #expect(try await client.status(of: submitted.job).crashes == 1)
    await client.close()
    proxy.stop()
    #expect(other.isRunning)
  }

  @Test("case 5: workers killed with results on their way to a slow disk cost nothing and double nothing", .tags(.process))
  func killedBeforeCommitted() async throws {
    let site = try FaultSite()
    var checker = FaultChecker()
    let client = try await site.client()
    let submitted = try await client.submit(try FaultWork.short(40_000, key: "k"))
    checker.sawAccepted(submitted, key: "k")
    // A lease takes no time beside the flush that its COMMITTED waits for: nearly every kill falls between RESULT and COMMITTED.
    let strace = try await Strace(site.broker, paths: [site.log], ["trace=fdatasync", "inject=fdatasync:delay_enter=300000"])
    var killCount = 0
    while killCount < 4 {
      let before = try await client.status(of: submitted.job)
      if before.state.isTerminal { break }
      let worker = try site.startWorker()
      try await eventually("no circuit is completed") { try await client.status(of: submitted.job).completed > before.completed }
      worker.signal(SIGKILL)
      _ = try worker.finish()
      killCount += 1
    }
    #expect(killCount >= 2, "the job was done before its workers could be killed")
    strace.detach()
    let last = try site.startWorker()
    try await checker.check(site)
    await client.close()
    #expect(last.isRunning)
  }

  @Test("case 6: a worker that stood still past its lease is late: the other's result stays, and it works on", .tags(.process))
  func stoodStill() async throws {
    let site = try FaultSite()
    var checker = FaultChecker()
    let late = try site.startWorker()
    let client = try await site.client()
    let submitted = try await client.submit(try FaultWork.long(key: "k"))
    checker.sawAccepted(submitted, key: "k")
    try await client.waitUntilRunning(submitted.job)
    late.signal(SIGSTOP)
    let other = try site.startWorker()
    let first = try await client.wait(for: submitted.job, timeout: .seconds(100))
    #expect(first.status.state == .succeeded)
    late.signal(SIGCONT)
    // With the other gone, only the late one can do this.
    other.signal(SIGKILL)
    let next = try await client.submit(try FaultWork.short(3, key: "next"))
    checker.sawAccepted(next, key: "next")
    _ = try await client.wait(for: next.job, timeout: .seconds(100))
    #expect(try await client.wait(for: submitted.job).results == first.results)
    #expect(late.isRunning)
    await client.close()
    try await checker.check(site)
  }
}
