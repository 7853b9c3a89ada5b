internal import ArgumentParser
internal import Client
internal import Protocol

/// `ketwork queue`.
struct Queue: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "List a broker's jobs, the newest first.",
    discussion: """
      EXIT STATUS
        0 success; 69 no broker answers.
      """)

  @OptionGroup var broker: BrokerOptions
  @Flag(help: "List jobs that have ended, too.") var all = false
  @Option(help: "How many jobs are listed at most, up to 1000.") var limit = 50
  @Flag(help: "Print JSON.") var json = false

  mutating func validate() throws {
    guard (1...1000).contains(limit) else { throw ValidationError("--limit \(limit): 1 to 1000 is accepted.") }
  }

  mutating func run() async throws {
    let client = try await broker.connect()
    let listing = try await client.queue(includesFinished: all, limit: limit)
    await client.close()
    let reports = listing.jobs.map { JobReport($0) }
    if json { return try ResultPrinter.printJSON(reports) }
    let rows = reports.map {
      [
        $0.job, $0.retracted == nil ? $0.state : "\($0.state), retracted", Format.count($0.completed), Format.count($0.total),
        Format.count($0.failed), String($0.priority),
      ]
    }
    let table = TextTable(header: ["JOB", "STATE", "DONE", "OF", "FAILED", "PRIORITY"], rows: rows, numeric: [2, 3, 4, 5])
    let style = Style(isColored: Terminal.standardOutput.wantsColor)
    let summary = "jobs: \(Format.count(listing.jobCount)), circuits waiting: \(Format.count(listing.queuedCircuitCount))\n"
    Terminal.standardOutput.write((rows.isEmpty ? "" : table.text(style)) + summary)
  }
}

/// `ketwork workers`.
struct Workers: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "List a broker's workers and their devices.",
    discussion: """
      EXIT STATUS
        0 success; 69 no broker answers.
      """)

  private struct Report: Encodable {
    struct Device: Encodable {
      var name: String
      var description: String
      var memoryBytes: UInt64
      var double: Bool
      private enum CodingKeys: String, CodingKey {
        case name, description, double
        case memoryBytes = "memory_bytes"
      }
    }

    var name: String
    var devices: [Device]
    var slots: Int
    var leases: Int
    var completed: Int
    var circuitsPerSecond: Double
    var draining: Bool

    private enum CodingKeys: String, CodingKey {
      case name, devices, slots, leases, completed, draining
      case circuitsPerSecond = "circuits_per_second"
    }

    init(_ worker: WorkerSummary) {
      name = worker.name
      devices = worker.devices.map {
        Device(name: $0.name, description: $0.description, memoryBytes: $0.memoryByteCount, double: $0.supportsDouble)
      }
      (slots, leases, completed) = (worker.slots, worker.leases, worker.completedCircuits)
      (circuitsPerSecond, draining) = (worker.circuitsPerSecond, worker.isDraining)
    }
  }

  @OptionGroup var broker: BrokerOptions
  @Flag(help: "Print JSON.") var json = false

  mutating func run() async throws {
    let client = try await broker.connect()
    let workers = try await client.workers().map { Report($0) }
    await client.close()
    if json { return try ResultPrinter.printJSON(workers) }
    let rows = workers.map { worker in
      [
        worker.name, worker.devices.map(\.name).joined(separator: ", "), "\(worker.leases)/\(worker.slots)",
        Format.count(worker.completed),
        worker.circuitsPerSecond > 0 ? Format.count(Int(worker.circuitsPerSecond)) : "-",
      ]
    }
    let table = TextTable(header: ["WORKER", "DEVICES", "BUSY", "CIRCUITS", "PER SECOND"], rows: rows, numeric: [2, 3, 4])
    let style = Style(isColored: Terminal.standardOutput.wantsColor)
    Terminal.standardOutput.write(rows.isEmpty ? "no workers\n" : table.text(style))
  }
}
