package import Protocol

extension BrokerState {
  /// Starts from what a store holds.
  ///
  /// Leases of before are kept for one lease time, without a worker: one that outlived the restart says HELLO, renews its fences and
  /// goes on; the others' circuits are given out again.
  ///
  /// - Parameters:
  ///   - index: What is under way, and a line of every other job, with the new epoch.
  ///   - seed: Seeds job names and delays.
  /// - Throws: ``ProtocolError`` when a kept job does not read; the broker must not start.
  package init(
    _ index: StoreIndex = StoreIndex(), configuration: BrokerConfiguration = BrokerConfiguration(), seed: UInt64,
    at now: Time
  ) throws(ProtocolError) {
    self.configuration = configuration
    policies = configuration.tenants
    ready = ReadyQueue(policies: configuration.tenants, ageingInterval: configuration.ageingInterval)
    epoch = index.epoch
    random = SplitMix64(seed: seed)
    audits = AuditBook(probability: configuration.auditProbability, seed: seed)
    self.now = now
    lastTick = now.monotonic
    // No order of templates is kept: the digest's serves, and is the same in every run.
    for (_, template) in index.templates.sorted(by: { $0.key < $1.key }) {
      _ = templates.insert(template, byteLimit: Int.max)
    }
    for (template, count) in index.templateUses { templates.retain(template, count: count) }
    parked.reserveCapacity(index.parked.count)
    jobsByKey.reserveCapacity(index.parked.count + index.entries.count)
    recoverSessions(index)
    for line in index.parked { insert(line) }
    for entry in index.entries { insert(try record(of: entry, withResults: true), entry.job) }
    retain(index.parked)
    let tombstones = index.tombstones.sorted { ($0.finishedUnixNanoseconds, $0.job) < ($1.finishedUnixNanoseconds, $1.job) }
    for tombstone in tombstones { insert(tombstone) }
    let leases = index.leases.sorted { $0.key < $1.key }
    for (fence, lease) in leases where fence.epoch != BrokerState.waitingEpoch && !recover(fence, lease) {
      mutations.append(.leaseEnded(fence))
    }
    let waiting = leases.filter { $0.key.epoch == BrokerState.waitingEpoch }
    nextRetry = (waiting.last?.key.sequence ?? 0) + 1
    for (fence, lease) in waiting { recoverRetry(fence, lease) }
    for id in jobs.keys.sorted() { enqueue(id) }
  }

  private mutating func retain(_ jobs: [ParkedJob]) {
    let finished = jobs.filter(\.state.isTerminal)
    let sorted = finished.sorted { ($0.finishedUnixNanoseconds ?? 0, $0.sequence) < ($1.finishedUnixNanoseconds ?? 0, $1.sequence) }
    for line in sorted { retain(line.id, isResultKept: line.isResultKept, byteCount: ParkedLine(line).keptByteCount) }
  }

  /// The closed ones in the order in which they closed.
  private mutating func recoverSessions(_ index: StoreIndex) {
    let sessions = index.sessions.sorted { ($0.closedUnixNanoseconds ?? 0, $0.id) < ($1.closedUnixNanoseconds ?? 0, $1.id) }
    for session in sessions { insert(SessionRecord(session, now: now)) }
  }

  /// A job as the store has it.
  func record(of entry: StoreContents.Entry, withResults: Bool) throws(ProtocolError) -> JobRecord {
    let isTerminal = entry.state.isTerminal
    var job = JobRecord(entry.job, items: isTerminal ? [] : try JobBody.decodeJob(entry.job.body), now: now)
    job.state = entry.state
    job.message = entry.message
    job.events = entry.events
    job.isCancelling = entry.state == .cancelling
    job.resultDigest = entry.digest
    job.isResultKept = entry.isResultKept
    job.confirmations = entry.confirmations
    job.retraction = entry.retraction
    for part in entry.parts.values.sorted(by: { $0.circuits.lowerBound < $1.circuits.lowerBound }) {
      job.insert(JobRecord.Part(circuits: part.circuits, bytes: part.bytes, receipt: part.receipt), failedCount: part.failedCount)
    }
    for event in entry.events { for range in event.circuits { job.unreported.remove(range) } }
    if isTerminal {
      recoverEnd(of: &job, entry)
      job.resultByteCount = entry.byteCount
      job.receiptByteCount = entry.receiptByteCount
      job.finished = entry.finishedUnixNanoseconds.map { now.monotonic(atUnixNanoseconds: $0) } ?? now.monotonic
      job.isResultLoaded = withResults || !entry.isResultKept
      // The last event knows what the results are that are not here.
      if let last = entry.events.last, entry.parts.isEmpty, last.completed > 0 {
        job.completed = RangeSet(0..<last.completed)
        job.failedCount = last.failed
      }
    }
    return job
  }

  private func recoverEnd(of job: inout JobRecord, _ entry: StoreContents.Entry) {
    job.finishedUnixNanoseconds = entry.finishedUnixNanoseconds
    job.attempts = entry.attempts
    job.crashes = entry.crashes
    job.failedCircuits = entry.failedCircuits
    job.body = entry.job.body
    if !job.body.isEmpty { job.templates = entry.job.templates }
  }

  /// Keeps a lease of before, unless some of its circuits have results: the rest is given out again.
  ///
  /// - Returns: Whether it is kept.
  private mutating func recover(_ fence: Fence, _ lease: StoredLease) -> Bool {
    guard let job = jobs[lease.job], !job.state.isTerminal else { return false }
    let group = job.groups.firstIndex { !$0.fresh.isEmpty && $0.fresh.contains(lease.circuits.lowerBound) }
    guard let group, job.completed.gaps(in: lease.circuits) == [lease.circuits] else { return false }
    leases[fence] = LeaseRecord(
      job: lease.job, circuits: lease.circuits, group: group, worker: nil, expires: now.monotonic + configuration.leaseTime,
      cost: 0, expectedSeconds: 0, attempts: lease.attempts, crashes: lease.crashes)
    jobs[lease.job]?.leases.insert(fence)
    jobs[lease.job]?.leasedCount += lease.circuits.count
    for index in job.groups.indices { jobs[lease.job]?.groups[index].fresh.remove(lease.circuits) }
    return true
  }

  /// Makes a job one of those the broker has, new or recovered.
  mutating func insert(_ job: JobRecord, _ stored: StoredJob) {
    jobs[job.id] = job
    jobsByKey[IdempotencyKey(tenant: job.tenant, key: job.idempotencyKey)] = job.id
    nextJobSequence = max(nextJobSequence, job.sequence + 1)
    templates.retain(job.state.isTerminal ? job.templates : stored.templates)
    guard !job.state.isTerminal else { return }
    charge(job, 1)
    if let session = job.session { join(job.id, session) }
    touched.insert(job.id)
    if let deadline = job.deadline { timers.insert(.deadline(job.id), due: deadline) }
  }
}
