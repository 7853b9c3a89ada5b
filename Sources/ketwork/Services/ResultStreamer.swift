internal import Client
internal import Protocol

/// Prints each circuit's result as it comes, a line of JSON each.
struct ResultStreamer {
  let client: KetworkClient
  let job: JobID

  /// Prints to the job's end.
  ///
  /// - Returns: How it ended.
  func run() async throws -> JobStatus {
    var labels: [Int: CircuitResult.Labels] = [:]
    for try await result in client.partialResults(of: job) {
      if let new = result.labels { labels[result.item] = new }
      try ResultPrinter.printJSON(CircuitReport(result, labels: labels[result.item]))
    }
    return try await client.status(of: job)
  }

  /// Prints to the job's end, or fails when the time is up.
  func run(timeout: Duration?) async throws -> JobStatus {
    guard let timeout else { return try await run() }
    return try await withThrowingTaskGroup { group in
      group.addTask { try await self.run() }
      group.addTask {
        try await Task.sleep(for: timeout)
        throw ClientError(.timedOut, "job \(self.job) did not end within \(timeout); it goes on")
      }
      defer { group.cancelAll() }
      return try await group.next()!
    }
  }
}
