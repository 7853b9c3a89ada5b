import Foundation
import TestSupport

/// A thread that makes things go wrong, and measures memory.
final class SoakChaos: Sendable {
  private struct State {
    var faults: [SoakFault: Int] = [:]
    var samples: [SoakReport.Sample] = []
    var failure: (any Error)?
    var hasEnded = false
    var mayStop = false
    var hasStopped = false
  }

  let endpoint: String
  private let state: Shared<State>

  init(seed: UInt64, end: Date) throws {
    let state = Shared(State())
    let started = Shared<Result<String, any Error>?>(nil)
    self.state = state
    // Processes are waited for by blocking, which tasks must not do.
    Thread.detachNewThread {
      do {
        try Self.run(seed, end, state) { endpoint in started.update { $0 = .success(endpoint) } }
      } catch {
        started.update { $0 = .failure(error) }
      }
      // The processes are gone with their site.
      state.update { $0.hasStopped = true }
    }
    while started.current == nil { Thread.sleep(forTimeInterval: 0.02) }
    endpoint = try started.current!.get()
  }

  private static func run(_ seed: UInt64, _ end: Date, _ state: Shared<State>, onStart: (String) -> Void) throws {
    let site = try SoakSite(workerCount: 3)
    onStart(site.clients.endpoint)
    do { try strike(site, seed, end, state) } catch { state.update { $0.failure = error } }
    state.update { $0.hasEnded = true }
    while !state.current.mayStop { Thread.sleep(forTimeInterval: 0.1) }
  }

  private static func strike(_ site: SoakSite, _ seed: UInt64, _ end: Date, _ state: Shared<State>) throws {
    var random = SplitMix(seed: seed)
    let start = Date()
    while Date() < end {
      let fault = SoakFault.random(&random)
      state.update { $0.faults[fault, default: 0] += 1 }
      try fault.strike(site, &random)
      Thread.sleep(forTimeInterval: Double.random(in: 0.2...3, using: &random))
      try site.checkAlive()
      let sample = SoakReport.Sample(
        seconds: Date().timeIntervalSince(start), broker: site.broker.residentMebibytes,
        workers: site.workers.reduce(0) { $0 + $1.residentMebibytes })
      state.update { $0.samples.append(sample) }
    }
  }

  /// Waits until nothing goes wrong any more; the broker and its workers run on.
  func finish() async throws -> (faults: [SoakFault: Int], samples: [SoakReport.Sample]) {
    while !state.current.hasEnded { try await Task.sleep(for: .milliseconds(50)) }
    if let failure = state.current.failure { throw failure }
    return (state.current.faults, state.current.samples)
  }

  /// Throws when things went wrong that were not to: processes that left, or did not start again.
  func watch() async throws {
    while true {
      if let failure = state.current.failure { throw failure }
      try await Task.sleep(for: .milliseconds(100))
    }
  }

  /// Ends the broker and its workers.
  func stop() {
    state.update { $0.mayStop = true }
    while !state.current.hasStopped { Thread.sleep(forTimeInterval: 0.02) }
  }
}
