import Broker
import Foundation
import Protocol
import Testing

/// Databases of which a bit is wrong or an end is missing: they are refused, or hold what was committed, and never anything else.
@Suite("Damaged stores")
struct DamagedStoreTests {
  /// Damages in one run of the tests; more with KETWORK_DAMAGE_COUNT.
  static let count = ProcessInfo.processInfo.environment["KETWORK_DAMAGE_COUNT"].flatMap { Int($0) } ?? 400

  /// One run again: KETWORK_DAMAGE_SEED, as a failure prints it.
  static let seed = ProcessInfo.processInfo.environment["KETWORK_DAMAGE_SEED"].flatMap { UInt64($0) }

  /// A store with jobs in all states of their lives: closed, or as a killed process leaves it, with half of the commits only in the log.
  private static func makeStore(isKilled: Bool) async throws -> (TemporaryStore.Folder, StoreContents) {
    let folder = try TemporaryStore.Folder()
    var expected = StoreContents()
    for half in 0..<2 {
      let store = TemporaryStore(folder: folder)
      _ = try await store.open()
      for number in 0..<8 {
        for batch in batches(number: 8 * half + number) {
          expected.apply(batch)
          try await store.commit([batch])
        }
      }
      if half == 1 && isKilled { return (try folder.copy(), expected) }
      await store.close()
    }
    return (folder, expected)
  }

  /// The first few batches of a job's life.
  private static func batches(number: Int) -> [MutationBatch] {
    let id = JobID(high: 7, low: UInt64(number))
    let body = JobBody.encode(Harness.items(6 + number))
    let job = StoredJob(
      id: id, sequence: UInt64(number + 1), tenant: "t", idempotencyKey: "key \(number)",
      requestHash: JobBody.requestHash(ofEncoded: body), name: "n", priority: 0, submittedUnixNanoseconds: 3,
      deadlineUnixNanoseconds: nil, maximumRunTime: nil, total: 6 + number, body: body, templates: [Harness.template.digest])
    func event(_ sequence: UInt64, _ state: JobState) -> Mutation {
      .eventRecorded(
        JobEvent(job: id, sequence: sequence, state: state, completed: 0, failed: 0, total: job.total, unixNanoseconds: 9))
    }
    let result = [UInt8](repeating: UInt8(number), count: 700)
    let steps: [[Mutation]] = [
      [.templateStored(Harness.template), .jobAccepted(job), event(1, .queued)],
      [
        .leaseGranted(
          Fence(epoch: 1, sequence: UInt64(number)), StoredLease(job: id, circuits: 0..<4, attempts: 0, crashes: 0)),
        event(2, .leased),
      ],
      [
        .resultStored(id, circuits: 0..<4, bytes: result, failedCount: 0, receipt: [UInt8](repeating: 9, count: 50)),
        event(3, .running),
      ],
      [
        .leaseEnded(Fence(epoch: 1, sequence: UInt64(number))),
        .jobFinished(
          id, .succeeded, message: "", digest: Digest(of: result), byteCount: 700, receiptByteCount: 50,
          unixNanoseconds: 10),
        event(4, .succeeded),
      ],
    ]
    return steps.prefix(1 + number % 4).map { MutationBatch(sequence: 1, mutations: $0) }
  }

  @Test("a wrong bit or a missing end is found, or hurts nothing", arguments: ["jobs.sqlite", "jobs.sqlite-wal"], [false, true])
  func damage(file: String, isTruncated: Bool) async throws {
    let seed = Self.seed ?? UInt64.random(in: 0 ... .max)
    var random = SplitMix64(seed: seed)
    let (folder, expected) = try await Self.makeStore(isKilled: file.hasSuffix("-wal"))
    var refusals = 0
    for _ in 0..<Self.count / 4 {
      let copy = try folder.copy()
      let place = copy.url.appending(path: file)
      var bytes = try Data(contentsOf: place)
      let position = Int.random(in: 0..<bytes.count, using: &random)
      if isTruncated {
        bytes = bytes.prefix(position)
      } else {
        bytes[bytes.startIndex + position] ^= 1 << UInt8.random(in: 0..<8, using: &random)
      }
      try bytes.write(to: place)
      do {
        var contents = try await TemporaryStore(folder: copy).openAll()
        contents.epoch = expected.epoch
        #expect(contents == expected, "seed \(seed): \(isTruncated ? "cut" : "bit wrong") at \(position): other contents")
      } catch {
        refusals += 1
        #expect([.storeDamaged, .storage].contains((error as? BrokerError)?.code), "seed \(seed): \(position): \(error)")
      }
    }
    #expect(refusals > 0, "seed \(seed): no damage was found at all")
  }
}
