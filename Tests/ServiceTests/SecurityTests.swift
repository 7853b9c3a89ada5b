import Client
import Protocol
import Testing
import Worker
import ZeroMQ

@Suite(.timeLimit(.minutes(3))) struct SecurityTests {
  @Test("peers with listed keys do a job over CURVE; others do not get in")
  func curve() async throws {
    let (server, workerKey, clientKey) = try (CurveKeyPair.generate(), CurveKeyPair.generate(), CurveKeyPair.generate())
    let domain = "security.\(server.publicKey.z85.prefix(8))"
    Authenticator.shared.setPolicy(
      .allowing([workerKey.publicKey: "worker-1", clientKey.publicKey: "client-1"]), forDomain: domain)
    let service = try await Service.start(security: .curveServer(server.secretKey, domain: domain))
    let worker = try RunningWorker(
      [service.endpoint], TestExecutor.slots(1), name: "worker", security: .curveClient(workerKey, serverKey: server.publicKey))
    let client = try await service.client { $0.security = .curveClient(clientKey, serverKey: server.publicKey) }
    let (job, template) = try sampleJob(items: 100)
    let outcome = try await client.wait(for: try await client.submit(job, templates: [template]).job)
    #expect(outcome.status.state == .succeeded)
    let stranger = try CurveKeyPair.generate()
    for security in [SocketSecurity.none, .curveClient(stranger, serverKey: server.publicKey)] {
      let error = await #expect(throws: ClientError.self) {
        _ = try await service.client {
          $0.security = security
          $0.connectTimeout = .milliseconds(500)
        }
      }
      #expect(error?.code == .unreachable)
    }
    try await worker.stop()
    await client.close()
    await service.stop()
  }
}
