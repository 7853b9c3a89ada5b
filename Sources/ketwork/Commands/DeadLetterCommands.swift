internal import ArgumentParser
internal import Client
internal import FoundationEssentials
internal import Protocol

/// `ketwork dead-letters`.
struct DeadLetters: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "List jobs that took down their workers, the newest first, with the circuits that did it.",
    discussion: """
      Such a job keeps its circuits for as long as its result is kept, so that ketwork retry can run them again.

      EXIT STATUS
        0 success; 69 no broker answers.
      """)

  @OptionGroup var broker: BrokerOptions
  @Flag(help: "List jobs all of whose circuits failed without that, too.") var all = false
  @Option(help: "How many jobs are listed at most, up to 1000.") var limit = 50
  @Flag(help: "Print JSON.") var json = false

  mutating func validate() throws {
    guard (1...1000).contains(limit) else { throw ValidationError("--limit \(limit): 1 to 1000 is accepted.") }
  }

  mutating func run() async throws {
    let client = try await broker.connect()
    let reports = try await client.deadLetters(includesFailed: all, limit: limit).map { DeadLetterReport($0) }
    await client.close()
    if json { return try ResultPrinter.printJSON(reports) }
    Terminal.standardOutput.write(reports.isEmpty ? "no dead letters\n" : reports.map(\.text).joined())
  }
}

/// `ketwork retry`.
struct Retry: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Run the circuits of a dead or failed job again, as a new job, and wait for the results.",
    discussion: """
      The old job stays as it is; the new one's status names it. The same key and the same job are one new job.

      EXAMPLES
        ketwork dead-letters
        ketwork retry 06fb2kmve8000000000000000 --detach

      EXIT STATUS
        0 every circuit succeeded; 65 the job cannot be run again, or a circuit failed again; 69 no broker answers; 75 the broker \
      refused for now.
      """)

  @OptionGroup var job: JobArgument
  @OptionGroup var broker: BrokerOptions
  @OptionGroup var output: OutputOptions

  @Option(help: ArgumentHelp("The same key and the same job are one new job, however often retried.", valueName: "key"))
  var idempotencyKey = ""

  @Flag(help: "Do not wait: print the new job's id and leave.")
  var detach = false

  mutating func run() async throws {
    let client = try await broker.connect()
    let start = ContinuousClock.now
    let receipt = try await client.requeue(try job.id, idempotencyKey: idempotencyKey)
    if detach {
      await client.close()
      return try Ticket(receipt).write(asJSON: output.json)
    }
    let outcome = try await JobFollower(client: client, job: receipt.job).finish()
    await client.close()
    try ResultPrinter(output: output, statevectorPath: nil).write(outcome.results, seconds: (ContinuousClock.now - start).inSeconds)
    try JobFollower.refuse(outcome.status)
  }
}

/// A dead letter as JSON and as text.
private struct DeadLetterReport: Encodable {
  struct Circuit: Encodable {
    var item: Int
    var row: Int
    var code: String
    var message: String
  }

  var job: JobReport
  var finishedUnixSeconds: Double
  var requeueable: Bool
  var circuits: [Circuit]

  private enum CodingKeys: String, CodingKey {
    case job, requeueable, circuits
    case finishedUnixSeconds = "finished_unix_seconds"
  }

  init(_ letter: DeadLetter) {
    job = JobReport(letter.status)
    finishedUnixSeconds = Double(letter.finishedUnixNanoseconds) / 1e9
    requeueable = letter.isRequeueable
    circuits = letter.circuits.map { Circuit(item: $0.item, row: $0.row, code: $0.code, message: $0.message) }
  }

  func encode(to encoder: any Encoder) throws {
    try job.encode(to: encoder)
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(finishedUnixSeconds, forKey: .finishedUnixSeconds)
    try container.encode(requeueable, forKey: .requeueable)
    try container.encode(circuits, forKey: .circuits)
  }

  /// A line for the job, and one for each circuit that is named.
  var text: String {
    let kept = requeueable ? "" : " · cannot be run again"
    var lines = [
      "\(job.job)  \(job.state) · \(Format.count(job.total)) circuits · attempts: \(job.attempts), crashes: \(job.crashes)\(kept)"
    ]
    lines += circuits.map { "  circuit \($0.item), row \($0.row): \($0.message) [\($0.code)]" }
    if job.failed > circuits.count { lines.append("  and \(Format.count(job.failed - circuits.count)) more") }
    return lines.joined(separator: "\n") + "\n"
  }
}
