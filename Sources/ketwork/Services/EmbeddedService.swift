internal import Broker
internal import FoundationEssentials
internal import Worker

/// A broker and a worker for each device in this process, reached over ZeroMQ like any other.
struct EmbeddedService {
  private let broker: BrokerService
  private let workers: [WorkerService]
  private let folder: URL
  /// Where the broker listens.
  let endpoint: String

  /// Starts a broker on a socket that only this user can reach, and a worker for each slot.
  static func start(slots: [DeviceSlot], level: LogOptions.LogLevel) async throws -> EmbeddedService {
    let folder = URL(filePath: "/tmp").appending(
      path: "ketwork-\(ProcessInfo.processInfo.processIdentifier)-\(UInt32.random(in: 0 ... .max))")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
    let broker = try BrokerService(store: MemoryStore(), logger: Log.logger("ketwork.broker", level))
    let endpoint = try await broker.start(at: ["ipc://\(folder.path)/broker"])[0]
    let workers = try slots.enumerated().map { index, slot in
      try WorkerService(
        WorkerConfiguration(endpoints: [endpoint], name: WorkerFactory.name("-\(index)")), slots: [slot],
        logger: Log.logger("ketwork.worker", level))
    }
    return EmbeddedService(broker: broker, workers: workers, folder: folder, endpoint: endpoint)
  }

  private init(broker: BrokerService, workers: [WorkerService], folder: URL, endpoint: String) {
    (self.broker, self.workers, self.folder, self.endpoint) = (broker, workers, folder, endpoint)
  }

  /// Runs a body beside the services, and ends them with it; if every worker ends first, that is the error.
  func serve<Value: Sendable>(_ body: @escaping @Sendable (String) async throws -> Value) async throws -> Value {
    defer {
      // What is left behind in the temporary folder harms nobody.
      try? FileManager.default.removeItem(at: folder)
    }
    return try await withThrowingTaskGroup(of: Value?.self) { group in
      for worker in workers {
        group.addTask {
          // One whose device failed its self-test has said so in the log; the others go on.
          do { try await worker.run() } catch let error as WorkerError where error.code == .noDevice {}
          return nil
        }
      }
      group.addTask { try await body(endpoint) }
      defer { group.cancelAll() }
      var runningCount = workers.count
      while let value = try await group.next() {
        if let value {
          for worker in workers { await worker.abort() }
          await broker.stop()
          return value
        }
        runningCount -= 1
        if runningCount == 0 { break }
      }
      throw Failure(.unavailable, "no device passed its self-test")
    }
  }
}
