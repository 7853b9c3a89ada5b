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

      Tenants that have something waiting share the workers' time: equally, or by the weights in --tenants (docs/scheduling.md).

      Brokers that share a PostgreSQL database serve one at a time. With --standby a broker waits until the one that serves ends, or says \
      nothing for ten seconds, and then listens and goes on with all its jobs; the other, should it come back, can promise nothing more and \
      ends. docs/stores.md tells of stores, of copies of them, and of what clients and workers see.

      EXAMPLES
        ketwork broker
        ketwork broker --store /var/lib/ketwork/jobs.sqlite
        ketwork broker --store postgresql://ketwork@db.example/jobs?sslmode=verify-full --standby
        ketwork broker --bind tcp://127.0.0.1:*        # the system chooses the port, and it is printed
        ketwork keys create keys && ketwork broker --bind tcp://10.0.0.5:7711 --keys keys

      EXIT STATUS
        0 stopped as asked; 64 not an endpoint, or one that needs keys, or not a place of a store; 65 a key or a file of tenants that \
        is not valid, or a store that is damaged or none; 66 no keys there, or a file of fingerprints that cannot be read; 69 the endpoint cannot be bound, the \
        store is in use, another broker took it over, or PostgreSQL is not built in; 74 the store failed.
      """)

  @Option(help: ArgumentHelp("Where to listen; may be repeated. Default: \(BrokerOptions.defaultEndpoint).", valueName: "url"))
  var bind: [String] = []

  @Option(
    help: ArgumentHelp(
      """
      Keep jobs in this SQLite database, made when it is not there, with its companions PATH-wal, PATH-files and others beside it; or in \
      this PostgreSQL database: postgresql://USER@HOST/DATABASE. A password is read from PGPASSFILE, a service file or PGPASSWORD.
      """, valueName: "path|url"))
  var store: String?

  @Flag(help: "Wait while another broker serves from the same PostgreSQL database, instead of failing.")
  var standby = false

  @Option(help: ArgumentHelp("Jobs of one tenant that may wait or run at a time.", valueName: "n"))
  var tenantJobs = BrokerConfiguration().tenantJobCount

  @Option(help: ArgumentHelp("Finished jobs that are remembered; beyond that the oldest give way.", valueName: "n"))
  var finishedJobs = BrokerConfiguration().finishedJobCount

  @Option(
    help: ArgumentHelp("How long a finished job's result is kept. Default: 86400, a day.", valueName: "seconds"))
  var resultRetention: Double?

  @Option(
    help: ArgumentHelp(
      "How long a finished job and its idempotency key are remembered. Default: 604800, a week.", valueName: "seconds"))
  var jobRetention: Double?

  @Option(
    help: ArgumentHelp(
      "Expected time of the work that one tenant has with workers at once; one lease it always may. Default: no limit but an equal share.",
      valueName: "seconds"))
  var tenantRunning: Double?

  @Option(
    help: ArgumentHelp(
      "A JSON file of what each tenant is granted: weight, quotas. Read again when it changes.", valueName: "path"))
  var tenants: String?

  @OptionGroup var keys: KeyFolderOption
  @OptionGroup var receipts: ReceiptOptions
  @OptionGroup var log: LogOptions

  mutating func validate() throws {
    for endpoint in bind { try Endpoint.validateListening(endpoint) }
    try keys.validate(listeningAt: bind)
    for (name, number) in [("--tenant-jobs", tenantJobs), ("--finished-jobs", finishedJobs)]
    where !(1...100_000_000).contains(number) {
      throw ValidationError("\(name) \(number): 1 to 100,000,000 is accepted.")
    }
    if standby && store == nil { throw ValidationError("--standby: needs a --store that brokers share") }
    let times = [("--tenant-running", tenantRunning), ("--result-retention", resultRetention), ("--job-retention", jobRetention)]
    for case (let name, let seconds?) in times where !(seconds > 0 && seconds <= 1e9) {
      throw ValidationError("\(name) \(seconds): more than 0, and 1e9 seconds at most, is accepted.")
    }
  }

  private func brokerConfiguration() throws -> BrokerConfiguration {
    var configuration = try receipts.configuration()
    if let tenants { configuration.tenants = try TenantsFile(path: tenants).policies() }
    configuration.tenantJobCount = tenantJobs
    configuration.tenantRunningTime = tenantRunning.map { .seconds($0) }
    configuration.finishedJobCount = finishedJobs
    if let resultRetention { configuration.resultRetention = .seconds(resultRetention) }
    if let jobRetention { configuration.jobRetention = .seconds(jobRetention) }
    return configuration
  }

  mutating func run() async throws {
    let jobs = try makeStore()
    let configuration = try brokerConfiguration()
    let logger = Log.logger("ketwork.broker", log.logLevel)
    let folder = keys.folder
    let broker = try BrokerService(configuration: configuration, store: jobs, keys: try folder?.brokerKeys(), logger: logger)
    let endpoints = bind.isEmpty ? [BrokerOptions.defaultEndpoint] : bind
    let followed = [folder?.watched(for: broker), tenants.map { TenantsFile.watched($0, for: broker) }].compactMap(\.self)
    try await Signals.interruptible {
      let bound: String
      do { bound = try await broker.bind(at: endpoints).joined(separator: ", ") } catch is CancellationError {
        // Told to end while it stood by.
        return
      }
      Terminal.standardOutput.write("broker listening at \(bound)\n")
      try await FileWatcher.watching(followed, logger) { try await broker.run() }
    }
  }
}

extension BrokerCommand {
  private func makeStore() throws -> any Store {
    guard let store else { return MemoryStore() }
    return try StoreLocation(store).store(isStandby: standby) { leader in
      Terminal.standardOutput.write("broker standing by for \(leader)\n")
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
