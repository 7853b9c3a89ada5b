import Client
import Foundation
import Protocol
import TestSupport
import Testing

/// Case 20: what is left after power is lost at any moment.
@Suite("Faults: a loss of power", .serialized)
struct FaultPowerTests {
  /// Cuts in one run; more with KETWORK_FAULT_ROUNDS.
  static var cutCount: Int { FaultKillTests.roundCount }

  /// What a client heard, and when it had heard it at the latest.
  private struct Heard {
    var accepted: [(job: JobID, time: Double)] = []
    var ended: [(outcome: JobOutcome, time: Double)] = []
  }

  @Test("case 20: of all that was told before the power went, nothing is missing after it", .tags(.process))
  func powerCut() async throws {
    let site = try FaultSite()
    let files = [site.store, site.log, site.mark]
    // Nothing happens now, and all that happened is flushed.
    let base = try files.map { try [UInt8](Data(contentsOf: URL(filePath: $0))) }
    let strace = try await Strace(site.broker, paths: files, ["trace=pwrite64,fdatasync,fsync,ftruncate"])
    let heard = try await Self.work(site)
    try site.killBroker()
    strace.detach()
    let log = try DiskLog(try strace.calls())
    var generator = SplitMix(seed: FaultKillTests.seed)
    for _ in 0..<Self.cutCount {
      let cut = Int.random(in: 1...log.entries.count, using: &generator)
      for (path, contents) in zip(files, base) {
        let left = log.contents(of: path, from: contents, before: cut, generator: &generator)
        try Data(left).write(to: URL(filePath: path))
      }
      // It is memory that processes share, and of no use after a loss of power.
      if FileManager.default.fileExists(atPath: site.store + "-shm") {
        try FileManager.default.removeItem(atPath: site.store + "-shm")
      }
      let time = cut < log.entries.count ? log.entries[cut].time : .infinity
      try await Self.check(
        site, heard, before: time, "seed \(FaultKillTests.seed), power lost before write \(cut) of \(log.entries.count)")
    }
  }

  /// Jobs with a worker, one after the other and some at a time.
  private static func work(_ site: FaultSite) async throws -> Heard {
    let worker = try site.startWorker()
    let client = try await site.client()
    var heard = Heard()
    for number in 0..<12 {
      let submitted = try await client.submit(try FaultWork.short(8, key: "\(number)"))
      heard.accepted.append((submitted.job, Date().timeIntervalSince1970))
      if number % 3 == 2 {
        let outcome = try await client.wait(for: submitted.job)
        heard.ended.append((outcome, Date().timeIntervalSince1970))
      }
    }
    await client.close()
    worker.signal(SIGKILL)
    _ = try worker.finish()
    return heard
  }

  private static func check(_ site: FaultSite, _ heard: Heard, before cut: Double, _ place: Comment) async throws {
    try site.restartBroker()
    let client = try await site.client()
    for (job, time) in heard.accepted where time < cut {
      await #expect(throws: Never.self, "\(place): an accepted job is gone") { try await client.status(of: job) }
    }
    for (outcome, time) in heard.ended where time < cut {
      let status = try await client.status(of: outcome.status.job)
      #expect(status.state == .succeeded && status.resultDigest == outcome.status.resultDigest, "\(place): an end is undone")
    }
    await client.close()
    try site.killBroker()
  }
}
