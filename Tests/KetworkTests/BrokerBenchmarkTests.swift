import Testing

@testable import ketwork

@Suite("Broker benchmark")
struct BrokerBenchmarkTests {
  private static func report() -> BrokerReport {
    var report = BrokerReport(isDurable: true, workers: 1)
    report.add(
      BrokerBenchmark.Stream(rows: 64, jobs: 10, seconds: 0.5, brokerSeconds: 0.064, brokerPeakByteCount: 1_000), inFlight: 8)
    return report
  }

  @Test("the JSON has the schema's keys, also those whose value is null")
  func json() throws {
    var report = Self.report()
    try SchemaKeys.check(try report.json(), against: "broker-1.schema.json")
    report.add(latencies: [0.25])
    report.restart = BrokerReport.Restart(queuedJobs: 5, fillSeconds: 1, seconds: 2, fillPeakBytes: 3, restartPeakBytes: 4)
    try SchemaKeys.check(try report.json(), against: "broker-1.schema.json")
  }

  @Test("figures are of circuits, and quantiles of ascending latencies")
  func figures() throws {
    var report = Self.report()
    #expect(report.streams[0].circuitsPerSecond == 1_280 && report.streams[0].brokerSecondsPerCircuit == 1e-4)
    report.add(latencies: (1...200).map { Double($0) / 1_000 })
    let latency = try #require(report.latency)
    #expect(latency.p50 == 0.101 && latency.p99 == 0.199 && latency.maximum == 0.2)
    #expect(report.text(Style(isColored: false)).contains("p50 101 ms, p99 199 ms, at most 200 ms of 200"))
  }
}
