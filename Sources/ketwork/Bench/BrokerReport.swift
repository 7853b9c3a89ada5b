internal import FoundationEssentials

/// What a broker carries, as data: docs/schemas/broker-1.schema.json says what each key means.
struct BrokerReport: Encodable {
  struct Stream: Encodable {
    var rows: Int
    var jobs: Int
    var inFlight: Int
    var seconds: Double
    var circuitsPerSecond: Double
    var brokerSecondsPerCircuit: Double
    var brokerPeakBytes: Int
  }

  struct Latency: Encodable {
    var jobs: Int
    var p50: Double
    var p99: Double
    var maximum: Double
  }

  struct Restart: Encodable {
    var queuedJobs: Int
    var fillSeconds: Double
    var seconds: Double
    var fillPeakBytes: Int
    var restartPeakBytes: Int
  }

  var version = 1
  var isDurable: Bool
  var workers: Int
  var streams: [Stream] = []
  @ExplicitNull var latency: Latency?
  @ExplicitNull var restart: Restart?

  mutating func add(_ stream: BrokerBenchmark.Stream, inFlight: Int) {
    streams.append(
      Stream(
        rows: stream.rows, jobs: stream.jobs, inFlight: inFlight, seconds: stream.seconds,
        circuitsPerSecond: stream.circuitsPerSecond, brokerSecondsPerCircuit: stream.brokerSeconds / Double(stream.circuits),
        brokerPeakBytes: stream.brokerPeakByteCount))
  }

  /// Adds ascending latencies in seconds.
  mutating func add(latencies: [Double]) {
    func quantile(_ share: Double) -> Double { latencies[min(latencies.count - 1, Int(share * Double(latencies.count)))] }
    latency = Latency(jobs: latencies.count, p50: quantile(0.5), p99: quantile(0.99), maximum: latencies[latencies.count - 1])
  }

  /// The JSON text.
  func json() throws -> String { try ReportJSON.text(self) }

  /// Tables for people.
  func text(_ style: Style) -> String {
    var parts = [
      style.bold(isDurable ? "durable" : "in memory") + "  "
        + style.dim("\(workers) worker\(workers == 1 ? "" : "s"), \(BenchmarkJobs.qubitCount) qubits, one value a circuit")
    ]
    if !streams.isEmpty {
      let rows = streams.map {
        [
          Format.count($0.rows), Format.count($0.jobs), "\($0.inFlight)", Format.seconds($0.seconds),
          Format.decimal($0.circuitsPerSecond, unit: ""), Format.seconds($0.brokerSecondsPerCircuit),
          Format.decimal(Double($0.brokerPeakBytes), unit: "B"),
        ]
      }
      parts.append(
        TextTable(
          header: ["ROWS", "JOBS", "AT A TIME", "TIME", "CIRCUITS/S", "BROKER/CIRCUIT", "BROKER PEAK"], rows: rows,
          numeric: [0, 1, 2, 3, 4, 5, 6]
        ).text(style))
    }
    if let latency {
      let (p50, p99, maximum) = (Format.seconds(latency.p50), Format.seconds(latency.p99), Format.seconds(latency.maximum))
      parts.append("a lone circuit: p50 \(p50), p99 \(p99), at most \(maximum) of \(latency.jobs)\n")
    }
    if let restart {
      parts.append(
        """
        \(Format.count(restart.queuedJobs)) jobs queued in \(Format.seconds(restart.fillSeconds)) at \
        \(Format.decimal(Double(restart.fillPeakBytes), unit: "B")); the broker, killed, served again after \
        \(Format.seconds(restart.seconds)) at \(Format.decimal(Double(restart.restartPeakBytes), unit: "B"))

        """)
    }
    return parts.joined(separator: "\n\n")
  }
}
