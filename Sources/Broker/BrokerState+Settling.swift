internal import Protocol

// What a step leads to: a job's state, its events, its end.
extension BrokerState {
  /// Looks at every job that the step touched.
  mutating func settle() {
    while !touched.isEmpty {
      let list = touched.sorted { (jobs[$0]?.sequence ?? 0) < (jobs[$1]?.sequence ?? 0) }
      touched = []
      for id in list { settle(id) }
    }
  }

  mutating func settle(_ id: JobID) {
    guard let job = jobs[id], !job.state.isTerminal else { return }
    if job.isCancelling {
      if job.leases.isEmpty { finish(id, .cancelled) } else { enter(.cancelling, id) }
    } else if job.completed.count == job.total {
      finish(id, job.failedCount < job.total ? .succeeded : job.hasCrashed ? .dead : .failed)
    } else {
      enter(currentState(job), id)
      flushProgress(of: id)
    }
  }

  private func currentState(_ job: JobRecord) -> JobState {
    // Between two leases a job that has begun goes on running.
    if !job.leases.isEmpty { return job.startedLeases > 0 || !job.completed.isEmpty ? .running : .leased }
    return job.groups.contains { $0.hasWork(at: now.monotonic) } ? .queued : .delayed
  }

  private mutating func enter(_ state: JobState, _ id: JobID) {
    guard let job = jobs[id], job.state != state else { return }
    jobs[id]?.state = state
    if job.events.count < Limits.eventCount {
      record(state, of: id)
    } else {
      mutations.append(.stateChanged(id, state, message: job.message))
    }
  }

  /// Adds an event to a job and to the streams of its subscribers.
  mutating func record(_ state: JobState, of id: JobID) {
    guard let job = jobs[id] else { return }
    let event = JobEvent(
      job: id, sequence: (job.events.last?.sequence ?? 0) + 1, state: state, completed: job.completed.count,
      failed: job.failedCount,
      total: job.total, message: job.message, unixNanoseconds: now.unixNanoseconds)
    jobs[id]?.events.append(event)
    jobs[id]?.hasProgress = false
    jobs[id]?.lastProgress = now.monotonic
    progressing.remove(id)
    mutations.append(.eventRecorded(event))
    for peer in (subscribers[id] ?? []).sorted() {
      peers[peer]?.subscriptions[id] = event.sequence
      promise(.event(event), to: peer)
    }
  }

  private mutating func flushProgress(of id: JobID) {
    guard let job = jobs[id], job.hasProgress, now.monotonic - job.lastProgress >= configuration.progressInterval,
      job.events.count < Limits.eventCount - Limits.reservedEventCount
    else { return }
    record(job.state, of: id)
  }

  /// Brings a job to its end: nothing of it changes after this, apart from being forgotten.
  mutating func finish(_ id: JobID, _ state: JobState, message: String = "") {
    guard let job = jobs[id], !job.state.isTerminal else { return }
    dropWaiting(of: id)
    revoke(job.leases)
    for fence in job.leases.sorted() { endLease(fence) }
    let digest = job.digestOfResults()
    templates.release(Set(job.items.lazy.map(\.template)))
    jobs[id]?.items = []
    jobs[id]?.itemStarts = []
    jobs[id]?.state = state
    jobs[id]?.message = message
    jobs[id]?.resultDigest = digest
    jobs[id]?.finished = now.monotonic
    mutations.append(
      .jobFinished(
        id, state, message: message, digest: digest, byteCount: job.resultByteCount, unixNanoseconds: now.unixNanoseconds))
    record(state, of: id)
    for peer in subscribers.removeValue(forKey: id) ?? [] { peers[peer]?.subscriptions[id] = nil }
    charge(job, -1)
    retain(id)
  }

  /// Adds a job to, or takes it from, what its tenant has queued.
  mutating func charge(_ job: JobRecord, _ sign: Int) {
    usage[job.tenant, default: Usage()].jobCount += sign
    usage[job.tenant, default: Usage()].byteCount += sign * job.byteCount
    byteCount += sign * job.byteCount
    if usage[job.tenant]?.jobCount == 0 { usage[job.tenant] = nil }
  }

  // MARK: Forgetting

  /// Keeps a finished job and its result for their times, and no more of all of them than the bounds.
  mutating func retain(_ id: JobID) {
    guard let job = jobs[id], job.state.isTerminal else { return }
    finishedJobs.append(id)
    if job.isResultKept {
      keptResults.append(id)
      resultByteCount += job.resultByteCount
    }
    while resultByteCount > configuration.resultByteCount, keptResults.count > 1 { removeOldestResult() }
    while finishedJobs.count > configuration.finishedJobCount { removeOldestJob() }
  }

  /// Forgets what has been kept for its time.
  mutating func forget() {
    while let oldest = keptResults.oldest, hasPassed(configuration.resultRetention, since: oldest) { removeOldestResult() }
    while let oldest = finishedJobs.oldest, hasPassed(configuration.jobRetention, since: oldest) { removeOldestJob() }
  }

  private func hasPassed(_ time: Duration, since id: JobID) -> Bool {
    guard let finished = jobs[id]?.finished else { return true }
    return finished + time <= now.monotonic
  }

  private mutating func removeOldestResult() {
    guard let id = keptResults.oldest else { return }
    keptResults.removeOldest()
    guard let job = jobs[id] else { return }
    resultByteCount -= job.resultByteCount
    jobs[id]?.parts = []
    jobs[id]?.isResultKept = false
    mutations.append(.resultRemoved(id))
  }

  private mutating func removeOldestJob() {
    guard let id = finishedJobs.oldest else { return }
    if keptResults.oldest == id { removeOldestResult() }
    finishedJobs.removeOldest()
    guard let job = jobs.removeValue(forKey: id) else { return }
    jobsByKey[IdempotencyKey(tenant: job.tenant, key: job.idempotencyKey)] = nil
    mutations.append(.jobRemoved(id))
  }
}
