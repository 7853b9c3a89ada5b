internal import ArgumentParser
internal import Broker
internal import Protocol
internal import Worker
internal import ZeroMQ

/// `ketwork up`: a broker and a worker per device in one process.
struct Up: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Run a broker and a worker for each device in one process.",
    discussion: """
      The same as `ketwork broker` and one `ketwork worker --device D` for each device, for a machine that serves alone; workers \
      elsewhere may join, with --keys. Runs until it is interrupted or terminated.

      EXAMPLES
        ketwork up
        ketwork up --bind tcp://127.0.0.1:7711 --device cpu

      EXIT STATUS
        0 stopped as asked; 64 unknown device, not an endpoint, or one that needs keys; 69 no device passed its test, or the endpoint cannot be bound.
      """)

  @Option(help: ArgumentHelp("Where to listen; may be repeated. Default: \(BrokerOptions.defaultEndpoint).", valueName: "url"))
  var bind: [String] = []

  @Option(help: "Which devices to use: auto for all, cpu, opencl or opencl:P.D.")
  var device = "auto"

  @OptionGroup var keys: KeyFolderOption
  @OptionGroup var receipts: ReceiptOptions
  @OptionGroup var signing: SigningOptions
  @OptionGroup var log: LogOptions

  mutating func validate() throws {
    for endpoint in bind { try Endpoint.validateListening(endpoint) }
    try keys.validate(listeningAt: bind)
  }

  mutating func run() async throws {
    let slots = try WorkerFactory.slots(device: device)
    let folder = keys.folder
    let brokerLogger = Log.logger("ketwork.broker", log.logLevel)
    let broker = try BrokerService(
      configuration: try receipts.configuration(), store: MemoryStore(), keys: try folder?.brokerKeys(), logger: brokerLogger)
    let security = try folder?.security(key: KeyRole.worker.rawValue) ?? SocketSecurity.none
    let endpoints = bind.isEmpty ? [BrokerOptions.defaultEndpoint] : bind
    let logger = Log.logger("ketwork.worker", log.logLevel)
    let workers = WorkerGroup()
    let key = try signing.key()
    try await Signals.interruptible {
      let bound = try await broker.bind(at: endpoints)
      let started = try slots.enumerated().map { index, slot in
        var configuration = WorkerConfiguration(
          endpoints: [bound[0]], name: WorkerFactory.name("-\(index)"), security: security)
        configuration.signingKey = key
        return try WorkerService(configuration, slots: [slot], logger: logger)
      }
      await workers.set(started)
      let ready = try await Self.prepare(started)
      let devices = ready.map(\.device).joined(separator: ", ")
      Terminal.standardOutput.write("broker listening at \(bound.joined(separator: ", ")), with workers on \(devices)\n")
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask {
          try await FileWatcher.watching([folder?.watched(for: broker)].compactMap(\.self), brokerLogger) { try await broker.run() }
        }
        for (worker, _) in ready { group.addTask { try await worker.run() } }
        try await group.waitForAll()
      }
    } onSignal: {
      await workers.stop()
    }
  }

  /// The workers whose device passed its self-test; the others have said in the log why not.
  private static func prepare(_ workers: [WorkerService]) async throws -> [(worker: WorkerService, device: String)] {
    var ready: [(worker: WorkerService, device: String)] = []
    for worker in workers {
      do {
        ready.append((worker, try await worker.prepare().joined(separator: ", ")))
      } catch let error as WorkerError where error.code == .noDevice {}
    }
    guard !ready.isEmpty else { throw Failure(.unavailable, "no device passed its self-test") }
    return ready
  }
}

/// The workers to stop when a signal comes.
private actor WorkerGroup {
  private var workers: [WorkerService] = []

  func set(_ workers: [WorkerService]) { self.workers = workers }
  func stop() async { for worker in workers { await worker.stop() } }
}
