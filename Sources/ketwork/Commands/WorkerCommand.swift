internal import ArgumentParser
internal import Protocol
internal import Worker

/// `ketwork worker`.
struct WorkerCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "worker",
    abstract: "Run a broker's circuits on the devices here.",
    discussion: """
      Tests each device and builds its kernels first, then asks the broker for work, one lease a device at a time. If the broker \
      goes away, the worker keeps its results and connects again. Interrupted or terminated, it finishes what runs, gives back \
      the rest, and ends.

      EXAMPLES
        ketwork worker
        ketwork worker --broker tcp://10.0.0.5:7711 --keys keys --device opencl:0.0
        ketwork worker --signing-key worker.signing        # made by ketwork keys signing worker.signing

      EXIT STATUS
        0 stopped as asked; 64 unknown device or not an endpoint; 69 no device passed its test, or the broker refused the worker.
      """)

  @OptionGroup var broker: BrokerOptions

  @Option(help: "Which devices to use: auto for all, cpu, opencl or opencl:P.D.")
  var device = "auto"

  @Option(help: "A name for people. Default: host and process.")
  var name: String?

  @OptionGroup var signing: SigningOptions
  @OptionGroup var log: LogOptions

  mutating func run() async throws {
    let slots = try WorkerFactory.slots(device: device)
    var settings = WorkerConfiguration(
      endpoints: broker.endpoints, name: name ?? WorkerFactory.name(), security: try broker.keys.security(role: .worker))
    settings.signingKey = try signing.key()
    let configuration = settings
    let worker = try WorkerService(configuration, slots: slots, logger: Log.logger("ketwork.worker", log.logLevel))
    do {
      try await Signals.interruptible {
        let devices = try await worker.prepare().joined(separator: ", ")
        let endpoints = configuration.endpoints.joined(separator: ", ")
        let signer = configuration.signingKey.map { ", signing as \($0.fingerprint)" } ?? ""
        Terminal.standardOutput.write("worker \(configuration.name) ready on \(devices), for \(endpoints)\(signer)\n")
        try await worker.run()
      } onSignal: {
        await worker.stop()
      }
    } catch let error as WorkerError {
      throw Failure(.unavailable, error.message)
    }
  }
}
