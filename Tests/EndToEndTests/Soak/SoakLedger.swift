import Protocol

/// What clients were told of their jobs, and whether it can all be true.
///
/// Pure: it hears of what happened, and keeps what does not agree, in words.
struct SoakLedger: Sendable {
  private struct Entry: Sendable {
    var work: Int
    var state: JobState?
    var digest: Digest?
    var isCancelled = false
  }

  private var entries: [JobID: Entry] = [:]
  private var jobsByKey: [String: JobID] = [:]
  /// What the results of each kind of work agreed in when they came first.
  private var results: [Int: [Digest]] = [:]
  /// In the order of acceptance.
  private(set) var jobs: [JobID] = []
  private(set) var counts: [String: Int] = [:]
  private(set) var problems: [String] = []

  /// Problems kept in words; of more there is a count.
  private static let problemCount = 50

  mutating func count(_ name: String, _ number: Int = 1) { counts[name, default: 0] += number }

  mutating func problem(_ text: String) {
    count("problems")
    if problems.count < Self.problemCount { problems.append(text) }
  }

  /// A job was accepted under a key, for the first time or again.
  mutating func accepted(_ job: JobID, key: String, work: Int) {
    if let known = jobsByKey[key], known != job { problem("key \(key) stands for \(known) and for \(job)") }
    jobsByKey[key] = job
    guard entries[job] == nil else { return }
    entries[job] = Entry(work: work)
    jobs.append(job)
    count("accepted")
  }

  /// A cancellation was answered.
  mutating func cancelled(_ status: JobStatus) {
    count("cancellations")
    guard status.state != .succeeded else { return }
    entries[status.job]?.isCancelled = true
  }

  /// A job's state was told; jobs that end are counted.
  mutating func saw(_ status: JobStatus) {
    guard let entry = entries[status.job] else { return problem("\(status.job) was never accepted") }
    if let ended = entry.state {
      if ended != status.state { problem("\(status.job) was \(ended), and is \(status.state)") }
      if entry.digest != status.resultDigest { problem("\(status.job) has two digests") }
      return
    }
    guard status.state.isTerminal else { return }
    entries[status.job]?.state = status.state
    entries[status.job]?.digest = status.resultDigest
    count("\(status.state)")
    if entry.isCancelled, status.state == .succeeded { problem("\(status.job) succeeded after its cancellation was acknowledged") }
    if status.state == .succeeded, status.completed != status.total || status.failed != 0 {
      problem("\(status.job) succeeded with \(status.completed) of \(status.total) circuits, \(status.failed) failed")
    }
    if status.state == .succeeded { count("circuits", status.total) }
  }

  /// All events of a job that has ended.
  mutating func saw(_ events: [JobEvent], of job: JobID) {
    count("events", events.count)
    let numbers = events.map(\.sequence)
    if numbers != Array(1...max(1, UInt64(numbers.count))) { problem("\(job) has events \(numbers)") }
    // A job that has ended may be retracted: one event more, of the same state.
    let ends = events.drop { !$0.state.isTerminal }
    if ends.isEmpty || ends.dropFirst().contains(where: { !$0.isRetracted || $0.state != ends.first?.state }) {
      problem("\(job) has events \(events.map(\.state))")
    }
  }

  /// The results of a job that succeeded.
  mutating func saw(_ found: CircuitResults, of job: JobID) {
    guard let work = entries[job]?.work else { return }
    let digests = found.map(\.outcomeDigest)
    guard let first = results[work] else {
      results[work] = digests
      return
    }
    if first != digests { problem("\(job) has other results than the same work had before") }
  }

  /// Jobs that were accepted and of whose end nothing was heard.
  var unfinished: [JobID] { jobs.filter { entries[$0]?.state == nil } }
}
