internal import ArgumentParser
internal import Broker
internal import ZeroMQ

/// `ketwork broker`.
struct BrokerCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "broker",
    abstract: "Hold jobs and lease them to workers.",
    discussion: """
      Clients and workers connect to the same endpoint. Jobs are held in memory. The broker runs until it is interrupted or \
      terminated; then it takes no more jobs, lets running leases finish, and ends.

      Whoever reaches the endpoint may submit jobs: bind to loopback, or to a network whose members you trust.

      EXAMPLES
        ketwork broker
        ketwork broker --bind tcp://127.0.0.1:*        # the system chooses the port, and it is printed
        ketwork broker --bind tcp://10.0.0.5:7711 --bind ipc:///run/ketwork/broker

      EXIT STATUS
        0 stopped as asked; 64 not an endpoint; 69 the endpoint cannot be bound.
      """)

  @Option(help: ArgumentHelp("Where to listen; may be repeated. Default: \(BrokerOptions.defaultEndpoint).", valueName: "url"))
  var bind: [String] = []

  @OptionGroup var log: LogOptions

  mutating func validate() throws { for endpoint in bind { try Endpoint.validateListening(endpoint) } }

  mutating func run() async throws {
    let broker = try BrokerService(store: MemoryStore(), logger: Log.logger("ketwork.broker", log.logLevel))
    let endpoints = bind.isEmpty ? [BrokerOptions.defaultEndpoint] : bind
    try await Signals.interruptible {
      let bound = try await broker.bind(at: endpoints).joined(separator: ", ")
      Terminal.standardOutput.write("broker listening at \(bound)\n")
      try await broker.run()
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
