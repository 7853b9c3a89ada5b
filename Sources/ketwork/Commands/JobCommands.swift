internal import ArgumentParser
internal import Client
internal import Protocol

/// `ketwork status`.
struct Status: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Say where a job stands.",
    discussion: """
      EXIT STATUS
        0 the broker knows the job; 65 it does not; 69 no broker answers.
      """)

  @OptionGroup var job: JobArgument
  @OptionGroup var broker: BrokerOptions
  @Flag(help: "Print JSON.") var json = false

  mutating func run() async throws {
    let client = try await broker.connect()
    let report = JobReport(try await client.status(of: try job.id))
    await client.close()
    if json { try ResultPrinter.printJSON(report) } else { Terminal.standardOutput.write(report.line) }
  }
}

/// `ketwork cancel`.
struct Cancel: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Cancel a job; from then on it never succeeds, if it has not already.",
    discussion: """
      EXIT STATUS
        0 the job is or will be cancelled, or had ended; 65 the broker does not know it; 69 no broker answers.
      """)

  @OptionGroup var job: JobArgument
  @OptionGroup var broker: BrokerOptions
  @Flag(help: "Print JSON.") var json = false

  mutating func run() async throws {
    let client = try await broker.connect()
    let report = JobReport(try await client.cancel(try job.id))
    await client.close()
    if json { try ResultPrinter.printJSON(report) } else { Terminal.standardOutput.write(report.line) }
  }
}

/// `ketwork wait`.
struct Wait: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Wait until a job has ended.",
    discussion: """
      EXIT STATUS
        0 it succeeded; 65 it failed, was cancelled, expired, or is not known; 69 no broker answers; 75 the time is up.
      """)

  @OptionGroup var job: JobArgument
  @OptionGroup var broker: BrokerOptions
  @Option(help: ArgumentHelp("How long to wait at most.", valueName: "seconds")) var timeout: Double?
  @Flag(help: "Print JSON.") var json = false

  mutating func validate() throws {
    if let timeout {
      guard timeout > 0, timeout < 1e9 else { throw ValidationError("--timeout \(timeout): seconds above 0 are needed.") }
    }
  }

  mutating func run() async throws {
    let client = try await broker.connect()
    let outcome = try await JobFollower(client: client, job: try job.id).finish(timeout: timeout.map { .seconds($0) })
    await client.close()
    let report = JobReport(outcome.status)
    if json { try ResultPrinter.printJSON(report) } else { Terminal.standardOutput.write(report.line) }
    try JobFollower.refuse(outcome.status)
  }
}

/// `ketwork result`.
struct ResultCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "result",
    abstract: "Print a job's results, waiting for its end if need be.",
    discussion: """
      The results can be asked for again until the broker lets them go; they are the same bytes for everyone.

      EXIT STATUS
        0 every circuit succeeded; 65 a circuit or the job failed, or the job is not known; 69 no broker answers.
      """)

  @OptionGroup var job: JobArgument
  @OptionGroup var broker: BrokerOptions
  @OptionGroup var output: OutputOptions

  mutating func run() async throws {
    let client = try await broker.connect()
    let start = ContinuousClock.now
    let outcome = try await JobFollower(client: client, job: try job.id).finish()
    await client.close()
    let printer = ResultPrinter(output: output, statevectorPath: nil)
    try printer.write(outcome.results, seconds: (ContinuousClock.now - start).inSeconds)
    try JobFollower.refuse(outcome.status)
  }
}
