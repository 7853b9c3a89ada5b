package import Broker
package import Protocol

/// Holds what the broker promised against what everybody saw.
package struct Checker: Sendable {
  package private(set) var failures: [String] = []
  private var accepted: [JobID: Int] = [:]
  private var keys: [String: JobID] = [:]
  private var terminal: [JobID: JobState] = [:]
  private var digests: [JobID: Digest] = [:]
  private var events: [JobID: [UInt64: JobEvent]] = [:]
  package private(set) var rejections: [Message.Reject.Code: Int] = [:]
  private var endSequence: [JobID: UInt64] = [:]
  private var cancelAcknowledged: Set<JobID> = []
  private var retractAcknowledged: Set<JobID> = []
  /// Confirmations that jobs are held for, and the most that were reported.
  private var needed: [JobID: Int] = [:]
  private var reported: [JobID: Int] = [:]
  private var sessions: [String: SessionID] = [:]
  private var sources: [JobID: JobID] = [:]
  /// The bytes of each circuit's result, whoever saw them.
  private var records: [JobID: [Place: [UInt8]]] = [:]
  /// What each job's result counts.
  private var counts: [JobID: (completed: Int, failed: Int)] = [:]
  /// Circuits that the events up to a number named.
  private var named: [JobID: (sequence: UInt64, circuits: RangeSet)] = [:]
  package private(set) var partialCount = 0
  package private(set) var retractionsAfterEnd = 0
  package private(set) var duplicatesOfForgotten = 0

  private struct Place: Hashable {
    var item: Int
    var row: Int
  }

  package init() {}

  package mutating func fail(_ message: String) { failures.append(message) }

  package mutating func sawAccepted(_ job: JobID, key: String, circuits: Int, confirmations: Int = 0) {
    if let other = keys[key], other != job { fail("key \(key): accepted as \(other) and as \(job)") }
    keys[key] = job
    accepted[job] = circuits
    needed[job] = confirmations
  }

  /// A state seen at some time; an older one may be seen later, but there is only one end.
  package mutating func sawState(_ job: JobID, _ state: JobState) {
    if [.queued, .leased, .running, .delayed, .succeeded].contains(state), (needed[job] ?? 0) > (reported[job] ?? 0) {
      fail("job \(job): \(state) although only \(reported[job] ?? 0) of \(needed[job] ?? 0) confirmations were reported")
    }
    guard state.isTerminal else { return }
    if state == .succeeded && cancelAcknowledged.contains(job) {
      fail("job \(job): succeeded after its cancellation was acknowledged")
    }
    if let old = terminal[job], old != state { fail("job \(job): \(old), and later \(state)") }
    terminal[job] = state
  }

  package mutating func sawCancelAcknowledged(_ job: JobID, _ state: JobState) {
    sawState(job, state)
    if !state.isTerminal && state != .cancelling { fail("job \(job): \(state) although its cancellation is acknowledged") }
    if state != .succeeded { cancelAcknowledged.insert(job) }
  }

  package mutating func willReport(_ job: JobID, confirmations: Int) { reported[job] = max(reported[job] ?? 0, confirmations) }

  package mutating func sawRetractAcknowledged(_ status: JobStatus) {
    sawCancelAcknowledged(status.job, status.state)
    retractAcknowledged.insert(status.job)
    if status.retraction == nil { fail("job \(status.job): not marked, although its retraction is acknowledged") }
  }

  // MARK: Events

  package mutating func sawEvent(_ event: JobEvent, after last: UInt64) {
    if event.sequence != last + 1 { fail("job \(event.job): event \(event.sequence) after \(last)") }
    if let other = events[event.job]?[event.sequence], other != event {
      fail("job \(event.job): event \(event.sequence) was \(other) and is \(event)")
    }
    events[event.job, default: [:]][event.sequence] = event
    checkEnd(event)
    checkNames(of: event.job)
    checkCounts(of: event.job, event.state, event.completed, event.failed, event.total)
    if let before = events[event.job]?[event.sequence - 1], before.completed > event.completed || before.failed > event.failed {
      fail("job \(event.job): counts of event \(event.sequence) are below those of the one before")
    }
    sawState(event.job, event.state)
  }

  /// Nothing comes after the end but that the job was retracted.
  private mutating func checkEnd(_ event: JobEvent) {
    if let ended = endSequence[event.job], event.sequence > ended {
      retractionsAfterEnd += 1
      if event.sequence > ended + 1 || !event.isRetracted || event.state != terminal[event.job] {
        fail("job \(event.job): an event after its end")
      }
    } else if event.state.isTerminal {
      endSequence[event.job] = event.sequence
    }
  }

  /// Every completed circuit is named by one event.
  private mutating func checkNames(of job: JobID) {
    var (sequence, circuits) = named[job] ?? (0, RangeSet())
    while let event = events[job]?[sequence + 1] {
      for range in event.circuits {
        if circuits.gaps(in: range) != [range] { fail("job \(job): event \(event.sequence) names circuits again") }
        circuits.insert(range)
      }
      let isWhole = circuits.count == event.completed
      if isWhole == event.hasMoreCircuits { fail("job \(job): \(circuits.count) of \(event.completed) circuits are named") }
      sequence += 1
    }
    named[job] = (sequence, circuits)
  }

  /// Circuits that are done, those that failed among them, and all there are.
  private mutating func checkCounts(of job: JobID, _ state: JobState, _ completed: Int, _ failed: Int, _ total: Int) {
    if !(0...completed).contains(failed) || completed > total || total != accepted[job] ?? total {
      fail("job \(job): \(failed) failed of \(completed) completed of \(total) circuits, \(accepted[job] ?? total) accepted")
    }
    if state == .succeeded && (completed != total || failed == total) {
      fail("job \(job): succeeded with \(failed) failed of \(completed) completed of \(total) circuits")
    }
    guard state.isTerminal else { return }
    if let other = counts[job], other != (completed, failed) {
      fail("job \(job): \(other) circuits completed and failed, and \((completed, failed))")
    }
    counts[job] = (completed, failed)
  }

  // MARK: Results

  package mutating func sawResult(_ bytes: [UInt8], _ end: Message.StreamEnd, mustBeRetracted: Bool = false) {
    sawState(end.job, end.state)
    if Digest(of: bytes) != end.digest { fail("job \(end.job): the result has not the digest announced") }
    if let other = digests[end.job], other != end.digest { fail("job \(end.job): two results are visible") }
    if mustBeRetracted && end.retraction == nil { fail("job \(end.job): its result does not say that it was retracted") }
    digests[end.job] = end.digest
    do {
      let results = try ResultBody.decode(bytes)
      let places = results.map { [$0.item, $0.row] }
      if Set(places).count != places.count { fail("job \(end.job): a circuit has two results") }
      if end.state == .succeeded && places.count != accepted[end.job] {
        fail("job \(end.job): \(places.count) results of \(accepted[end.job] ?? 0) circuits")
      }
      if places != places.sorted(by: { $0.lexicographicallyPrecedes($1) }) { fail("job \(end.job): results out of order") }
      try keep(bytes, of: end.job)
      let failed = results.count { if case .failure = $0.outcome { true } else { false } }
      checkCounts(of: end.job, end.state, results.count, failed, accepted[end.job] ?? results.count)
      if (records[end.job]?.count ?? 0) > places.count { fail("job \(end.job): results that were seen are not in the result") }
    } catch {
      fail("job \(end.job): its result does not read: \(error)")
    }
  }

  /// Results of circuits that an event had named.
  package mutating func sawPartial(_ bytes: [UInt8], _ end: Message.StreamEnd, of circuits: Range<Int>) {
    partialCount += 1
    if Digest(of: bytes) != end.digest { fail("job \(end.job): partial results have not the digest announced") }
    if end.present != [circuits] || end.hasMore {
      fail("job \(end.job): \(end.present) of circuits \(circuits), which an event named")
    }
    do {
      try keep(bytes, of: end.job)
    } catch {
      fail("job \(end.job): partial results do not read: \(error)")
    }
  }

  private mutating func keep(_ bytes: [UInt8], of job: JobID) throws {
    // One by one: a circuit may be in a record by itself, and in one of many rows.
    for result in try ResultBody.decode(bytes) {
      let place = Place(item: result.item, row: result.row)
      let record = ResultBody.encode([result])
      if let other = records[job]?[place], other != record { fail("job \(job): two results of circuit \(place) are visible") }
      records[job, default: [:]][place] = record
    }
  }

  // MARK: Sessions, other attempts, refusals

  package mutating func sawSession(_ session: SessionID, key: String) {
    if let other = sessions[key], other != session { fail("session key \(key): \(other) and \(session)") }
    sessions[key] = session
  }

  /// A job that runs another's circuits again.
  package mutating func sawRequeued(_ job: JobID, from old: JobID) {
    if job == old { fail("job \(job): requeued as itself") }
    sources[job] = old
  }

  package mutating func sawStatus(_ status: JobStatus) {
    if status.state.isTerminal || status.state == .held { sawState(status.job, status.state) }
    checkCounts(of: status.job, status.state, status.completed, status.failed, status.total)
    if let digest = status.resultDigest, digest != digests[status.job, default: digest] {
      fail("job \(status.job): its state has another digest than its result")
    }
    if let source = sources[status.job], status.requeuedFrom != source { fail("job \(status.job): does not name \(source)") }
  }

  /// A key's answer after the broker had let its job go.
  package mutating func sawForgotten(_ state: JobState, of job: JobID) {
    duplicatesOfForgotten += 1
    if !state.isTerminal { fail("job \(job): gone, and \(state)") }
  }

  /// After all is quiet: everything accepted has ended.
  package mutating func finish() {
    for job in accepted.keys where terminal[job] == nil { fail("job \(job): accepted, but never seen to end") }
  }

  /// After all is quiet: what is kept is what was seen, and nothing is under way.
  ///
  /// - Parameter underWay: Jobs that the broker says it has.
  package mutating func finish(_ kept: StoreContents, underWay: Int?) {
    finish()
    for job in accepted.keys.sorted() {
      guard let state = kept.jobs[job]?.state ?? kept.tombstones[job]?.state else {
        fail("job \(job): accepted, but not kept")
        continue
      }
      if let seen = terminal[job], seen != state { fail("job \(job): \(state) is kept, and \(seen) was seen") }
    }
    for (fence, lease) in kept.leases.sorted(by: { $0.key < $1.key }) where kept.jobs[lease.job]?.state.isTerminal ?? true {
      fail("lease \(fence) of job \(lease.job) is kept, which has ended")
    }
    let open = kept.jobs.values.count { !$0.state.isTerminal }
    if let underWay, open == 0, underWay != 0 { fail("the broker counts \(underWay) jobs under way, and all have ended") }
  }

  /// A refusal is an answer: what must not happen is none.
  package mutating func sawRejected(_ reject: Message.Reject) {
    rejections[reject.code, default: 0] += 1
    if reject.code == .quota && reject.retryAfter == nil { fail("a quota's refusal without a time to come back") }
  }

  package var jobCount: Int { accepted.count }
  package var heldCount: Int { needed.values.count { $0 > 0 } }
  package var requeuedCount: Int { sources.count }
  package func count(_ state: JobState) -> Int { terminal.values.count { $0 == state } }
}
