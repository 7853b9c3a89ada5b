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
    try report.write(asJSON: json)
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
    try report.write(asJSON: json)
  }
}

/// `ketwork wait`.
struct Wait: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Wait until a job has ended.",
    discussion: """
      With --stream each circuit's result is printed as it comes, a line of JSON each, in the order in which workers finish them.

      EXIT STATUS
        0 it succeeded; 65 it failed, was cancelled or retracted, expired, or is not known; 69 no broker answers; 75 the time is up.
      """)

  @OptionGroup var job: JobArgument
  @OptionGroup var broker: BrokerOptions
  @Option(help: ArgumentHelp("How long to wait at most.", valueName: "seconds")) var timeout: Double?
  @Flag(help: "Print each circuit's result as it comes, as a line of JSON.") var stream = false
  @Flag(help: "Print JSON.") var json = false

  mutating func validate() throws {
    if stream && json { throw ValidationError("--stream prints lines of JSON; --json is for the job's state without it.") }
    if let timeout {
      guard timeout > 0, timeout < 1e9 else { throw ValidationError("--timeout \(timeout): seconds above 0 are needed.") }
    }
  }

  mutating func run() async throws {
    let client = try await broker.connect()
    let limit: Duration? = timeout.map { .seconds($0) }
    if stream {
      let status = try await ResultStreamer(client: client, job: try job.id).run(timeout: limit)
      await client.close()
      return try JobFollower.refuse(status)
    }
    let outcome = try await JobFollower(client: client, job: try job.id).finish(timeout: limit)
    await client.close()
    try JobReport(outcome.status).write(asJSON: json)
    try JobFollower.refuse(outcome.status)
  }
}

/// `ketwork result`.
struct ResultCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "result",
    abstract: "Print a job's results, waiting for its end if need be.",
    discussion: """
      The results can be asked for again until the broker lets them go; they are the same bytes for everyone. With --partial those       that there are now are printed, without waiting.

      EXIT STATUS
        0 every circuit succeeded; 65 a circuit or the job failed, the job was retracted, or is not known; 69 no broker answers.
      """)

  @OptionGroup var job: JobArgument
  @OptionGroup var broker: BrokerOptions
  @OptionGroup var output: OutputOptions
  @Flag(help: "Do not wait: print the results there are.") var partial = false

  @Option(
    help: ArgumentHelp("Write the results, and what workers signed of them, to a file for ketwork verify.", valueName: "out.json"),
    completion: .file(extensions: ["json"]))
  var receipts: String?

  mutating func run() async throws {
    let client = try await broker.connect()
    let start = ContinuousClock.now
    if partial {
      let results = try await client.resultsSoFar(of: try job.id)
      await client.close()
      let printer = ResultPrinter(output: output, statevectorPath: nil)
      return try printer.write(results, seconds: (ContinuousClock.now - start).inSeconds)
    }
    let outcome = try await JobFollower(client: client, job: try job.id).finish()
    if let receipts { try ReceiptFile(try await client.receiptedResult(of: try job.id)).write(to: receipts) }
    await client.close()
    let printer = ResultPrinter(output: output, statevectorPath: nil)
    try printer.write(outcome.results, seconds: (ContinuousClock.now - start).inSeconds)
    try JobFollower.refuse(outcome.status)
  }
}
