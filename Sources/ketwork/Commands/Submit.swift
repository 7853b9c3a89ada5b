internal import ArgumentParser
internal import Client
internal import Protocol

/// `ketwork submit`.
struct Submit: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Submit circuits to a broker as one job, and wait for the results.",
    discussion: """
      All circuits and parameter rows form one job. Without --broker and KETWORK_BROKER, a broker and a worker for each device are \
      started in this process for the time of the job, and talked to over ZeroMQ all the same.

      EXAMPLES
        ketwork submit examples/*.qasm
        ketwork submit ansatz.qasm --parameters rows.csv --observable ZZ --broker tcp://10.0.0.5:7711
        ketwork submit job.json --detach --idempotency-key nightly-2026-11-21
        ketwork submit swap.qasm --detach --confirmations 12 --idempotency-key 1:0xBLOCK:0xTRANSACTION:0
        ketwork submit ansatz.qasm --parameters rows.csv --observable ZZ --device-model manila --mitigation zne

      A job file is JSON, {"version": 1, "circuits": [{"circuit": "bell.qasm", "shots": 1000, "observables": ["ZZ"]}]}; its schema is \
      docs/schemas/job-1.schema.json.

      With --mitigation, the worker that has a circuit makes its variants, adds the noise of --noise or --device-model to them and runs \
      them; the result has the mitigated value beside the one as it is, the same as that of ketwork run. An entry of a job file may say \
      so for itself: "mitigation": {"method": "zne", "scales": [1, 2, 3]}. docs/mitigation.md tells what each technique costs.

      EXIT STATUS
        0 every circuit succeeded; 64 wrong usage; 65 a circuit or a value is not valid; 66 a file cannot be read; 69 no broker \
      answers; 75 the broker refused for now.
      """)

  @OptionGroup var circuits: CircuitOptions
  @OptionGroup var broker: BrokerOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var mitigation: MitigationOptions

  @Option(help: "Higher runs first, from -1000 to 1000.")
  var priority = 0

  @Option(help: ArgumentHelp("Give the job up if it has not ended after so long.", valueName: "seconds"))
  var deadline: Double?

  @Option(help: ArgumentHelp("The same key and the same circuits are one job, however often submitted.", valueName: "key"))
  var idempotencyKey: String?

  @Option(help: ArgumentHelp("Hold the job until so many confirmations are reported with ketwork confirm.", valueName: "count"))
  var confirmations = 0

  @Option(help: ArgumentHelp("An open session, as ketwork session open printed it.", valueName: "session"))
  var session: String?

  @Flag(help: "Do not wait: print the job's id and leave.")
  var detach = false

  mutating func validate() throws {
    try mitigation.validate(with: circuits)
    guard (-1000...1000).contains(priority) else { throw ValidationError("--priority \(priority): -1000 to 1000 is accepted.") }
    if let deadline {
      guard deadline > 0, deadline < 1e9 else { throw ValidationError("--deadline \(deadline): seconds above 0 are needed.") }
    }
    guard confirmations >= 0 else { throw ValidationError("--confirmations \(confirmations): 0 or more is accepted.") }
    if let session { _ = try SessionArgument.id(session) }
    if (confirmations > 0 || session != nil) && broker.named == nil {
      throw ValidationError("--confirmations and --session need a broker that stays: give --broker or set KETWORK_BROKER.")
    }
    if detach, broker.named == nil {
      throw ValidationError("--detach needs a broker that stays: give --broker or set KETWORK_BROKER.")
    }
  }

  mutating func run() async throws {
    let batch = try CircuitBatch(circuits, mitigation: try mitigation.settings(), randomSeed: idempotencyKey == nil)
    let job = try Job(
      items: batch.items, priority: priority, deadline: deadline.map { .seconds($0) }, idempotencyKey: idempotencyKey ?? "",
      confirmations: confirmations, session: try session.map { try SessionArgument.id($0) })
    if broker.named == nil {
      let service = try await EmbeddedService.start(slots: try WorkerFactory.slots(device: circuits.device), level: .error)
      let command = self
      try await service.serve { endpoint in
        try await command.submit(job, batch, to: try await KetworkClient.connect(ClientConfiguration(endpoints: [endpoint])))
      }
    } else {
      try await submit(job, batch, to: try await broker.connect())
    }
  }

  private func submit(_ job: Job, _ batch: CircuitBatch, to client: KetworkClient) async throws {
    do {
      let start = ContinuousClock.now
      let receipt = try await client.submit(job, templates: batch.templates)
      if detach {
        try Ticket(receipt).write(asJSON: output.json)
      } else {
        let outcome = try await JobFollower(client: client, job: receipt.job).finish()
        let printer = ResultPrinter(output: output, statevectorPath: circuits.statevector)
        try printer.write(outcome.results, seconds: (ContinuousClock.now - start).inSeconds)
        try JobFollower.refuse(outcome.status)
      }
      await client.close()
    } catch {
      await client.close()
      throw error
    }
  }
}
