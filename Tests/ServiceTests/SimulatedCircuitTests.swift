import Circuits
import Client
import Protocol
import Testing
import Worker

@Suite(.timeLimit(.minutes(3))) struct SimulatedCircuitTests {
  @Test("broker, worker and client run circuits over every transport", arguments: ["inproc", "ipc", "tcp"])
  func transports(_ transport: String) async throws {
    let name = String(UInt64.random(in: 0...UInt64.max), radix: 36)
    let endpoint =
      switch transport {
      case "inproc": "inproc://test.\(name)"
      case "ipc": "ipc:///tmp/ketwork-test-\(name)"
      default: "tcp://127.0.0.1:*"
      }
    let values = try await run(at: endpoint, workers: 1).map { try #require($0) }
    for value in values {
      #expect(Set(value.counts?.dictionary.keys.map { $0 } ?? []) == ["000", "011"])
      #expect(value.counts?.total == 100)
      #expect(abs(value.expectations[0].value - 1) < 1e-6)
    }
  }

  @Test("the same seed gives the same counts whatever the number of workers")
  func determinism() async throws {
    let one = try await run(at: "tcp://127.0.0.1:*", workers: 1)
    let three = try await run(at: "tcp://127.0.0.1:*", workers: 3)
    #expect(one.map { $0?.counts } == three.map { $0?.counts })
    #expect(Set(one.map { $0?.counts }).count > 10)
  }

  /// Forty Bell pairs beside an idle qubit, a hundred shots of each.
  private func run(at endpoint: String, workers count: Int) async throws -> [CircuitValues?] {
    let service = try await Service.start(at: endpoint)
    let workers = try (0..<count).map { try service.worker(DeviceSlot.simulator("cpu"), name: "worker-\($0)") }
    let client = try await service.client()
    let template = try Template(openQASM: "OPENQASM 3.0; include \"stdgates.inc\"; qubit[3] q; h q[0]; cx q[0], q[1];")
    let settings = ExecutionSettings(shots: 100, observables: [ObservableRequest(label: "IZZ")], seed: 1)
    let job = try Job(
      items: (0..<40).map { Item(template: template.digest, circuit: UInt64($0), settings: settings, qubitCount: 3) })
    let outcome = try await client.wait(for: try await client.submit(job, templates: [template]).job)
    #expect(outcome.status.state == .succeeded && outcome.results.count == 40)
    for worker in workers { try await worker.stop() }
    await client.close()
    await service.stop()
    return outcome.results.map { result in
      if case .values(let values) = result.outcome { values } else { nil }
    }
  }
}
