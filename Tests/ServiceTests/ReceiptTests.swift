import Broker
import Circuits
import Client
import Protocol
import Simulator
import TestSupport
import Testing
import Worker

/// Receipts from a real worker, through a real broker, to a client.
@Suite(
  "Receipts of services", .enabled(if: SigningKey.isBuiltIn, "receipts are not built in: the package trait Receipts is off"),
  .timeLimit(.minutes(3)))
struct ServiceReceiptTests {
  private static func key(_ number: UInt8) throws -> SigningKey { try SigningKey(seed: [UInt8](repeating: number, count: 32)) }

  @Test("results of two signing workers are signed for, each circuit once, and verify; one changed byte does not")
  func signed() async throws {
    let keys = [try Self.key(1), try Self.key(2)]
    var configuration = BrokerConfiguration()
    configuration.receipts = ReceiptPolicy(areRequired: true, trustedKeys: Set(keys.map(\.fingerprint)))
    let service = try await Service.start(configuration: configuration)
    let workers = try keys.map { try service.worker(TestExecutor.slots(1), signingKey: $0) }
    let client = try await service.client()
    let (job, template) = try sampleJob(items: 400)
    let submitted = try await client.submit(job, templates: [template])
    let outcome = try await client.wait(for: submitted.job)
    #expect(outcome.status.state == .succeeded)
    var result = try await client.receiptedResult(of: submitted.job)
    let verifier = ReceiptVerifier(trustedKeys: configuration.receipts.trustedKeys, requestHash: JobBody.requestHash(job.items))
    #expect(try verifier.findings(in: result).isEmpty)
    #expect(try result.results() == Array(outcome.results))
    #expect(result.parts.count > 1 && result.circuitCount == 400)
    // Both say the same of the program they are: this one.
    let binaries = Set(try result.parts.map { try SignedReceipt(bytes: $0.receipt).receipt.binaryHash })
    #expect(binaries.count == 1 && binaries != [Digest(of: [])])
    let last = result.parts[1].bytes.count - 1
    result.parts[1].bytes[last] ^= 1
    #expect(try !verifier.findings(in: result).isEmpty)
    for worker in workers { try await worker.stop() }
    await client.close()
    await service.stop()
  }

  @Test("thousands of receipts come in several answers, in order")
  func pages() async throws {
    // A lease of each circuit: 400 receipts of 5 KiB are more than one answer holds.
    var configuration = BrokerConfiguration()
    configuration.leaseTarget = .nanoseconds(1)
    let service = try await Service.start(configuration: configuration)
    let worker = try service.worker(TestExecutor.slots(1), signingKey: try Self.key(1))
    let client = try await service.client()
    let (job, template) = try sampleJob(items: 400)
    let submitted = try await client.submit(job, templates: [template])
    _ = try await client.wait(for: submitted.job)
    let result = try await client.receiptedResult(of: submitted.job)
    #expect(result.parts.count > 200)
    #expect(try ReceiptVerifier().findings(in: result).isEmpty)
    try await worker.stop()
    await client.close()
    await service.stop()
  }

  @Test("a worker whose simulator lies is found by the other, and its job's result is the first one")
  func audit() async throws {
    var configuration = BrokerConfiguration()
    configuration.auditProbability = 1
    let service = try await Service.start(configuration: configuration)
    let summary = DeviceSummary(name: "cpu", memoryByteCount: 1 << 30)
    let liar = try service.worker([DeviceSlot(device: summary) { LyingExecutor() }], name: "liar")
    let client = try await service.client()
    let (job, template) = try sampleJob(items: 1, rows: 40)
    let submitted = try await client.submit(job, templates: [template])
    let outcome = try await client.wait(for: submitted.job)
    // Alone, it agrees with itself; with the other there, what it does from now on does not stand.
    try await eventually("it did not audit itself") { try await client.audits().counts.matching >= 1 }
    let honest = try service.worker(TestExecutor.slots(1), name: "honest")
    try await eventually("no second worker") { try await client.workers().count == 2 }
    let (next, _) = try sampleJob(items: 1, rows: 40, key: "next")
    let second = try await client.submit(next, templates: [template])
    _ = try await client.wait(for: second.job)
    try await eventually("the lie was not found") { try await client.audits().counts.mismatching >= 1 }
    let found = try #require(try await client.audits().mismatches.first)
    #expect(found.job == second.job && Set([found.first.name, found.second.name]) == ["liar", "honest"])
    #expect(try await client.wait(for: submitted.job).results == outcome.results)
    for worker in [liar, honest] { try await worker.stop() }
    await client.close()
    await service.stop()
  }
}

/// Gives every circuit the same outcome, whatever it is.
private final class LyingExecutor: ItemExecutor {
  func execute(_ item: Item, of template: Template, stop: StopFlag) throws(ItemError) -> CircuitResults {
    CircuitResults(
      item.rowIndices.map { row in
        let counts = Counts(bitCount: 16, outcomes: [(state: 0xffff, count: row + 1)])
        return CircuitResult(
          item: item.index, row: row,
          outcome: .values(CircuitValues(qubitCount: 16, shots: row + 1, counts: counts, method: "test", device: "cpu")))
      })
  }
}
