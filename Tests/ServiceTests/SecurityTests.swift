import Broker
import Client
import Protocol
import Testing
import Worker
import ZeroMQ

@Suite(.timeLimit(.minutes(3))) struct SecurityTests {
  /// A broker's pair, a client's and a worker's, and what the broker makes of them.
  struct Keys {
    let (broker, client, worker): (CurveKeyPair, CurveKeyPair, CurveKeyPair)

    init() throws { (broker, client, worker) = try (.generate(), .generate(), .generate()) }

    func list(isClientRevoked: Bool = false) -> AuthorizedKeys {
      AuthorizedKeys([
        client.publicKey: .init(name: "c", role: .client, tenant: "t", isRevoked: isClientRevoked),
        worker.publicKey: .init(name: "w", role: .worker, tenant: "t"),
      ])
    }

    var brokerKeys: BrokerKeys { BrokerKeys(secretKey: broker.secretKey, authorized: list()) }
    func security(_ pair: CurveKeyPair) -> SocketSecurity { .curveClient(pair, serverKey: broker.publicKey) }
  }

  @Test("peers with listed keys do a job over CURVE; others are told at once what is wrong")
  func curve() async throws {
    let keys = try Keys()
    let service = try await Service.start(keys: keys.brokerKeys)
    let worker = try RunningWorker([service.endpoint], TestExecutor.slots(1), name: "worker", security: keys.security(keys.worker))
    let client = try await service.client { $0.security = keys.security(keys.client) }
    let (job, template) = try sampleJob(items: 100)
    let outcome = try await client.wait(for: try await client.submit(job, templates: [template]).job)
    #expect(outcome.status.state == .succeeded)
    let diagnosis = try await client.diagnosis()
    #expect(diagnosis.name == "c" && diagnosis.workerCount == 1)
    for security in [SocketSecurity.none, keys.security(try .generate()), keys.security(keys.worker)] {
      let start = ContinuousClock.now
      let error = await #expect(throws: ClientError.self) { _ = try await service.client { $0.security = security } }
      #expect(error?.code == .unauthorized)
      #expect(ContinuousClock.now - start < .seconds(4), "before its time to connect is over")
    }
    try await worker.stop()
    await client.close()
    await service.stop()
  }

  @Test("a client that believes in another broker's key is told so when its time to connect is over")
  func wrongServerKey() async throws {
    let keys = try Keys()
    let service = try await Service.start(keys: keys.brokerKeys)
    let error = await #expect(throws: ClientError.self) {
      _ = try await service.client {
        $0.security = .curveClient(keys.client, serverKey: keys.worker.publicKey)
        $0.connectTimeout = .milliseconds(700)
      }
    }
    #expect(error?.code == .handshakeFailed)
    await service.stop()
  }

  @Test("a key for a broker that asks for none is not given away to it, and nobody waits")
  func keyNotAsked() async throws {
    let keys = try Keys()
    let service = try await Service.start()
    let error = await #expect(throws: ClientError.self) {
      _ = try await service.client { $0.security = keys.security(keys.client) }
    }
    #expect(error?.code == .unauthorized)
    await service.stop()
  }

  @Test("a refused broker is left for the next one of the list")
  func nextEndpoint() async throws {
    let keys = try Keys()
    let (closed, open) = (try await Service.start(keys: keys.brokerKeys), try await Service.start())
    let client = try await KetworkClient.connect(ClientConfiguration(endpoints: [closed.endpoint, open.endpoint], seed: 1))
    #expect(try await client.workers().isEmpty)
    await client.close()
    await closed.stop()
    await open.stop()
  }

  @Test("a worker whose key is refused ends with that as its error")
  func refusedWorker() async throws {
    let keys = try Keys()
    let service = try await Service.start(keys: keys.brokerKeys)
    for security in [keys.security(try .generate()), keys.security(keys.client), .none] {
      let worker = try RunningWorker([service.endpoint], TestExecutor.slots(1), name: "w", security: security)
      let error = await #expect(throws: WorkerError.self) { try await worker.value() }
      #expect(error?.code == .refused)
    }
    await service.stop()
  }

  @Test("a client whose key is revoked while it waits is told within seconds")
  func revokedWhileWaiting() async throws {
    let keys = try Keys()
    let service = try await Service.start(keys: keys.brokerKeys)
    let client = try await service.client { $0.security = keys.security(keys.client) }
    let (job, template) = try sampleJob(items: 1)
    let submitted = try await client.submit(job, templates: [template])
    let waiting = Task { try await client.wait(for: submitted.job) }
    await service.broker.setAuthorizedKeys(keys.list(isClientRevoked: true))
    let error = await #expect(throws: ClientError.self) { try await waiting.value }
    #expect(error?.code == .unauthorized)
    let counters = await service.broker.counters
    #expect(counters[.revokedKey] == 1)
    await client.close()
    await service.stop()
  }

  @Test("bytes that change on the wire end the link, and the job is done all the same", arguments: [UInt64(1), 2, 3])
  func flippedBytes(seed: UInt64) async throws {
    let keys = try Keys()
    let service = try await Service.start(keys: keys.brokerKeys)
    let (clientProxy, workerProxy) = (
      try FlippingProxy(to: service.endpoint, flips: 3, seed: seed),
      try FlippingProxy(to: service.endpoint, flips: 3, seed: seed + 100)
    )
    let worker = try RunningWorker([workerProxy.endpoint], TestExecutor.slots(2), name: "w", security: keys.security(keys.worker))
    let client = try await KetworkClient.connect(
      ClientConfiguration(endpoints: [clientProxy.endpoint], security: keys.security(keys.client), seed: seed))
    let (job, template) = try sampleJob(items: 300)
    let outcome = try await client.wait(for: try await client.submit(job, templates: [template]).job)
    #expect(outcome.status.state == .succeeded, "seed \(seed)")
    #expect(outcome.results.count == 300, "seed \(seed)")
    #expect(clientProxy.flipCount > 0 && workerProxy.flipCount > 0, "seed \(seed): nothing was changed")
    let malformed = await service.broker.counters[.malformed]
    #expect(malformed == 0, "seed \(seed): changed bytes reached the broker as a message")
    try await worker.stop()
    await client.close()
    await service.stop()
    clientProxy.stop()
    workerProxy.stop()
  }
}
