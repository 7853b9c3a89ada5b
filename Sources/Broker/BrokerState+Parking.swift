internal import Protocol

// Jobs that stay in the store until somebody asks for them, so that memory is bounded and a start is quick.
//
// A job that is parked is durable as a whole, and nothing of it changes but that it, or its result, is forgotten. Whoever says something
// of it waits until it is read.
extension BrokerState {
  /// A message that waits for jobs.
  struct Waiter: Sendable {
    var peer: PeerID
    var message: Message
    /// All that it waits for, which stay in memory until it goes on.
    var jobs: Set<JobID>
    var missing: Set<JobID>
    var withResults: Bool
  }

  // MARK: Reading

  /// Keeps a message until jobs are read.
  mutating func wait(for jobs: Set<JobID>, withResults: Bool = false, _ peer: PeerID, _ message: Message) {
    guard waiters.count < Limits.waiterCount else {
      return reject(
        Message.Reject(.busy, "as much is being read from the store as can be", retryAfter: configuration.retryAfter), to: peer,
        replyTo: message.id)
    }
    nextWaiter += 1
    waiters[nextWaiter] = Waiter(peer: peer, message: message, jobs: jobs, missing: jobs, withResults: withResults)
    for job in jobs {
      waitersByJob[job, default: []].append(nextWaiter)
      pins[job, default: 0] += 1
    }
    load(jobs.sorted(), withResults: withResults)
  }

  /// Asks the store for jobs, unless it was asked.
  mutating func load(_ jobs: some Sequence<JobID>, withResults: Bool) {
    let missing = jobs.filter { job in
      guard let asked = loading[job] else { return true }
      return withResults && !asked
    }
    guard !missing.isEmpty else { return }
    for job in missing { loading[job] = withResults }
    effects.append(.load(missing, withResults: withResults))
  }

  /// Takes jobs that were read.
  mutating func take(_ entries: [StoreContents.Entry], asked: [JobID], withResults: Bool) {
    // What was asked for anew since, or is no longer wanted, may have been read before the job changed: the later answer counts.
    let asked = asked.filter { loading[$0] == withResults }
    for job in asked { loading[job] = nil }
    let wanted = Set(asked)
    let entries = entries.filter { wanted.contains($0.job.id) }
    let found = Set(entries.map(\.job.id))
    for job in asked where parked[job] != nil && !found.contains(job) {
      refuseDamaged(job, LoadFailure("is not in the store", isDamage: true))
    }
    for entry in entries {
      do throws(ProtocolError) {
        try unpark(entry, withResults: withResults)
      } catch {
        refuseDamaged(entry.job.id, LoadFailure("\(error)", isDamage: true))
      }
    }
    for job in asked { release(job, withResults: withResults) }
    trim()
  }

  /// The store could not read a job: it is not served, and the others are.
  mutating func refuseDamaged(_ job: JobID, _ failure: LoadFailure) {
    loading[job] = nil
    if let line = parked[job], !line.state.isTerminal {
      timers.insert(.read(job), due: now.monotonic + Limits.rereadInterval)
    }
    parked[job]?.isDamaged = true
    for waiter in waitersByJob.removeValue(forKey: job) ?? [] {
      guard let waiting = endWait(waiter), peers[waiting.peer] != nil else { continue }
      let retry = failure.isDamage ? nil : Limits.rereadInterval
      reject(
        Message.Reject(.storage, "job \(job): \(failure.reason)", retryAfter: retry), to: waiting.peer, replyTo: waiting.message.id)
    }
  }

  /// Goes on with what waited for a job.
  private mutating func release(_ job: JobID, withResults: Bool) {
    var others: [UInt64] = []
    for number in waitersByJob.removeValue(forKey: job) ?? [] {
      guard let waiter = waiters[number] else { continue }
      guard withResults || !waiter.withResults else {
        others.append(number)
        continue
      }
      waiters[number]?.missing.remove(job)
      guard waiters[number]?.missing.isEmpty ?? false else { continue }
      _ = endWait(number)
      if peers[waiter.peer] != nil { receiveFromClient(waiter.message, waiter.peer) }
    }
    if !others.isEmpty { waitersByJob[job] = others }
  }

  /// The waiter is one no more, and its jobs may be parked.
  mutating func endWait(_ number: UInt64) -> Waiter? {
    guard let waiter = waiters.removeValue(forKey: number) else { return nil }
    for job in waiter.jobs {
      pins[job, default: 1] -= 1
      if pins[job] == 0 { pins[job] = nil }
    }
    return waiter
  }

  private mutating func unpark(_ entry: StoreContents.Entry, withResults: Bool) throws(ProtocolError) {
    let id = entry.job.id
    guard let line = parked[id] else { return try addResult(entry, withResults: withResults) }
    var entry = entry
    // What was forgotten while it was read.
    if !line.isResultKept { (entry.isResultKept, entry.parts) = (false, [:]) }
    var job = try record(of: entry, withResults: withResults)
    for group in job.groups.indices { job.groups[group].isQueued = !line.isDamaged }
    parked[id] = nil
    parkedTemplates[id] = nil
    jobs[id] = job
    if job.state.isTerminal {
      residentFinishedCount += 1
      use(id)
      residentByteCount += job.partByteCount
    } else {
      parkedByteCount -= line.byteCount
      parkedCircuitCount -= line.total
      parkedWaitingCount -= 1
      if let deadline = job.deadline { timers.insert(.deadline(id), due: deadline) }
      touched.insert(id)
      enqueue(id)
    }
  }

  /// Adds the result to a job that was read without.
  private mutating func addResult(_ entry: StoreContents.Entry, withResults: Bool) throws(ProtocolError) {
    let id = entry.job.id
    guard withResults, let job = jobs[id], job.state.isTerminal, job.isResultKept, !job.isResultLoaded else { return }
    let whole = try record(of: entry, withResults: true)
    jobs[id]?.parts = whole.parts
    jobs[id]?.completed = whole.completed
    jobs[id]?.failedCount = whole.failedCount
    jobs[id]?.isResultLoaded = true
    residentByteCount += (jobs[id]?.partByteCount ?? 0) - job.partByteCount
    use(id)
  }

  /// Reads what comes next in a line whose first job is parked.
  mutating func loadNext(_ key: ReadyQueue.Key) {
    // Lines that read ahead at the same time share what they may.
    let lineCount = max(ready.lineCount, 1)
    let byteLimit = Limits.loadByteCount / lineCount
    var byteCount = 0
    var wanted: [JobID] = []
    for entry in ready.next(max(Limits.loadCount / lineCount, Limits.leastLoadCount), key) {
      guard let line = parked[entry.job], !line.state.isTerminal, !line.isDamaged else { continue }
      byteCount += line.byteCount
      guard wanted.isEmpty || byteCount <= byteLimit else { break }
      wanted.append(entry.job)
    }
    load(wanted, withResults: false)
  }

  /// Reads ahead of the workers, so that none waits for the store.
  mutating func readAhead(_ key: ReadyQueue.Key) {
    guard parkedWaitingCount > 0,
      let entry = ready.next(Limits.readAheadCount, key).last,
      parked[entry.job] != nil, loading[entry.job] == nil
    else { return }
    loadNext(key)
  }

  // MARK: Parking

  /// Remembers that a finished job was used, so that it is parked after those that were not.
  mutating func use(_ id: JobID) {
    guard jobs[id] != nil else { return }
    nextUse += 1
    jobs[id]?.lastUse = nextUse
    uses.append((id, nextUse))
    if uses.count > 2 * residentFinishedCount + Limits.staleUseCount { uses.keep { [jobs] in jobs[$0.job]?.lastUse == $0.use } }
  }

  /// A job that was accepted waits in the store if enough wait in memory.
  mutating func parkIfMany(_ id: JobID) {
    let waiting = jobs.count - residentFinishedCount
    let isMuch = byteCount - parkedByteCount > configuration.residentByteCount
    if waiting > configuration.residentJobCount || isMuch { candidates.append(id) }
  }

  /// Parks what is durable and not needed.
  mutating func park() {
    while let id = candidates.first, (jobs[id]?.lastBatch ?? 0) <= committed {
      candidates.removeFirst()
      if let job = jobs[id], job.isUntouched, !touched.contains(id), pins[id] == nil { park(job) }
    }
    // At most once round: what somebody waits for goes to the end.
    var tries = uses.count
    while tries > 0, residentByteCount > configuration.residentByteCount || residentFinishedCount > configuration.residentJobCount,
      let (id, use) = uses.first, (jobs[id]?.lastBatch ?? 0) <= committed
    {
      uses.removeFirst()
      tries -= 1
      guard let job = jobs[id], job.lastUse == use, job.state.isTerminal else { continue }
      if pins[id] == nil { park(job) } else { self.use(id) }
    }
  }

  private mutating func park(_ job: JobRecord) {
    jobs[job.id] = nil
    parked[job.id] = ParkedLine(ParkedJob(job))
    if !job.templates.isEmpty { parkedTemplates[job.id] = job.templates }
    if job.state.isTerminal {
      residentByteCount -= job.partByteCount
      residentFinishedCount -= 1
    } else {
      parkedByteCount += job.byteCount
      parkedCircuitCount += job.total
      parkedWaitingCount += 1
    }
  }

  /// Takes in a line of the store.
  mutating func insert(_ line: ParkedJob) {
    parked[line.id] = ParkedLine(line)
    jobsByKey[IdempotencyKey(tenant: line.tenant, key: line.idempotencyKey)] = line.id
    nextJobSequence = max(nextJobSequence, line.sequence + 1)
    if !line.templates.isEmpty { parkedTemplates[line.id] = line.templates }
    guard !line.state.isTerminal, let need = line.need else { return }
    usage[line.tenant, default: Usage()].jobCount += 1
    usage[line.tenant, default: Usage()].byteCount += line.byteCount
    byteCount += line.byteCount
    parkedByteCount += line.byteCount
    parkedCircuitCount += line.total
    parkedWaitingCount += 1
    if let deadline = line.deadlineUnixNanoseconds {
      timers.insert(.deadline(line.id), due: now.monotonic(atUnixNanoseconds: deadline))
    }
    ready.insert(
      ReadyQueue.Entry(sequence: line.sequence, job: line.id, group: 0, since: now.monotonic),
      ReadyQueue.Key(tenant: line.tenant, requirement: need, priority: line.priority))
  }
}

extension ParkedJob {
  init(_ job: JobRecord) {
    self.init(
      id: job.id, sequence: job.sequence, tenant: job.tenant, idempotencyKey: job.idempotencyKey, priority: job.priority,
      state: job.state,
      total: job.total, byteCount: job.byteCount, need: job.state.isTerminal ? nil : job.groups.first?.requirement,
      deadlineUnixNanoseconds: nil,
      finishedUnixNanoseconds: job.finishedUnixNanoseconds, resultByteCount: job.resultByteCount,
      receiptByteCount: job.receiptByteCount,
      isResultKept: job.isResultKept, templates: job.templates)
  }
}

extension JobRecord {
  /// Bytes of results, receipts and items in memory, and a little for what every job costs.
  var partByteCount: Int { parts.reduce(2_048 + body.count) { $0 + $1.bytes.count + $1.receipt.count } }

  /// Whether nothing happened since its acceptance.
  var isUntouched: Bool {
    state == .queued && events.count == 1 && groups.count == 1 && groups[0].isQueued && groups[0].retries.isEmpty && leases.isEmpty
      && completed.isEmpty && !isCancelling && session == nil && !isHeld
  }
}
