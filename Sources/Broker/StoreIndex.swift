package import Protocol

/// What a broker reads of its store before it serves: all of the jobs that are under way, and a line of every other.
package struct StoreIndex: Hashable, Sendable {
  /// Grows by one at every start.
  package var epoch: UInt64 = 0
  package var templates: [Digest: Template] = [:]
  /// How many of the parked jobs need a template.
  package var templateUses: [Digest: Int] = [:]
  /// By the order of acceptance.
  package var parked: [ParkedJob] = []
  /// Jobs of which something is under way, by the order of acceptance.
  package var entries: [StoreContents.Entry] = []
  package var leases: [Fence: StoredLease] = [:]
  package var tombstones: [Tombstone] = []
  package var sessions: [StoredSession] = []

  package init() {}
}

extension StoreContents {
  /// What a broker reads first.
  package var index: StoreIndex {
    var index = StoreIndex()
    (index.epoch, index.templates, index.leases) = (epoch, templates, leases)
    index.tombstones = tombstones.values.sorted { $0.job < $1.job }
    index.sessions = sessions.values.sorted { $0.id < $1.id }
    let leased = Set(leases.values.map(\.job))
    for entry in jobs.values.sorted(by: { $0.job.sequence < $1.job.sequence }) {
      guard let parked = entry.parked(isLeased: leased.contains(entry.job.id)) else {
        index.entries.append(entry)
        continue
      }
      index.parked.append(parked)
      let needed = parked.state.isTerminal ? parked.templates : entry.job.templates
      for digest in needed { index.templateUses[digest, default: 0] += 1 }
    }
    return index
  }

  /// Jobs with all that became of them, those that are there; without results where these are not wanted.
  package func entries(of jobs: [JobID], withResults: Bool) -> [Entry] {
    jobs.compactMap { id in
      guard var entry = self.jobs[id] else { return nil }
      if !withResults && entry.state.isTerminal { entry.parts = [:] }
      return entry
    }
  }
}

extension StoreContents.Entry {
  /// Whether it came to nothing, and may be tried again.
  var keepsItems: Bool { (state == .failed || state == .dead) && isResultKept }

  /// The job's line, if it can stay in the store.
  func parked(isLeased: Bool) -> ParkedJob? {
    let isWaiting = state == .queued && !isLeased && parts.isEmpty && events.count == 1
    return state.isTerminal || isWaiting ? line : nil
  }

  /// The line of a job that has ended or waits; nil of one whose circuits need different things.
  var line: ParkedJob? {
    guard state.isTerminal || (job.need != nil && job.session == nil && confirmations >= job.confirmations) else { return nil }
    return ParkedJob(
      id: job.id, sequence: job.sequence, tenant: job.tenant, idempotencyKey: job.idempotencyKey, priority: job.priority,
      state: state,
      total: job.total, byteCount: job.byteCount, need: state.isTerminal ? nil : job.need,
      deadlineUnixNanoseconds: state.isTerminal ? nil : job.deadlineUnixNanoseconds,
      finishedUnixNanoseconds: finishedUnixNanoseconds, resultByteCount: byteCount, receiptByteCount: receiptByteCount,
      isResultKept: isResultKept, templates: keepsItems ? job.templates : [])
  }
}
