import Client
import Protocol
import Testing

/// Holds what a broker promised against what it says once the fault is over.
struct FaultChecker {
  private var accepted: [JobID: Int] = [:]
  private var keys: [String: JobID] = [:]
  private var cancelled: Set<JobID> = []

  /// Takes note of a receipt: from here on the job is the broker's affair.
  mutating func sawAccepted(_ submitted: Submitted, key: String) {
    if let other = keys[key] { #expect(other == submitted.job, "key \(key): two jobs") }
    keys[key] = submitted.job
    accepted[submitted.job] = submitted.circuitCount
  }

  mutating func sawCancelled(_ status: JobStatus) {
    if status.state != .succeeded { cancelled.insert(status.job) }
  }

  var jobs: [JobID] { accepted.keys.sorted() }

  /// Waits until every accepted job has ended, and reads each as two readers do.
  func check(_ site: FaultSite) async throws {
    let (first, second) = (try await site.client(), try await site.client())
    for job in jobs {
      let outcome = try await first.wait(for: job, timeout: .seconds(120))
      #expect(try await second.wait(for: job, timeout: .seconds(120)) == outcome, "job \(job): two readers, two results")
      check(outcome, of: job)
      try await checkEvents(of: outcome.status, first)
    }
    let listed = try await first.queue(includesFinished: true).jobs.map(\.job)
    #expect(Set(listed).count == listed.count, "a job is listed twice")
    #expect(Set(listed).isSuperset(of: jobs), "an accepted job is not listed")
    await first.close()
    await second.close()
  }

  private func check(_ outcome: JobOutcome, of job: JobID) {
    let status = outcome.status
    #expect(status.state.isTerminal && status.resultDigest != nil, "job \(job): \(status.state)")
    #expect(status.state == .succeeded || cancelled.contains(job), "job \(job): \(status.state): \(status.message)")
    #expect(status.state != .succeeded || !cancelled.contains(job), "job \(job): succeeded after its cancellation was acknowledged")
    #expect(Set(outcome.results.map { [$0.item, $0.row] }).count == outcome.results.count, "job \(job): a circuit has two results")
    #expect(status.completed == outcome.results.count, "job \(job): \(outcome.results.count) results of \(status.completed)")
    if status.state == .succeeded { #expect(status.completed == accepted[job], "job \(job): not all circuits have results") }
  }

  /// Numbered without gaps, each circuit named once, one end, and that the last.
  private func checkEvents(of status: JobStatus, _ client: KetworkClient) async throws {
    var (last, named): (JobEvent?, RangeSet) = (nil, RangeSet())
    for try await event in await client.events(of: status.job) {
      #expect(
        event.sequence == (last?.sequence ?? 0) + 1, "job \(status.job): event \(event.sequence) after \(last?.sequence ?? 0)")
      #expect(last?.state.isTerminal != true, "job \(status.job): an event after its end")
      for range in event.circuits {
        #expect(named.gaps(in: range) == [range], "job \(status.job): event \(event.sequence) names circuits again")
        named.insert(range)
      }
      last = event
    }
    #expect(last?.state == status.state && last?.completed == status.completed && last?.failed == status.failed)
    #expect(last?.sequence == status.lastEvent)
    if last?.hasMoreCircuits == false {
      #expect(named.count == status.completed, "job \(status.job): circuits that no event names")
    }
  }
}
