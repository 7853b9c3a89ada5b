internal import Protocol

/// Finished jobs in the order in which they finished; only the oldest is ever taken away.
struct FinishedJobs: Sendable {
  private var jobs: [JobID] = []
  private var start = 0

  var count: Int { jobs.count - start }
  var oldest: JobID? { start < jobs.count ? jobs[start] : nil }

  mutating func append(_ job: JobID) { jobs.append(job) }

  mutating func removeOldest() {
    start += 1
    // What was taken is thrown away when it is half of everything, so that each removal costs a constant on average.
    guard start * 2 > jobs.count else { return }
    jobs.removeFirst(start)
    start = 0
  }
}
