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
      finish(id, job.failedCount < job.total ? .succeeded : job.isPoisoned ? .dead : .failed)
    } else {
      enter(currentState(job), id)
      flushProgress(of: id)
    }
  }

  private func currentState(_ job: JobRecord) -> JobState {
    if job.isHeld { return .held }
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
    let circuits = Array(job.unreported.ranges.prefix(Protocol.Limits.eventRangeCount))
    for range in circuits { jobs[id]?.unreported.remove(range) }
    let hasMore = jobs[id]?.unreported.isEmpty == false
    let event = JobEvent(
      job: id, sequence: (job.events.last?.sequence ?? 0) + 1, state: state, completed: job.completed.count,
      failed: job.failedCount, total: job.total, message: job.message, unixNanoseconds: now.unixNanoseconds, circuits: circuits,
      hasMoreCircuits: hasMore, isRetracted: job.retraction != nil)
    jobs[id]?.events.append(event)
    jobs[id]?.lastProgress = now.monotonic
    if hasMore && !state.isTerminal { progressing.insert(id) } else { progressing.remove(id) }
    mutations.append(.eventRecorded(event))
    jobs[id]?.lastBatch = lastBatch + 1
    for peer in (subscribers[id] ?? []).sorted() {
      peers[peer]?.subscriptions[id] = event.sequence
      promise(.event(event), to: peer)
    }
  }

  private mutating func flushProgress(of id: JobID) {
    guard let job = jobs[id], !job.unreported.isEmpty, now.monotonic - job.lastProgress >= configuration.progressInterval,
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
    scheduleAudits(of: job)
    let digest = job.digestOfResults()
    let message = job.retraction == nil ? message : job.retractionMessage
    if state == .failed || state == .dead { bury(id) } else { templates.release(job.templatesOfItems) }
    jobs[id]?.items = []
    jobs[id]?.itemStarts = []
    jobs[id]?.state = state
    jobs[id]?.message = message
    jobs[id]?.resultDigest = digest
    jobs[id]?.finished = now.monotonic
    jobs[id]?.finishedUnixNanoseconds = now.unixNanoseconds
    mutations.append(
      .jobFinished(
        id, state, message: message, digest: digest, byteCount: job.resultByteCount, receiptByteCount: job.receiptByteCount,
        unixNanoseconds: now.unixNanoseconds))
    record(state, of: id)
    for peer in subscribers.removeValue(forKey: id) ?? [] { peers[peer]?.subscriptions[id] = nil }
    charge(job, -1)
    if let session = job.session { leave(id, session) }
    retain(id, isResultKept: true, byteCount: jobs[id]?.keptByteCount ?? 0)
    residentFinishedCount += 1
    residentByteCount += jobs[id]?.partByteCount ?? 0
    use(id)
    answerAwaiters(of: id)
  }

  /// Keeps of a job that came to nothing what says why, and its items for another attempt.
  private mutating func bury(_ id: JobID) {
    guard let job = jobs[id] else { return }
    let circuits = job.failuresInResults()
    jobs[id]?.failedCircuits = circuits
    jobs[id]?.body = JobBody.encode(job.items)
    jobs[id]?.templates = job.templatesOfItems
    mutations.append(.jobBuried(id, attempts: job.attempts, crashes: job.crashes, circuits: circuits))
  }

  /// Adds a job to, or takes it from, what its tenant has queued.
  mutating func charge(_ job: JobRecord, _ sign: Int) {
    usage[job.tenant, default: Usage()].jobCount += sign
    usage[job.tenant, default: Usage()].byteCount += sign * job.byteCount
    byteCount += sign * job.byteCount
    if usage[job.tenant]?.jobCount == 0 { usage[job.tenant] = nil }
  }
}
