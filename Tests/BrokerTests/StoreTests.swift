import Broker
import Protocol
import Testing

/// A kind of store, and how one is opened again after its process ended.
struct StoreKind: CustomTestStringConvertible, Sendable {
  var testDescription: String
  /// Makes an empty store.
  var make: @Sendable () async throws -> any Store
  /// Makes a store of what another kept.
  var reopen: @Sendable (any Store) async throws -> any Store

  static let all = [
    StoreKind(testDescription: "memory") {
      MemoryStore()
    } reopen: { store in
      let memory = try #require(store as? MemoryStore)
      return MemoryStore(await memory.kept)
    }
  ]
}

/// What every store promises.
@Suite("Stores")
struct StoreTests {
  static let job = StoredJob(
    id: JobID(high: 1, low: 2), sequence: 1, tenant: "t", idempotencyKey: "k", requestHash: Digest(of: [1]), name: "n", priority: 2,
    submittedUnixNanoseconds: 3, deadlineUnixNanoseconds: 4, maximumRunTime: .seconds(5), total: 6,
    body: JobBody.encode(Harness.items(6)), templates: [Harness.template.digest])

  static func event(_ sequence: UInt64, _ state: JobState) -> JobEvent {
    JobEvent(job: job.id, sequence: sequence, state: state, completed: 0, failed: 0, total: 6, message: "m", unixNanoseconds: 9)
  }

  /// Batches of which each adds to what the one before left.
  static let batches = [
    MutationBatch(
      sequence: 1, mutations: [.templateStored(Harness.template), .jobAccepted(job), .eventRecorded(event(1, .queued))]),
    MutationBatch(
      sequence: 2,
      mutations: [
        .leaseGranted(
          Fence(epoch: 1, sequence: 1), StoredLease(job: job.id, circuits: 0..<4, attempts: 1, crashes: 2)),
        .stateChanged(job.id, .leased, message: "x"),
      ]),
    MutationBatch(
      sequence: 3,
      mutations: [
        .resultStored(job.id, circuits: 0..<4, bytes: [1, 2, 3], failedCount: 1), .leaseEnded(Fence(epoch: 1, sequence: 1)),
      ]),
    MutationBatch(
      sequence: 4,
      mutations: [
        .jobFinished(job.id, .succeeded, message: "", digest: Digest(of: [2]), byteCount: 3, unixNanoseconds: 10),
        .eventRecorded(event(2, .succeeded)),
      ]),
    MutationBatch(sequence: 5, mutations: [.resultRemoved(job.id)]),
    MutationBatch(sequence: 6, mutations: [.jobRemoved(job.id), .templateRemoved(Harness.template.digest)]),
  ]

  @Test("every opening begins a new epoch", arguments: StoreKind.all)
  func epochs(kind: StoreKind) async throws {
    var store = try await kind.make()
    for epoch in UInt64(1)...4 {
      #expect(try await store.open().epoch == epoch)
      await store.close()
      store = try await kind.reopen(store)
    }
  }

  @Test("what was committed is there after opening again, whole and in order", arguments: StoreKind.all, 0...batches.count)
  func reopening(kind: StoreKind, count: Int) async throws {
    var store = try await kind.make()
    _ = try await store.open()
    try await store.commit(Array(Self.batches.prefix(count)))
    await store.close()
    store = try await kind.reopen(store)
    var expected = StoreContents()
    for batch in Self.batches.prefix(count) { expected.apply(batch) }
    expected.epoch = 2
    #expect(try await store.open() == expected)
  }

  @Test("one commit of many batches is many commits of one", arguments: StoreKind.all)
  func grouping(kind: StoreKind) async throws {
    let (together, apart) = (try await kind.make(), try await kind.make())
    for store in [together, apart] { _ = try await store.open() }
    try await together.commit(Array(Self.batches.dropLast(2)))
    for batch in Self.batches.dropLast(2) { try await apart.commit([batch]) }
    let (first, second) = (try await kind.reopen(together), try await kind.reopen(apart))
    let (a, b) = (try await first.open(), try await second.open())
    #expect(a == b)
    #expect(a.jobs[Self.job.id]?.state == .succeeded)
    #expect(a.jobs[Self.job.id]?.parts[0]?.bytes == [1, 2, 3])
    #expect(a.leases.isEmpty)
  }
}
