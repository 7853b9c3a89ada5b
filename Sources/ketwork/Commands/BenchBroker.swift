internal import ArgumentParser
internal import Foundation

/// `ketwork bench broker`: jobs through a broker, from submission to results.
struct BenchBroker: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "broker",
    abstract: "Time jobs through a broker and its workers, from submission to results.",
    discussion: """
      A broker and its workers run in processes of their own on loopback; this process is the client. Jobs of --rows rows of one \
      template of 4 qubits, with one expectation value a row, are submitted --in-flight at a time, and each is followed until its results \
      are here. Then lone jobs of one circuit are timed, one after the other. With --queued that many jobs of one circuit are queued, the \
      broker is killed, and the time is taken until it serves again.

      With --store the broker keeps everything in that database (which must not be there yet), flushed before anything is promised; \
      without, in memory.

      EXAMPLES
        ketwork bench broker --store /var/tmp/bench.sqlite
        ketwork bench broker --rows 64 4096 --circuits 200000 --json
        ketwork bench broker --store /var/tmp/bench.sqlite --circuits 0 --lone 0 --queued 1000000

      EXIT STATUS
        0 measured; 64 wrong usage; 70 a service ended, or a result is missing; 73 the database is there already.
      """)

  @Option(parsing: .upToNextOption, help: ArgumentHelp("Rows of a job; a run for each.", valueName: "n"))
  var rows: [Int] = [1, 64, 4096]

  @Option(
    help: ArgumentHelp("Circuits of each run, in jobs of that many rows; at most 10,000 jobs; 0 for no runs.", valueName: "n"))
  var circuits = 200_000

  @Option(help: ArgumentHelp("Jobs at a time.", valueName: "n"))
  var inFlight = 64

  @Option(help: ArgumentHelp("Lone jobs whose latency is taken; 0 for none.", valueName: "n"))
  var lone = 500

  @Option(help: ArgumentHelp("Jobs that are queued before the broker is killed and started; 0 for none.", valueName: "n"))
  var queued = 0

  @Option(help: ArgumentHelp("Workers.", valueName: "n"))
  var workers = 1

  @Option(help: ArgumentHelp("Keep jobs in this database.", valueName: "path"))
  var store: String?

  @Flag(help: "Print JSON in place of the tables.")
  var json = false

  func validate() throws {
    guard rows.allSatisfy({ (1...1 << 20).contains($0) }) else { throw ValidationError("--rows: 1 to 1048576 are accepted") }
    guard [inFlight, workers].allSatisfy({ $0 > 0 }), [circuits, lone, queued].allSatisfy({ $0 >= 0 }) else {
      throw ValidationError("--in-flight and --workers: 1 or more are accepted; --circuits, --lone and --queued: 0 or more")
    }
    if queued > 0 && store == nil { throw ValidationError("--queued: a broker that is killed needs a --store") }
  }

  func run() async throws {
    if let store, FileManager.default.fileExists(atPath: store) { throw Failure(.cannotCreate, "\(store): is there already") }
    var report = BrokerReport(isDurable: store != nil, workers: workers)
    if circuits > 0 || lone > 0 { try await measure(&report) }
    if queued > 0, let store { report.restart = try await restart(store) }
    Terminal.standardOutput.write(
      json ? try report.json() + "\n" : report.text(Style(isColored: Terminal.standardOutput.wantsColor)))
  }

  private func measure(_ report: inout BrokerReport) async throws {
    let benchmark = try await BrokerBenchmark.start(store: store, workerCount: workers)
    // What is compiled once is compiled now.
    _ = try await benchmark.latencies(jobs: 5)
    for rows in circuits > 0 ? rows : [] {
      let jobs = min(10_000, max(1, circuits / rows))
      report.add(try await benchmark.stream(jobs: jobs, rows: rows, inFlight: inFlight), inFlight: inFlight)
    }
    if lone > 0 { report.add(latencies: try await benchmark.latencies(jobs: lone)) }
    await benchmark.stop()
  }

  private func restart(_ store: String) async throws -> BrokerReport.Restart {
    let start = ContinuousClock.now
    let first = try await BrokerBenchmark.start(store: store, workerCount: 0, tenantJobCount: queued)
    try await first.fill(jobs: queued, inFlight: 4 * inFlight)
    let (fillSeconds, fillPeak) = ((ContinuousClock.now - start) / .seconds(1), first.brokerPeakByteCount)
    await first.stop(SIGKILL)
    let killed = ContinuousClock.now
    let second = try await BrokerBenchmark.start(store: store, workerCount: 0, tenantJobCount: queued)
    let seconds = (ContinuousClock.now - killed) / .seconds(1)
    let count = try await second.queuedJobs
    let peak = second.brokerPeakByteCount
    await second.stop(SIGKILL)
    guard count >= queued else { throw Failure(.software, "\(count) jobs after the restart, \(queued) before") }
    return BrokerReport.Restart(
      queuedJobs: queued, fillSeconds: fillSeconds, seconds: seconds, fillPeakBytes: fillPeak, restartPeakBytes: peak)
  }
}
