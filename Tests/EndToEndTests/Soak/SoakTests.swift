import Client
import Foundation
import Protocol
import TestSupport
import Testing

/// All faults under load, for as long as `KETWORK_SOAK_SECONDS` says; `scripts/soak` runs half an hour.
@Suite("soak", .serialized)
struct SoakTests {
  @Test("jobs of all kinds end once and right, whatever happens to the broker and its workers", .tags(.process))
  func soak() async throws {
    let environment = ProcessInfo.processInfo.environment
    let seconds = Double(environment["KETWORK_SOAK_SECONDS"] ?? "") ?? 10
    let seed = UInt64(environment["KETWORK_SOAK_SEED"] ?? "") ?? .random(in: 0...UInt64.max)
    print("soak: seed \(seed), \(seconds) s")
    let ledger = Shared(SoakLedger())
    let end = Date() + seconds
    let chaos = try SoakChaos(seed: seed, end: end)
    defer { chaos.stop() }
    try await withThrowingTaskGroup { group in
      group.addTask { try await load(chaos.endpoint, ledger, end, seed: seed) }
      group.addTask { try await chaos.watch() }
      try await group.next()
      group.cancelAll()
    }
    let (faults, samples) = try await chaos.finish()
    try await settle(chaos.endpoint, ledger)
    let report = SoakReport(seed: seed, seconds: seconds, faults: faults, ledger: ledger.current, samples: samples)
    print(report.text)
    if let path = environment["KETWORK_SOAK_REPORT"] { try Data(report.text.utf8).write(to: URL(filePath: path)) }
    #expect(ledger.current.problems.isEmpty, "seed \(seed)")
    #expect(ledger.current.unfinished.isEmpty, "seed \(seed): \(ledger.current.unfinished.count) jobs never ended")
    #expect(ledger.current.counts["accepted"] ?? 0 > 0 && !faults.isEmpty, "nothing was done")
  }

  private func load(_ endpoint: String, _ ledger: Shared<SoakLedger>, _ end: Date, seed: UInt64) async throws {
    let (works, long) = (try SoakWork.all(), try SoakWork.long())
    try await withThrowingTaskGroup { group in
      for number in 0..<6 {
        let client = SoakClient(number: number, endpoint: endpoint, works: works, long: long, ledger: ledger, end: end)
        group.addTask { try await client.run(seed: seed &+ UInt64(number) + 1) }
      }
      try await group.waitForAll()
    }
  }

  /// With everything put right, what was accepted ends, and what had ended is as it was.
  private func settle(_ endpoint: String, _ ledger: Shared<SoakLedger>) async throws {
    var configuration = ClientConfiguration(endpoints: [endpoint], name: "soak's end")
    configuration.connectTimeout = .seconds(120)
    let client = try await KetworkClient.connect(configuration)
    let unfinished = Set(ledger.current.unfinished)
    for job in ledger.current.jobs {
      do {
        let status =
          try await unfinished.contains(job) ? client.wait(for: job, timeout: .seconds(300)).status : client.status(of: job)
        ledger.update { $0.saw(status) }
      } catch let error as ClientError where error.code == .gone || error.code == .unknownJob {
        // The broker remembers the last 5,000.
        ledger.update { $0.count("forgotten") }
      }
    }
    await client.close()
  }
}
