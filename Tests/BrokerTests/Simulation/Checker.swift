import Protocol

/// Holds what the broker promised against what everybody saw.
final class Checker {
  private(set) var failures: [String] = []
  private var accepted: [JobID: Int] = [:]
  private var keys: [String: JobID] = [:]
  private var terminal: [JobID: JobState] = [:]
  private var digests: [JobID: Digest] = [:]
  private var events: [JobID: [UInt64: JobEvent]] = [:]
  private(set) var rejections: [Message.Reject.Code: Int] = [:]
  private var endSequence: [JobID: UInt64] = [:]
  private var cancelAcknowledged: Set<JobID> = []

  func fail(_ message: String) { failures.append(message) }

  func sawAccepted(_ job: JobID, key: String, circuits: Int) {
    if let other = keys[key], other != job { fail("key \(key): accepted as \(other) and as \(job)") }
    keys[key] = job
    accepted[job] = circuits
  }

  /// A state seen at some time; an older one may be seen later, but there is only one end.
  func sawState(_ job: JobID, _ state: JobState) {
    guard state.isTerminal else { return }
    if state == .succeeded && cancelAcknowledged.contains(job) {
      fail("job \(job): succeeded after its cancellation was acknowledged")
    }
    if let old = terminal[job], old != state { fail("job \(job): \(old), and later \(state)") }
    terminal[job] = state
  }

  func sawCancelAcknowledged(_ job: JobID, _ state: JobState) {
    sawState(job, state)
    if !state.isTerminal && state != .cancelling { fail("job \(job): \(state) although its cancellation is acknowledged") }
    if state != .succeeded { cancelAcknowledged.insert(job) }
  }

  func sawEvent(_ event: JobEvent, after last: UInt64) {
    if event.sequence != last + 1 { fail("job \(event.job): event \(event.sequence) after \(last)") }
    if let other = events[event.job]?[event.sequence], other != event {
      fail("job \(event.job): event \(event.sequence) was \(other) and is \(event)")
    }
    events[event.job, default: [:]][event.sequence] = event
    if let ended = endSequence[event.job], event.sequence > ended { fail("job \(event.job): an event after its end") }
    if event.state.isTerminal { endSequence[event.job] = event.sequence }
    sawState(event.job, event.state)
  }

  func sawResult(_ bytes: [UInt8], _ end: Message.StreamEnd) {
    sawState(end.job, end.state)
    if Digest(of: bytes) != end.digest { fail("job \(end.job): the result has not the digest announced") }
    if let other = digests[end.job], other != end.digest { fail("job \(end.job): two results are visible") }
    digests[end.job] = end.digest
    do {
      let results = try ResultBody.decode(bytes)
      let places = results.map { [$0.item, $0.row] }
      if Set(places).count != places.count { fail("job \(end.job): a circuit has two results") }
      if end.state == .succeeded && places.count != accepted[end.job] {
        fail("job \(end.job): \(places.count) results of \(accepted[end.job] ?? 0) circuits")
      }
      if places != places.sorted(by: { $0.lexicographicallyPrecedes($1) }) { fail("job \(end.job): results out of order") }
    } catch {
      fail("job \(end.job): its result does not read: \(error)")
    }
  }

  /// After all is quiet: everything accepted has ended.
  func finish() {
    for job in accepted.keys where terminal[job] == nil { fail("job \(job): accepted, but never seen to end") }
  }

  /// A refusal is an answer: what must not happen is none.
  func sawRejected(_ reject: Message.Reject) {
    rejections[reject.code, default: 0] += 1
    if reject.code == .quota && reject.retryAfter == nil { fail("a quota's refusal without a time to come back") }
  }

  var jobCount: Int { accepted.count }
  func count(_ state: JobState) -> Int { terminal.values.count { $0 == state } }
}
