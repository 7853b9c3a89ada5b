package import Broker
package import Protocol

// What a broker says is on its disk when it says so.
extension Checker {
  /// A message that leaves the broker, whether or not it arrives.
  ///
  /// - Parameters:
  ///   - kept: What the disk holds.
  ///   - leases: What was leased under the fences of before.
  ///   - hasStoreFailed: Whether a commit of this broker's has failed.
  package mutating func willSend(
    _ message: Message, kept: StoreContents, leases: [Fence: (job: JobID, circuits: Range<Int>)] = [:], hasStoreFailed: Bool = false
  ) {
    if hasStoreFailed { checkSilence(message) }
    switch message.content {
    case .accepted(let accepted):
      if !isKnown(accepted.job, kept) { fail("job \(accepted.job): accepted, and not on the disk") }
    case .state(let status): checkKept(status.job, status.state, kept)
    case .event(let event):
      checkKept(event.job, event.state, kept)
      if let entry = kept.jobs[event.job], !entry.events.contains(event) {
        fail("job \(event.job): event \(event.sequence) is not on the disk")
      }
    case .streamEnd(let end) where end.circuits == nil:
      checkKept(end.job, end.state, kept)
      if let digest = kept.jobs[end.job]?.digest, digest != end.digest { fail("job \(end.job): the disk has another result") }
    case .sessionState(let status):
      guard let session = kept.sessions[status.session] else { return fail("session \(status.session): not on the disk") }
      if !status.isOpen && session.closedUnixNanoseconds == nil { fail("session \(status.session): closed, but not on the disk") }
    case .committed(let fences):
      for fence in fences { if let lease = leases[fence] { checkResults(of: lease.job, lease.circuits, kept) } }
    default: break
    }
  }

  /// After a commit that failed nothing is said of any job; clients are refused, with a time to come back.
  private mutating func checkSilence(_ message: Message) {
    switch message.content {
    case .welcome, .challenge, .ping, .pong: break
    case .reject(let reject) where reject.code == .storage && reject.retryAfter != nil: break
    default: fail("\(message.content.type) after a commit failed")
    }
  }

  private func isKnown(_ job: JobID, _ kept: StoreContents) -> Bool { kept.jobs[job] != nil || kept.tombstones[job] != nil }

  private mutating func checkKept(_ job: JobID, _ state: JobState, _ kept: StoreContents) {
    guard isKnown(job, kept) else { return fail("job \(job): \(state), and not on the disk") }
    guard let there = kept.jobs[job]?.state ?? kept.tombstones[job]?.state else { return }
    if state.isTerminal && there != state { fail("job \(job): \(state), and \(there) on the disk") }
    if state == .cancelling && there != .cancelling && !there.isTerminal { fail("job \(job): \(state), and \(there) on the disk") }
  }

  private mutating func checkResults(of job: JobID, _ circuits: Range<Int>, _ kept: StoreContents) {
    guard let entry = kept.jobs[job] else {
      if !isKnown(job, kept) { fail("job \(job): results committed, and nothing on the disk") }
      return
    }
    guard !entry.state.isTerminal else { return }
    var missing = RangeSet(circuits)
    for part in entry.parts.values { missing.remove(part.circuits) }
    if !missing.isEmpty { fail("job \(job): circuits \(missing) of \(circuits) are committed, and not on the disk") }
  }
}
