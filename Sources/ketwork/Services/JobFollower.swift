internal import Client
internal import Protocol

/// Waits for a job with a progress bar.
struct JobFollower {
  let client: KetworkClient
  let job: JobID

  /// Waits for the end and fetches the results.
  func finish(timeout: Duration? = nil) async throws -> JobOutcome {
    let client = client
    let job = job
    let watcher = Task {
      var bar: ProgressBar?
      defer { bar?.finish() }
      for try await event in await client.events(of: job) {
        let shown = bar ?? ProgressBar(total: event.total, unit: "circuits")
        bar = shown
        shown.advance(to: event.completed)
      }
    }
    do {
      let outcome = try await client.wait(for: job, timeout: timeout)
      watcher.cancel()
      _ = await watcher.result
      return outcome
    } catch {
      watcher.cancel()
      _ = await watcher.result
      throw error
    }
  }

  /// Fails unless the job succeeded, and what it rests on is still so.
  static func refuse(_ status: JobStatus) throws {
    if let reason = status.retraction, status.state == .succeeded {
      throw Failure(.invalidData, "job \(status.job) succeeded, but was retracted\(reason.isEmpty ? "" : ": \(reason)")")
    }
    guard status.state != .succeeded else { return }
    let reason = status.message.isEmpty ? "" : ": \(status.message)"
    throw Failure(.invalidData, "job \(status.job) \(status.state)\(reason)")
  }
}
