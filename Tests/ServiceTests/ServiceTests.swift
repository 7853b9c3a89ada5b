import Broker
import Client
import Protocol
import Testing
import Worker
import ZeroMQ

@Suite(.timeLimit(.minutes(3))) struct ServiceTests {
  @Test("ten thousand circuits in one job, two workers: every result once")
  func tenThousand() async throws {
    let service = try await Service.start()
    let workers = try (0..<2).map { try service.worker(TestExecutor.slots(1), name: "worker-\($0)") }
    let client = try await service.client()
    let (job, template) = try sampleJob(items: 10_000)
    let submitted = try await client.submit(job, templates: [template])
    let outcome = try await client.wait(for: submitted.job)
    #expect(outcome.status.state == .succeeded && outcome.status.completed == 10_000)
    #expect(outcome.unlabelled == job.items.map { TestExecutor.result(of: $0, row: 0) })
    for worker in workers { try await worker.stop() }
    await client.close()
    await service.stop()
  }

  @Test("a worker that dies midway changes nothing but the time")
  func workerKilled() async throws {
    let service = try await Service.start()
    let (gate, script) = (Gate(), TestExecutor.Script())
    let victim = try service.worker(TestExecutor.slots(1, script: TestExecutor.Script(gate: gate)), name: "victim")
    let client = try await service.client()
    let (job, template) = try sampleJob(items: 2000)
    let submitted = try await client.submit(job, templates: [template])
    await eventually("the victim got no lease") { gate.waiting > 0 }
    let survivor = try service.worker(TestExecutor.slots(1, script: script), name: "survivor")
    await victim.kill()
    let outcome = try await client.wait(for: submitted.job)
    #expect(outcome.status.state == .succeeded)
    #expect(outcome.unlabelled == job.items.map { TestExecutor.result(of: $0, row: 0) })
    // All of it ran on the survivor, and nothing twice there.
    #expect(script.executions.values.allSatisfy { $0 == 1 } && script.executions.count == 2000)
    try await survivor.stop()
    await client.close()
    await service.stop()
  }

  @Test("a broker that forgets its peers is greeted again, and a running lease's result still counts")
  func brokerRestart() async throws {
    let (gate, script) = (Gate(), TestExecutor.Script())
    let store = MemoryStore()
    let first = try await Service.start(store: store)
    let endpoint = first.endpoint
    let gated = TestExecutor.Script(gate: gate)
    let worker = try first.worker(TestExecutor.slots(1, script: gated))
    let client = try await first.client()
    let (job, template) = try sampleJob(items: 10)
    let submitted = try await client.submit(job, templates: [template])
    await eventually("no lease") { gate.waiting > 0 }
    await first.stop()
    let second = try await Service.restart(at: endpoint, store)
    gate.open()
    let outcome = try await client.wait(for: submitted.job)
    #expect(outcome.status.state == .succeeded)
    #expect(outcome.unlabelled == job.items.map { TestExecutor.result(of: $0, row: 0) })
    #expect(gated.executions.values.allSatisfy { $0 == 1 })
    #expect(script.executions.isEmpty)
    try await worker.stop()
    await client.close()
    await second.stop()
  }

  @Test("a job submitted twice under one key is one job; something else under that key is refused")
  func idempotency() async throws {
    let service = try await Service.start()
    let client = try await service.client()
    let (job, template) = try sampleJob(items: 3, key: "once")
    let first = try await client.submit(job, templates: [template])
    let second = try await client.submit(job, templates: [template])
    #expect(!first.isDuplicate && second.isDuplicate && first.job == second.job)
    let other = try sampleJob(items: 4, key: "once")
    let error = await #expect(throws: ClientError.self) { _ = try await client.submit(other.job, templates: [other.template]) }
    #expect(error?.code == .conflict)
    await client.close()
    await service.stop()
  }

  @Test("a cancelled job's running lease is stopped, and the job never succeeds")
  func cancel() async throws {
    let service = try await Service.start()
    let gate = Gate()
    let worker = try service.worker(TestExecutor.slots(1, script: TestExecutor.Script(gate: gate)))
    let client = try await service.client()
    let (job, template) = try sampleJob(items: 5)
    let submitted = try await client.submit(job, templates: [template])
    await eventually("no lease") { gate.waiting > 0 }
    let status = try await client.cancel(submitted.job)
    #expect(status.state == .cancelling || status.state == .cancelled)
    let outcome = try await client.wait(for: submitted.job)
    #expect(outcome.status.state == .cancelled)
    await eventually("the slot runs on") { gate.waiting == 0 }
    try await worker.stop()
    await client.close()
    await service.stop()
  }

  @Test("events have no gaps, can be resumed, and end with the job")
  func events() async throws {
    let service = try await Service.start()
    let worker = try service.worker(TestExecutor.slots(1))
    let client = try await service.client()
    let (job, template) = try sampleJob(items: 500)
    let submitted = try await client.submit(job, templates: [template])
    var events: [JobEvent] = []
    for try await event in await client.events(of: submitted.job) { events.append(event) }
    #expect(events.map(\.sequence) == (1...UInt64(events.count)).map { $0 })
    #expect(events.last?.state == .succeeded)
    var rest: [JobEvent] = []
    for try await event in await client.events(of: submitted.job, after: 1) { rest.append(event) }
    #expect(rest == Array(events.dropFirst()))
    try await worker.stop()
    await client.close()
    await service.stop()
  }

  @Test("results come one by one, and readers that stop early leave the client of use")
  func results() async throws {
    let service = try await Service.start()
    let worker = try service.worker(TestExecutor.slots(1))
    let client = try await service.client()
    let (job, template) = try sampleJob(items: 300)
    let submitted = try await client.submit(job, templates: [template])
    _ = try await client.wait(for: submitted.job)
    for try await result in client.results(of: submitted.job) {
      #expect(result.item == 0 && result.row == 0 && result.labels == CircuitResult.Labels(of: job.items[0]))
      break
    }
    async let first = collect(client.results(of: submitted.job))
    async let second = collect(client.results(of: submitted.job))
    #expect(try await first.map(\.item) == Array(0..<300))
    #expect(try await second == first)
    try await worker.stop()
    await client.close()
    await service.stop()
  }

  @Test("a payload of many messages arrives whole, in both directions")
  func largeJob() async throws {
    let service = try await Service.start()
    let worker = try service.worker(TestExecutor.slots(1))
    let client = try await service.client()
    let names = (0..<200).map { "p\($0)" }
    let source = "OPENQASM 3.0; " + names.map { "input float \($0);" }.joined() + " qubit q;"
    let template = try Template(openQASM: source)
    let rows = try ParameterRows(names: names, values: (0..<200 * 3000).map { Double($0) }, count: 3000)
    let job = try Job(items: [Item(template: template.digest, rows: rows)])
    let submitted = try await client.submit(job, templates: [template])
    let outcome = try await client.wait(for: submitted.job)
    #expect(outcome.unlabelled == (0..<3000).map { TestExecutor.result(of: job.items[0], row: $0) })
    try await worker.stop()
    await client.close()
    await service.stop()
  }

  @Test("queue and workers are listed")
  func listings() async throws {
    let service = try await Service.start()
    let client = try await service.client()
    let (job, template) = try sampleJob(items: 7)
    let submitted = try await client.submit(job, templates: [template])
    let queue = try await client.queue()
    #expect(queue.jobs.map(\.job) == [submitted.job] && queue.queuedCircuitCount == 7)
    #expect(try await client.workers().isEmpty)
    let worker = try service.worker(TestExecutor.slots(2), name: "busy")
    _ = try await client.wait(for: submitted.job)
    #expect(try await client.queue().jobs.isEmpty)
    #expect(try await client.queue(includesFinished: true).jobs.map(\.state) == [.succeeded])
    let workers = try await client.workers()
    #expect(workers.map(\.name) == ["busy"] && workers.first?.slots == 4)
    try await worker.stop()
    await client.close()
    await service.stop()
  }

  @Test("no broker there is an error in bounded time")
  func unreachable() async throws {
    var configuration = ClientConfiguration(endpoints: ["tcp://127.0.0.1:9"])
    configuration.connectTimeout = .milliseconds(300)
    let error = await #expect(throws: ClientError.self) { _ = try await KetworkClient.connect(configuration) }
    #expect(error?.code == .unreachable && error?.message.contains("tcp://127.0.0.1:9") == true)
  }

  @Test("an endpoint that is none is an error that names it", arguments: ["nonsense", "tcp://127.0.0.1:99999", "carrier://pigeon"])
  func badEndpoint(_ endpoint: String) async throws {
    let error = await #expect(throws: ClientError.self) {
      _ = try await KetworkClient.connect(ClientConfiguration(endpoints: [endpoint]))
    }
    #expect(error?.code == .invalidArgument && error?.message.contains(endpoint) == true)
    let worker = try RunningWorker([endpoint], TestExecutor.slots(1), name: "lost")
    let workerError = await #expect(throws: WorkerError.self) { try await worker.value() }
    #expect(workerError?.code == .invalidArgument)
  }

  @Test("a broker that goes away fails what waits for it in bounded time")
  func brokerGone() async throws {
    let service = try await Service.start()
    let client = try await service.client { $0.unreachableTimeout = .milliseconds(500) }
    let (job, template) = try sampleJob(items: 1)
    let submitted = try await client.submit(job, templates: [template])
    await service.stop()
    let error = await #expect(throws: ClientError.self) { _ = try await client.wait(for: submitted.job) }
    #expect(error?.code == .unreachable)
    await client.close()
  }

  @Test("the second of two endpoints is used when the first does not answer")
  func secondEndpoint() async throws {
    let service = try await Service.start()
    let client = try await service.client {
      $0.endpoints.insert("tcp://127.0.0.1:9", at: 0)
      $0.connectTimeout = .seconds(20)
    }
    #expect(try await client.queue().jobs.isEmpty)
    await client.close()
    await service.stop()
  }

  @Test("waiting longer than allowed ends the wait, not the job")
  func waitTimeout() async throws {
    let service = try await Service.start()
    let client = try await service.client()
    let (job, template) = try sampleJob(items: 1)
    let submitted = try await client.submit(job, templates: [template])
    let error = await #expect(throws: ClientError.self) {
      _ = try await client.wait(for: submitted.job, timeout: .milliseconds(50))
    }
    #expect(error?.code == .timedOut)
    #expect(try await client.status(of: submitted.job).state == .queued)
    await client.close()
    await service.stop()
  }

  @Test("a cancelled task stops waiting, and a closed client says so")
  func cancellation() async throws {
    let service = try await Service.start()
    let client = try await service.client()
    let (job, template) = try sampleJob(items: 1)
    let submitted = try await client.submit(job, templates: [template])
    let waiting = Task { try await client.wait(for: submitted.job) }
    waiting.cancel()
    await #expect(throws: CancellationError.self) { _ = try await waiting.value }
    await client.close()
    let error = await #expect(throws: ClientError.self) { _ = try await client.status(of: submitted.job) }
    #expect(error?.code == .closed)
    await service.stop()
  }

  private func collect(_ results: JobResults) async throws -> [CircuitResult] {
    var all: [CircuitResult] = []
    for try await result in results { all.append(result) }
    return all
  }
}
