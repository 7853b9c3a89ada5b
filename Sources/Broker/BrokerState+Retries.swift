internal import Protocol

// What the store keeps of circuits that wait for another try: how often they failed, and how many workers they took down. A circuit that
// kills workers would otherwise be given as many more with every start of the broker.
extension BrokerState {
  /// The epoch of what waits: no broker has it, so no worker holds a lease of it.
  static let waitingEpoch: UInt64 = 0

  /// Has a retry kept like a lease that nobody holds.
  mutating func keep(_ retry: JobRecord.Retry, of id: JobID) -> JobRecord.Retry {
    var kept = retry
    let fence = Fence(epoch: BrokerState.waitingEpoch, sequence: nextRetry)
    nextRetry += 1
    kept.fence = fence
    mutations.append(
      .leaseGranted(fence, StoredLease(job: id, circuits: retry.circuits, attempts: retry.attempts, crashes: retry.crashes)))
    return kept
  }

  /// They wait no more.
  mutating func forget(_ retries: [JobRecord.Retry]) {
    for case let fence? in retries.map(\.fence) { mutations.append(.leaseEnded(fence)) }
  }

  /// Results came of circuits that may have waited for another try.
  ///
  /// - Parameter before: What waited before they came.
  mutating func renewRetries(of id: JobID, before: [JobRecord.Retry]) {
    guard !before.isEmpty, let job = jobs[id] else { return }
    let rest = Set(job.groups.flatMap(\.retries).compactMap(\.fence))
    forget(before.filter { $0.fence.map { !rest.contains($0) } ?? false })
    for group in job.groups.indices {
      for index in job.groups[group].retries.indices where job.groups[group].retries[index].fence == nil {
        let retry = keep(job.groups[group].retries[index], of: id)
        jobs[id]?.groups[group].retries[index] = retry
      }
    }
  }

  /// Goes on with circuits that waited for another try before a restart.
  mutating func recoverRetry(_ fence: Fence, _ lease: StoredLease) {
    mutations.append(.leaseEnded(fence))
    guard let job = jobs[lease.job], !job.state.isTerminal, !job.isCancelling else { return }
    for (index, group) in job.groups.enumerated() {
      var waiting = RangeSet(lease.circuits)
      for gap in group.fresh.gaps(in: lease.circuits) { waiting.remove(gap) }
      for circuits in waiting.ranges {
        jobs[lease.job]?.groups[index].fresh.remove(circuits)
        let retry = JobRecord.Retry(circuits: circuits, attempts: lease.attempts, crashes: lease.crashes, due: now.monotonic)
        let kept = keep(retry, of: lease.job)
        jobs[lease.job]?.groups[index].retries.append(kept)
      }
    }
  }
}
