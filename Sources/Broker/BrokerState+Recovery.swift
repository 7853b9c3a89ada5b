package import Protocol

extension BrokerState {
  /// Starts from what a store holds.
  ///
  /// Leases of before are kept for one lease time, without a worker: one that outlived the restart says HELLO, renews its fences and
  /// goes on; the others' circuits are given out again.
  ///
  /// - Parameters:
  ///   - contents: All that is durable, with the new epoch.
  ///   - seed: Seeds job names and delays.
  /// - Throws: ``ProtocolError`` when a kept job does not read; the broker must not start.
  package init(
    _ contents: StoreContents = StoreContents(), configuration: BrokerConfiguration = BrokerConfiguration(), seed: UInt64,
    at now: Time
  ) throws(ProtocolError) {
    self.configuration = configuration
    epoch = contents.epoch
    random = SplitMix64(seed: seed)
    self.now = now
    lastTick = now.monotonic
    // No order of templates is kept: the digest's serves, and is the same in every run.
    for (_, template) in contents.templates.sorted(by: { $0.key < $1.key }) {
      _ = templates.insert(template, byteLimit: Int.max)
    }
    for entry in contents.jobs.values.sorted(by: { $0.job.sequence < $1.job.sequence }) { try recover(entry) }
    let finished = jobs.values.filter(\.state.isTerminal)
    for job in finished.sorted(by: { ($0.finished ?? .zero, $0.sequence) < ($1.finished ?? .zero, $1.sequence) }) { retain(job.id) }
    for (fence, lease) in contents.leases.sorted(by: { $0.key < $1.key }) { recover(fence, lease) }
    for id in jobs.keys.sorted() { enqueue(id) }
  }

  private mutating func recover(_ entry: StoreContents.Entry) throws(ProtocolError) {
    let isTerminal = entry.state.isTerminal
    var job = JobRecord(entry.job, items: isTerminal ? [] : try JobBody.decodeJob(entry.job.body), now: now)
    job.state = entry.state
    job.message = entry.message
    job.events = entry.events
    job.isCancelling = entry.state == .cancelling
    job.resultDigest = entry.digest
    job.isResultKept = entry.isResultKept
    for part in entry.parts.values.sorted(by: { $0.circuits.lowerBound < $1.circuits.lowerBound }) {
      job.insert(JobRecord.Part(circuits: part.circuits, bytes: part.bytes), failedCount: part.failedCount)
    }
    if isTerminal {
      job.resultByteCount = entry.byteCount
      job.finished = entry.finishedUnixNanoseconds.map { now.monotonic(atUnixNanoseconds: $0) } ?? now.monotonic
      // The last event knows what the removed results were.
      if let last = entry.events.last, !entry.isResultKept {
        job.completed = RangeSet(0..<last.completed)
        job.failedCount = last.failed
      }
    }
    insert(job, entry.job)
  }

  private mutating func recover(_ fence: Fence, _ lease: StoredLease) {
    guard let job = jobs[lease.job], !job.state.isTerminal else { return }
    let group = job.groups.firstIndex { !$0.fresh.isEmpty && $0.fresh.contains(lease.circuits.lowerBound) }
    guard let group, job.completed.gaps(in: lease.circuits) == [lease.circuits] else { return }
    leases[fence] = LeaseRecord(
      job: lease.job, circuits: lease.circuits, group: group, worker: nil, expires: now.monotonic + configuration.leaseTime,
      cost: 0,
      attempts: lease.attempts, crashes: lease.crashes)
    jobs[lease.job]?.leases.insert(fence)
    jobs[lease.job]?.leasedCount += lease.circuits.count
    for index in job.groups.indices { jobs[lease.job]?.groups[index].fresh.remove(lease.circuits) }
  }

  /// Makes a job one of those the broker has, new or recovered.
  mutating func insert(_ job: JobRecord, _ stored: StoredJob) {
    jobs[job.id] = job
    jobsByKey[IdempotencyKey(tenant: job.tenant, key: job.idempotencyKey)] = job.id
    nextJobSequence = max(nextJobSequence, job.sequence + 1)
    guard !job.state.isTerminal else { return }
    charge(job, 1)
    templates.retain(stored.templates)
    touched.insert(job.id)
    if let deadline = job.deadline { timers.insert(.deadline(job.id), due: deadline) }
  }
}
