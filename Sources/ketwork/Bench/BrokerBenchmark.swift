internal import Client
internal import Foundation
internal import Protocol

/// A broker and workers in processes of their own, and this process as their client.
struct BrokerBenchmark {
  /// What one run of a stream of jobs gave.
  struct Stream {
    var rows: Int
    var jobs: Int
    var seconds: Double
    /// Time of processors that the broker used.
    var brokerSeconds: Double
    var brokerPeakByteCount: Int

    var circuits: Int { rows * jobs }
    var circuitsPerSecond: Double { Double(circuits) / seconds }
  }

  let endpoint: String
  private let broker: ServiceProcess
  private let workers: [ServiceProcess]
  private let jobs: BenchmarkJobs

  /// Starts all of it.
  ///
  /// - Parameters:
  ///   - store: Where the broker keeps jobs; nil for memory.
  ///   - workerCount: How many workers there are.
  static func start(store: String?, workerCount: Int, tenantJobCount: Int? = nil) async throws -> BrokerBenchmark {
    let broker = try ServiceProcess(
      ["broker", "--bind", "tcp://127.0.0.1:*", "--log-level", "error"] + (store.map { ["--store", $0] } ?? [])
        + (tenantJobCount.map { ["--tenant-jobs", "\($0)"] } ?? []))
    let line = try broker.firstLine()
    guard let endpoint = line.split(separator: " ").last.map(String.init), endpoint.hasPrefix("tcp://") else {
      throw Failure(.software, "the broker said: \(line)")
    }
    let workers = try (0..<workerCount).map { _ in
      try ServiceProcess(["worker", "--broker", endpoint, "--device", "cpu", "--log-level", "error"])
    }
    let client = try await KetworkClient.connect(ClientConfiguration(endpoints: [endpoint], name: "bench"))
    while try await client.workers().count < workerCount { try await Task.sleep(for: .milliseconds(20)) }
    return BrokerBenchmark(endpoint: endpoint, broker: broker, workers: workers, jobs: try BenchmarkJobs(client: client))
  }

  private init(endpoint: String, broker: ServiceProcess, workers: [ServiceProcess], jobs: BenchmarkJobs) {
    (self.endpoint, self.broker, self.workers, self.jobs) = (endpoint, broker, workers, jobs)
  }

  /// Ends it; `signal` is the broker's.
  func stop(_ signal: Int32 = SIGTERM) async {
    await jobs.client.close()
    for worker in workers { worker.stop() }
    broker.stop(signal)
  }

  /// Runs jobs of rows, some at a time, each until its results are there.
  func stream(jobs: Int, rows: Int, inFlight: Int) async throws -> Stream {
    let (start, used) = (ContinuousClock.now, broker.processorSeconds)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0..<jobs {
        if number >= inFlight { try await group.next() }
        group.addTask { [source = self.jobs] in try await source.run(number, rows: rows) }
      }
      try await group.waitForAll()
    }
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    return Stream(
      rows: rows, jobs: jobs, seconds: seconds, brokerSeconds: broker.processorSeconds - used,
      brokerPeakByteCount: broker.peakByteCount)
  }

  /// Seconds from submission to results of lone jobs of one circuit, ascending.
  func latencies(jobs: Int) async throws -> [Double] {
    var seconds: [Double] = []
    for number in 0..<jobs {
      let start = ContinuousClock.now
      try await self.jobs.run(number, rows: 1)
      seconds.append((ContinuousClock.now - start) / .seconds(1))
    }
    return seconds.sorted()
  }

  /// Submits jobs of one circuit and leaves them.
  func fill(jobs: Int, inFlight: Int) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0..<jobs {
        if number >= inFlight { try await group.next() }
        group.addTask { [source = self.jobs] in _ = try await source.submit(number, rows: 1) }
      }
      try await group.waitForAll()
    }
  }

  var queuedJobs: Int { get async throws { try await jobs.client.queue(limit: 1).jobCount } }
  var brokerPeakByteCount: Int { broker.peakByteCount }
}
