internal import ArgumentParser
internal import Client
internal import Protocol

/// `ketwork confirm`.
struct Confirm: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Report confirmations of what a held job rests on.",
    discussion: """
      A job that was submitted with --confirmations is held until so many are reported. A count below an earlier one changes nothing.

      EXAMPLES
        ketwork confirm 06fb2kmve8000000000000000 12

      EXIT STATUS
        0 the broker took note, or the job was not held; 65 it does not know the job; 69 no broker answers.
      """)

  @OptionGroup var job: JobArgument
  @Argument(help: "How many confirmations there are in all.") var count: Int
  @OptionGroup var broker: BrokerOptions
  @Flag(help: "Print JSON.") var json = false

  mutating func validate() throws {
    guard count >= 0 else { throw ValidationError("\(count) confirmations: 0 or more is accepted.") }
  }

  mutating func run() async throws {
    let client = try await broker.connect()
    let report = JobReport(try await client.confirm(try job.id, count: count))
    await client.close()
    try report.write(asJSON: json)
  }
}

/// `ketwork retract`.
struct Retract: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Take a job back because what it rests on is no longer so.",
    discussion: """
      After a reorganisation of a chain, for instance. A job that has not ended is cancelled. One that has keeps its state and its \
      result; from then on both say that it was retracted. The same transaction in another block is another job, with another \
      idempotency key.

      EXIT STATUS
        0 the job is retracted; 65 the broker does not know it; 69 no broker answers.
      """)

  @OptionGroup var job: JobArgument
  @OptionGroup var broker: BrokerOptions
  @Option(help: ArgumentHelp("Why, for people.", valueName: "text")) var reason = ""
  @Flag(help: "Print JSON.") var json = false

  mutating func run() async throws {
    let client = try await broker.connect()
    let report = JobReport(try await client.retract(try job.id, reason: reason))
    await client.close()
    try report.write(asJSON: json)
  }
}
