internal import Protocol

// How long what has ended is remembered: its result and items, then the job, then its key.
extension BrokerState {
  /// Keeps a finished job and its result for their times, and no more of all of them than the bounds.
  mutating func retain(_ id: JobID, isResultKept: Bool, byteCount: Int) {
    finishedJobs.append(id)
    if isResultKept {
      keptResults.append(id)
      resultByteCount += byteCount
    }
    trim()
  }

  /// Lets go what is beyond the bounds.
  mutating func trim() {
    while resultByteCount > configuration.resultByteCount, keptResults.count > 1 { removeOldestResult() }
    while finishedJobs.count > configuration.finishedJobCount, removeOldestJob() {}
  }

  /// Forgets what has been kept for its time.
  mutating func forget() {
    while let oldest = keptResults.first, hasPassed(configuration.resultRetention, since: oldest) { removeOldestResult() }
    while let oldest = finishedJobs.first, hasPassed(configuration.jobRetention, since: oldest), removeOldestJob() {}
    while let oldest = buried.first, hasPassed(since: tombstones[oldest]) { removeOldestTombstone() }
    forgetSessions()
  }

  private func hasPassed(_ time: Duration, since id: JobID) -> Bool {
    let parkedEnd = parked[id]?.finishedUnixNanoseconds.map { now.monotonic(atUnixNanoseconds: $0) }
    guard let finished = jobs[id]?.finished ?? parkedEnd else { return true }
    return finished + time <= now.monotonic
  }

  private func hasPassed(since tombstone: Tombstone?) -> Bool {
    guard let tombstone else { return true }
    return now.monotonic(atUnixNanoseconds: tombstone.finishedUnixNanoseconds) + configuration.jobRetention <= now.monotonic
  }

  private mutating func removeOldestResult() {
    guard let id = keptResults.first else { return }
    keptResults.removeFirst()
    if let job = jobs[id] {
      resultByteCount -= job.keptByteCount
      if !job.body.isEmpty { templates.release(job.templates) }
      jobs[id]?.parts = []
      jobs[id]?.body = []
      jobs[id]?.templates = []
      jobs[id]?.isResultKept = false
      jobs[id]?.isResultLoaded = true
      jobs[id]?.lastBatch = lastBatch + 1
      residentByteCount -= job.partByteCount - (jobs[id]?.partByteCount ?? 0)
    } else if let line = parked[id] {
      resultByteCount -= line.keptByteCount
      if let digests = parkedTemplates.removeValue(forKey: id) { templates.release(digests) }
      parked[id]?.isResultKept = false
    } else {
      return
    }
    mutations.append(.resultRemoved(id))
  }

  /// Lets the oldest job go; if it is before its time, a tombstone keeps its key.
  ///
  /// - Returns: Whether it went: one that is to have a tombstone is read first.
  private mutating func removeOldestJob() -> Bool {
    guard let id = finishedJobs.first else { return false }
    if let line = parked[id], !hasPassed(configuration.jobRetention, since: id) {
      // One that cannot be read now lets others go first.
      if line.isDamaged {
        finishedJobs.removeFirst()
        finishedJobs.append(id)
      }
      load([id], withResults: false)
      return false
    }
    if keptResults.first == id { removeOldestResult() }
    finishedJobs.removeFirst()
    if let line = parked.removeValue(forKey: id) {
      jobsByKey[IdempotencyKey(tenant: line.tenant, key: line.idempotencyKey)] = nil
      mutations.append(.jobRemoved(id))
    } else if let job = jobs.removeValue(forKey: id) {
      residentFinishedCount -= 1
      residentByteCount -= job.partByteCount
      entomb(job)
    }
    return true
  }

  private mutating func entomb(_ job: JobRecord) {
    jobsByKey[IdempotencyKey(tenant: job.tenant, key: job.idempotencyKey)] = nil
    let tombstone = job.tombstone
    guard !hasPassed(since: tombstone) else { return mutations.append(.jobRemoved(job.id)) }
    insert(tombstone)
    mutations.append(.jobEntombed(job.id))
    while buried.count > configuration.tombstoneCount { removeOldestTombstone() }
  }

  /// Makes a tombstone one of those the broker has, new or recovered.
  mutating func insert(_ tombstone: Tombstone) {
    tombstones[tombstone.job] = tombstone
    tombstonesByKey[IdempotencyKey(tenant: tombstone.tenant, key: tombstone.idempotencyKey)] = tombstone.job
    buried.append(tombstone.job)
  }

  private mutating func removeOldestTombstone() {
    guard let id = buried.first else { return }
    buried.removeFirst()
    guard let tombstone = tombstones.removeValue(forKey: id) else { return }
    tombstonesByKey[IdempotencyKey(tenant: tombstone.tenant, key: tombstone.idempotencyKey)] = nil
    mutations.append(.tombstoneRemoved(id))
  }
}

extension JobRecord {
  /// What counts against the bound of what is kept of finished jobs.
  var keptByteCount: Int { resultByteCount + receiptByteCount + body.count }

  fileprivate var tombstone: Tombstone {
    Tombstone(
      job: id, tenant: tenant, idempotencyKey: idempotencyKey, requestHash: requestHash, requeuedFrom: requeuedFrom, state: state,
      total: total, finishedUnixNanoseconds: finishedUnixNanoseconds ?? 0)
  }
}
