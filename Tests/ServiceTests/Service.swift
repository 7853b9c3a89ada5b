import Client
import Logging
import Protocol
import Testing
import Worker
import ZeroMQ

@testable import Broker

/// A broker on loopback, with workers that a test starts and ends.
final class Service: Sendable {
  let broker: BrokerService
  let endpoint: String

  private init(_ broker: BrokerService, _ endpoint: String) {
    self.broker = broker
    self.endpoint = endpoint
  }

  static func start(
    at endpoint: String = "tcp://127.0.0.1:*", store: any Store = MemoryStore(), keys: BrokerKeys? = nil,
    configuration: BrokerConfiguration = BrokerConfiguration()
  ) async throws -> Service {
    let broker = try BrokerService(configuration: configuration, store: store, keys: keys, logger: .silent)
    let endpoints = try await broker.start(at: [endpoint])
    return Service(broker, endpoints[0])
  }

  /// Starts a broker on the port of one that has just stopped, as soon as the system gives it back.
  static func restart(at endpoint: String, _ store: MemoryStore) async throws -> Service {
    var service: Service?
    try await eventually("the port is still taken") {
      do {
        service = try await Service.start(at: endpoint, store: store)
        return true
      } catch let error as ZeroMQError where error.code == .addressInUse {
        return false
      }
    }
    return try #require(service)
  }

  func worker(_ slots: [DeviceSlot], name: String = "worker", signingKey: SigningKey? = nil) throws -> RunningWorker {
    try RunningWorker([endpoint], slots, name: name, signingKey: signingKey)
  }

  func client(_ adjust: (inout ClientConfiguration) -> Void = { _ in }) async throws -> KetworkClient {
    var configuration = ClientConfiguration(endpoints: [endpoint], name: "test", seed: 1)
    adjust(&configuration)
    return try await KetworkClient.connect(configuration)
  }

  func stop() async {
    await broker.stop()
  }
}

/// A worker with the task that runs it.
final class RunningWorker: Sendable {
  let service: WorkerService
  private let task: Task<Void, any Error>

  init(_ endpoints: [String], _ slots: [DeviceSlot], name: String, security: SocketSecurity = .none, signingKey: SigningKey? = nil)
    throws
  {
    var configuration = WorkerConfiguration(endpoints: endpoints, name: name, security: security, seed: 1)
    configuration.signingKey = signingKey
    let service = try WorkerService(configuration, slots: slots, logger: .silent)
    self.service = service
    task = Task { try await service.run() }
  }

  /// Drops the connection without a word, as a killed process does.
  func kill() async {
    await service.abort()
    _ = await task.result
  }

  func stop() async throws {
    await service.stop(grace: .seconds(10))
    try await task.value
  }

  func value() async throws { try await task.value }
}

/// A job of single-row items of one template.
func sampleJob(items count: Int, rows: Int = 1, key: String = "") throws -> (job: Job, template: Template) {
  let template = try Template(openQASM: "OPENQASM 3.0; include \"stdgates.inc\"; qubit[2] q; h q[0]; cx q[0], q[1];")
  let parameters = rows == 1 ? .single : try ParameterRows(names: [], values: [], count: rows)
  let items = (0..<count).map { Item(template: template.digest, circuit: UInt64($0), rows: parameters, qubitCount: 2) }
  return (try Job(items: items, idempotencyKey: key), template)
}

/// Waits for something that another thread will bring about soon, unless it is broken.
func eventually(_ what: Comment, sourceLocation: SourceLocation = #_sourceLocation, _ condition: () async throws -> Bool)
  async rethrows
{
  let end = ContinuousClock.now + .seconds(30)
  while ContinuousClock.now < end {
    if try await condition() { return }
    await Task.yield()
  }
  Issue.record(what, sourceLocation: sourceLocation)
}

extension Logger {
  /// Writes nothing.
  static var silent: Logger { Logger(label: "test") { _ in SwiftLogNoOpLogHandler() } }
}

extension JobOutcome {
  /// The results without the names that the first of each lease bears, which depend on how the job was cut into leases.
  var unlabelled: [CircuitResult] {
    results.map { result in
      var result = result
      result.labels = nil
      return result
    }
  }
}
