internal import ArgumentParser
internal import Broker
internal import ZeroMQ

/// `ketwork broker`.
struct BrokerCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "broker",
    abstract: "Hold jobs and lease them to workers.",
    discussion: """
      Clients and workers connect to the same endpoint. With --store, what the broker promised survives its end, a crash and a loss of \
      power; without, jobs are held in memory. The broker runs until it is interrupted or terminated; then it takes no more jobs, \
      lets running leases finish, and ends.

      Without keys whoever reaches the endpoint may submit jobs and work on them, so only loopback and ipc endpoints are taken. With \
      --keys, peers prove who they are and all they say is encrypted; the list of keys is read again when it changes, and a \
      key that was revoked is cut off within a second or two. docs/security.md says what that promises.

      EXAMPLES
        ketwork broker
        ketwork broker --store /var/lib/ketwork/jobs.sqlite
        ketwork broker --bind tcp://127.0.0.1:*        # the system chooses the port, and it is printed
        ketwork keys create keys && ketwork broker --bind tcp://10.0.0.5:7711 --keys keys

      EXIT STATUS
        0 stopped as asked; 64 not an endpoint, or one that needs keys; 65 a key that is not valid, or a store that is damaged or none; \
        66 no keys there, or a file of fingerprints that cannot be read; 69 the endpoint cannot be bound, or the store is in use; \
        74 the store failed.
      """)

  @Option(help: ArgumentHelp("Where to listen; may be repeated. Default: \(BrokerOptions.defaultEndpoint).", valueName: "url"))
  var bind: [String] = []

  @Option(
    help: ArgumentHelp(
      "Keep jobs in this SQLite database, made when it is not there; its companions PATH-wal, PATH-files and others lie beside it.",
      valueName: "path"))
  var store: String?

  @Option(help: ArgumentHelp("Jobs of one tenant that may wait or run at a time.", valueName: "n"))
  var tenantJobs = BrokerConfiguration().tenantJobCount

  @Option(
    help: ArgumentHelp(
      "Expected time of the work that one tenant has with workers at once; one lease it always may. Default: no limit but an equal share.",
      valueName: "seconds"))
  var tenantRunning: Double?

  @OptionGroup var keys: KeyFolderOption
  @OptionGroup var receipts: ReceiptOptions
  @OptionGroup var log: LogOptions

  mutating func validate() throws {
    for endpoint in bind { try Endpoint.validateListening(endpoint) }
    try keys.validate(listeningAt: bind)
    if let tenantRunning, !(tenantRunning > 0 && tenantRunning <= 1e9) {
      throw ValidationError("--tenant-running \(tenantRunning): more than 0, and 1e9 seconds at most, is accepted.")
    }
  }

  mutating func run() async throws {
    let jobs: any Store = store.map { SQLiteStore(path: $0) } ?? MemoryStore()
    var configuration = try receipts.configuration()
    configuration.tenantJobCount = tenantJobs
    configuration.tenantRunningTime = tenantRunning.map { .seconds($0) }
    let logger = Log.logger("ketwork.broker", log.logLevel)
    let folder = keys.folder
    let broker = try BrokerService(configuration: configuration, store: jobs, keys: try folder?.brokerKeys(), logger: logger)
    let endpoints = bind.isEmpty ? [BrokerOptions.defaultEndpoint] : bind
    try await Signals.interruptible {
      let bound = try await broker.bind(at: endpoints).joined(separator: ", ")
      Terminal.standardOutput.write("broker listening at \(bound)\n")
      try await KeyWatcher.watching(folder, for: broker, logger) { try await broker.run() }
    }
  }
}

extension BrokerService {
  /// Binds endpoints and says where.
  func bind(at endpoints: [String]) async throws -> [String] {
    do { return try await start(at: endpoints) } catch let error as ZeroMQError {
      throw Failure(.unavailable, "cannot listen at \(endpoints.joined(separator: ", ")): \(error.message)")
    }
  }
}
