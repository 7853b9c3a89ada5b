import Broker
import BrokerSimulation
import Protocol
import Testing

/// A broker on real sockets and a real database whose commits fail now and then.
@Suite("Faulty stores")
struct FaultyStoreTests {
  /// Whatever comes of the last key, a client may ask for it again.
  private struct Answers: Sendable {
    var accepted: [(key: String, job: JobID)] = []
    var refused = ""
  }

  @Test(
    "a broker whose store fails refuses cleanly and ends with an error, and another start has all that was accepted",
    arguments: 0..<12)
  func startsAgain(seed: UInt64) async throws {
    let folder = try TemporaryStore.Folder()
    let faults = StoreFaults(failedCommitProbability: 0.15, slowCommitProbability: 0.3, failedOpenProbability: 0)
    let store = FaultyStore(TemporaryStore(folder: folder), seed: seed, faults: faults)
    var configuration = BrokerConfiguration()
    configuration.storeFailureTime = .milliseconds(200)
    let broker = try BrokerService(configuration: configuration, store: store)
    let endpoint = try await broker.start(at: ["tcp://127.0.0.1:*"])[0]
    let run = Task { try await broker.run() }
    let answers = try await ServiceTests.onThread { try Self.submitUntilRefused(endpoint, seed) }
    let error = await #expect(throws: BrokerError.self) { try await run.value }
    #expect(error?.code == .storage, "seed \(seed)")

    try await ServiceTests.withBroker(store: TemporaryStore(folder: folder)) { endpoint in
      let client = try Dealer(endpoint)
      try client.hello(.client)
      for (key, job) in answers.accepted { #expect(try client.submit(Harness.items(), key: key) == job, "seed \(seed)") }
      let job = try client.submit(Harness.items(), key: answers.refused)
      #expect(try client.submit(Harness.items(), key: answers.refused) == job, "seed \(seed)")
    }
  }

  private static func submitUntilRefused(_ endpoint: String, _ seed: UInt64) throws -> Answers {
    let client = try Dealer(endpoint)
    try client.hello(.client)
    try client.send(.putTemplate, payload: TemplateBundle.encode([Harness.template]))
    var answers = Answers()
    for number in 0..<1_000 {
      let key = "key \(number)"
      try client.send(.submit(Message.Submit(idempotencyKey: key)), payload: JobBody.encode(Harness.items()))
      switch try client.next().content {
      case .accepted(let accepted): answers.accepted.append((key, accepted.job))
      case .reject(let reject):
        #expect(reject.code == .storage && reject.retryAfter != nil, "seed \(seed): \(reject)")
        answers.refused = key
        return answers
      case let content: Issue.record("seed \(seed): \(content.type)")
      }
    }
    Issue.record("seed \(seed): no commit failed")
    return answers
  }
}
