internal import ArgumentParser
internal import Client
internal import FoundationEssentials
internal import ZeroMQ

/// `ketwork doctor`.
struct Doctor: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Say whether a broker answers, how it is, and what it has refused; or why it does not.",
    discussion: """
      With --json, one object as docs/schemas/doctor-1.schema.json describes it.

      EXIT STATUS
        0 the broker answers; 65 a key that is not valid; 66 no keys there; 69 it does not answer, or refuses this key.
      """)

  @OptionGroup var broker: BrokerOptions
  @Flag(help: "Print JSON.") var json = false

  mutating func run() async throws {
    let security = try broker.keys.security(role: .client)
    let report = try await Self.report(broker.endpoints, security)
    if json { try ResultPrinter.printJSON(report) } else { Terminal.standardOutput.write(report.text) }
    guard report.answers else { throw ExitCode(Failure.Status.unavailable.rawValue) }
  }

  private static func report(_ endpoints: [String], _ security: SocketSecurity) async throws -> DoctorReport {
    do {
      let client = try await KetworkClient.connect(
        ClientConfiguration(endpoints: endpoints, name: "ketwork doctor", security: security))
      let diagnosis = try await client.diagnosis()
      await client.close()
      return DoctorReport(endpoints, diagnosis)
    } catch let error as ClientError {
      var key: CurvePublicKey?
      if case .curveClient(let pair, _) = security { key = pair.publicKey }
      return DoctorReport(endpoints, error, key: key)
    }
  }
}
