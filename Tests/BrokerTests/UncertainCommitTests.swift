import Broker
import Protocol
import Testing

/// A store that keeps what it is given and says that it did not, from the first batch of a kind on.
private actor UncertainStore: Store {
  struct Failure: Error {}

  private let store: any Store
  private let isReached: @Sendable (Mutation) -> Bool

  init(_ store: any Store, from isReached: @escaping @Sendable (Mutation) -> Bool) {
    (self.store, self.isReached) = (store, isReached)
  }

  func open() async throws -> StoreIndex { try await store.open() }

  func load(_ jobs: [JobID], withResults: Bool) async throws -> [StoreContents.Entry] {
    try await store.load(jobs, withResults: withResults)
  }

  func commit(_ batches: [MutationBatch]) async throws {
    try await store.commit(batches)
    if batches.contains(where: { $0.mutations.contains(where: isReached) }) { throw Failure() }
  }

  func close() async { await store.close() }
}

@Suite("Commits that seem to fail", .timeLimit(.minutes(2)), .serialized)
struct UncertainCommitTests {
  /// Serves from a store that fails at a mutation until the broker gives up.
  private static func serve(
    _ folder: TemporaryStore.Folder, failingAt isReached: @escaping @Sendable (Mutation) -> Bool,
    _ body: @escaping @Sendable (String) throws -> Void
  ) async throws {
    var configuration = BrokerConfiguration()
    configuration.storeFailureTime = .milliseconds(500)
    let store = UncertainStore(TemporaryStore(folder: folder), from: isReached)
    let broker = try BrokerService(configuration: configuration, store: store)
    let endpoint = try await broker.start(at: ["tcp://127.0.0.1:*"])[0]
    let run = Task { try await broker.run() }
    try await ServiceTests.onThread { try body(endpoint) }
    await #expect(throws: BrokerError.self) { try await run.value }
  }

  @Test("a job that is kept although its commit seemed to fail is refused, and is the same when it is asked for again")
  func submission() async throws {
    let folder = try TemporaryStore.Folder()
    try await Self.serve(folder) {
      if case .jobAccepted = $0 { true } else { false }
    } _: { endpoint in
      let client = try Dealer(endpoint)
      try client.hello(.client)
      try client.send(.putTemplate, payload: TemplateBundle.encode([Harness.template]))
      for key in ["k", "another"] {
        try client.send(.submit(Message.Submit(idempotencyKey: key)), payload: JobBody.encode(Harness.items(3)))
        guard case .reject(let reason) = try client.next(.reject).content else { return }
        #expect(reason.code == .storage && reason.retryAfter != nil)
      }
    }
    try await ServiceTests.withBroker(store: TemporaryStore(folder: folder)) { endpoint in
      let client = try Dealer(endpoint)
      try client.hello(.client)
      try client.send(.submit(Message.Submit(idempotencyKey: "k")), payload: JobBody.encode(Harness.items(3)))
      guard case .accepted(let accepted) = try client.next(.accepted).content else { return }
      #expect(accepted.isDuplicate)
      let worker = try Dealer(endpoint)
      try worker.hello(.worker)
      _ = try worker.work(circuits: 3)
      #expect(try client.waitForEnd(accepted.job) == .succeeded)
    }
  }

  @Test("a result that is kept although its commit seemed to fail is not acknowledged, and stays the only one")
  func result() async throws {
    let folder = try TemporaryStore.Folder()
    try await Self.serve(folder) {
      if case .resultStored = $0 { true } else { false }
    } _: { endpoint in
      let (client, worker) = (try Dealer(endpoint), try Dealer(endpoint))
      try client.hello(.client)
      try worker.hello(.worker)
      _ = try client.submit(Harness.items(3))
      _ = try worker.work(circuits: 3)
      #expect(try worker.hearsNothing(), "the worker may forget what the broker may have lost")
    }
    try await ServiceTests.withBroker(store: TemporaryStore(folder: folder)) { endpoint in
      let client = try Dealer(endpoint)
      try client.hello(.client)
      let job = try client.submit(Harness.items(3))
      let (first, second) = (try client.fetch(job), try client.fetch(job))
      #expect(first.end.state == .succeeded && first.bytes == second.bytes)
    }
  }
}
