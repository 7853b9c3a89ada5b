import Broker
import Client
import Foundation
import Protocol
import Testing
import Worker

/// What a client gets of jobs that are not plainly run to their end, over real sockets.
@Suite(.timeLimit(.minutes(3))) struct DeliveryTests {
  @Test("a job that is run ends with what submitting it and waiting gives, with a store and without", arguments: [true, false])
  func run(isDurable: Bool) async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "ketwork-run-\(UInt64.random(in: 0...UInt64.max))")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let store: any Store = isDurable ? SQLiteStore(path: folder.appending(path: "jobs.sqlite").path) : MemoryStore()
    let service = try await Service.start(store: store)
    let worker = try service.worker(TestExecutor.slots(1))
    let client = try await service.client()
    for items in [1, 1, 700] {
      let (job, template) = try sampleJob(items: items)
      let outcome = try await client.run(job, templates: [template])
      #expect(outcome.status.state == .succeeded && outcome.results.count == items)
      #expect(try await client.wait(for: outcome.status.job) == outcome)
    }
    try await worker.stop()
    await client.close()
    await service.stop()
  }

  @Test("partial results come each once and whole, also when the broker restarts in the middle")
  func partialResults() async throws {
    let store = MemoryStore()
    let first = try await Service.start(store: store)
    let endpoint = first.endpoint
    let gate = Gate()
    let workers = [
      try first.worker(TestExecutor.slots(1), name: "free"),
      try first.worker(TestExecutor.slots(1, script: TestExecutor.Script(gate: gate)), name: "gated"),
    ]
    let client = try await first.client()
    let (job, template) = try sampleJob(items: 3_000)
    let submitted = try await client.submit(job, templates: [template])
    var results: [CircuitResult] = []
    var second: Service?
    for try await result in client.partialResults(of: submitted.job) {
      results.append(result)
      guard second == nil else { continue }
      await eventually("the second worker has no lease") { gate.waiting > 0 }
      await first.stop()
      second = try await Service.restart(at: endpoint, store)
      gate.open()
    }
    #expect(results.count == 3_000)
    let outcome = try await client.wait(for: submitted.job)
    #expect(outcome.status.state == .succeeded)
    #expect(results.sorted { $0.item < $1.item } == Array(outcome.results))
    for worker in workers { try await worker.stop() }
    await client.close()
    await second?.stop()
  }

  @Test("what there is of a running job is read without waiting for the rest")
  func resultsSoFar() async throws {
    let service = try await Service.start()
    let gate = Gate()
    let client = try await service.client()
    let (job, template) = try sampleJob(items: 200)
    let submitted = try await client.submit(job, templates: [template])
    #expect(try await client.resultsSoFar(of: submitted.job).isEmpty)
    let gated = try service.worker(TestExecutor.slots(1, script: TestExecutor.Script(gate: gate)), name: "gated")
    await eventually("no lease") { gate.waiting > 0 }
    let free = try service.worker(TestExecutor.slots(1), name: "free")
    try await eventually("the free worker completed nothing") { try await client.status(of: submitted.job).completed > 100 }
    let soFar = try await client.resultsSoFar(of: submitted.job)
    #expect(soFar.count > 100 && soFar.count < 200)
    gate.open()
    let outcome = try await client.wait(for: submitted.job)
    let byItem = Dictionary(uniqueKeysWithValues: outcome.results.map { ($0.item, $0) })
    #expect(soFar.allSatisfy { byItem[$0.item] == $0 })
    for worker in [gated, free] { try await worker.stop() }
    await client.close()
    await service.stop()
  }

  @Test("a held job runs when it is confirmed, in its session, and is retracted after it")
  func chain() async throws {
    let service = try await Service.start()
    let worker = try service.worker(TestExecutor.slots(1))
    let client = try await service.client()
    let session = try await client.openSession(name: "blocks", idleTime: .seconds(30), idempotencyKey: "s")
    #expect(try await client.openSession(name: "blocks", idempotencyKey: "s").session == session.session)
    let (plain, template) = try sampleJob(items: 3, key: "1:0xaa:0x77:0")
    var job = plain
    (job.confirmations, job.session) = (2, session.session)
    let submitted = try await client.submit(job, templates: [template])
    #expect(submitted.state == .held)
    #expect(try await client.confirm(submitted.job, count: 1).state == .held)
    #expect(try await client.extendSession(session.session).jobCount == 1)
    _ = try await client.confirm(submitted.job, count: 2)
    #expect(try await client.wait(for: submitted.job).status.session == session.session)
    let status = try await client.retract(submitted.job, reason: "reorganisation")
    #expect(status.state == .succeeded && status.retraction == "reorganisation")
    #expect(try await !client.closeSession(session.session).isOpen)
    job.idempotencyKey = "1:0xbb:0x77:0"
    await #expect { try await client.submit(job, templates: [template]) } throws: { ($0 as? ClientError)?.code == .sessionClosed }
    #expect(try await client.deadLetters(includesFailed: true).isEmpty)
    await #expect { try await client.requeue(submitted.job) } throws: { ($0 as? ClientError)?.code.rawValue == "invalid_value" }
    try await worker.stop()
    await client.close()
    await service.stop()
  }
}
