internal import ArgumentParser
internal import Client
internal import FoundationEssentials

/// Where the broker is: shared by all commands that talk to one.
struct BrokerOptions: ParsableArguments {
  /// Where a broker listens if nobody says otherwise: loopback, so that nothing is open to the network by default.
  static let defaultEndpoint = "tcp://127.0.0.1:7711"

  @Option(
    help: ArgumentHelp(
      "The broker: tcp://HOST:PORT or ipc://PATH; several, separated by commas, are tried in turn. Default: KETWORK_BROKER.",
      valueName: "url"))
  var broker: String?

  @OptionGroup var keys: KeyOptions

  mutating func validate() throws { for endpoint in named ?? [] { try Endpoint.validateConnecting(endpoint) } }

  /// The endpoints that the option or the environment names; nil if neither does.
  var named: [String]? {
    let text = broker ?? ProcessInfo.processInfo.environment["KETWORK_BROKER"]
    let endpoints = text?.split(separator: ",").map { String($0) } ?? []
    return endpoints.isEmpty ? nil : endpoints
  }

  /// The endpoints named, or the default one.
  var endpoints: [String] { named ?? [Self.defaultEndpoint] }

  /// Connects to the broker.
  func connect() async throws -> KetworkClient {
    try await KetworkClient.connect(
      ClientConfiguration(endpoints: endpoints, name: "ketwork", security: try keys.security(role: .client)))
  }
}

/// How much services say on standard error.
struct LogOptions: ParsableArguments {
  @Option(help: ArgumentHelp("What to log on standard error.", valueName: "debug|info|warning|error"))
  var logLevel: LogLevel = .info

  enum LogLevel: String, ExpressibleByArgument, CaseIterable {
    case debug, info, warning, error
  }
}
