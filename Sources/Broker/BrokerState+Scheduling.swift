internal import Protocol

// Who gets what: tenants in turns, a tenant's most urgent first (``ReadyQueue``), in leases of about as much work as the target says.
extension BrokerState {
  /// Gives circuits to workers as long as there are both.
  mutating func dispatch() {
    while !ready.isEmpty, !idleWorkers.isEmpty, !isDraining {
      let workers = idleWorkers.sorted { leaseCount($0) != leaseCount($1) ? leaseCount($0) < leaseCount($1) : $0 < $1 }
      var hasGranted = false
      for worker in workers where grant(to: worker) { hasGranted = true }
      guard hasGranted else { return }
    }
  }

  func leaseCount(_ peer: PeerID) -> Int { peers[peer]?.worker?.leases.count ?? 0 }

  private mutating func grant(to peer: PeerID) -> Bool {
    while let worker = peers[peer]?.worker,
      let (entry, key) = ready.first(at: now.monotonic, where: { isFree($0, $1, for: peer, worker) })
    {
      if let line = parked[entry.job] {
        guard line.isDamaged || line.state.isTerminal else {
          loadNext(key)
          return false
        }
        ready.removeFirst(key)
        continue
      }
      let hasWork = jobs[entry.job]?.hasWork(in: entry.group, at: now.monotonic) ?? false
      if hasWork { lease(entry, to: peer) }
      if jobs[entry.job]?.hasWork(in: entry.group, at: now.monotonic) != true {
        jobs[entry.job]?.leaveQueue(entry.group)
        ready.removeFirst(key)
        readAhead(key)
      }
      if hasWork { return true }
    }
    return false
  }

  /// Whether a worker is to take an entry, if its turn comes.
  private func isFree(_ key: ReadyQueue.Key, _ entry: ReadyQueue.Entry, for peer: PeerID, _ worker: WorkerRecord) -> Bool {
    isWithinShare(key.tenant) && canTake(key.requirement, entry, worker) && !isBetter(key, entry, than: peer)
  }

  /// Whether a tenant may have another lease: one it always may.
  private func isWithinShare(_ tenant: String) -> Bool {
    guard let limit = policies[tenant].runningTime ?? configuration.tenantRunningTime else { return true }
    return ready.shares.running(of: tenant) < limit / .seconds(1)
  }

  /// Whether another worker, which served an entry's session last, has a slot for it.
  private func isBetter(_ key: ReadyQueue.Key, _ entry: ReadyQueue.Entry, than peer: PeerID) -> Bool {
    guard let session = key.session, let last = sessions[session]?.lastWorker, last != peer, idleWorkers.contains(last),
      let worker = peers[last]?.worker
    else { return false }
    return canTake(key.requirement, entry, worker)
  }

  /// Whether a worker can execute what an entry needs.
  ///
  /// When no worker has the memory, and none came for a while, any may take the circuit and say with which numbers it does not fit.
  private func canTake(_ requirement: Requirement, _ entry: ReadyQueue.Entry, _ worker: WorkerRecord) -> Bool {
    if requirement.isMet(by: worker, ignoringMemory: false) { return true }
    guard requirement.isMet(by: worker, ignoringMemory: true) else { return false }
    // How long it has waited is known when it is here.
    guard let job = jobs[entry.job] else { return true }
    guard now.monotonic - job.accepted >= configuration.memoryWait else { return false }
    return !peers.values.contains { $0.worker.map { requirement.isMet(by: $0, ignoringMemory: false) } ?? false }
  }

  private mutating func lease(_ entry: ReadyQueue.Entry, to peer: PeerID) {
    guard let (circuits, attempts, crashes) = takeCircuits(entry), let job = jobs[entry.job] else { return }
    let fence = Fence(epoch: epoch, sequence: nextFence)
    nextFence += 1
    let items = job.items(of: circuits)
    let cost = items.reduce(0) { $0 + $1.estimatedCost * Double($1.rows.count) }
    let expected = cost * rate(of: job, entry.group, from: circuits.lowerBound)
    leases[fence] = LeaseRecord(
      job: job.id, circuits: circuits, group: entry.group, worker: peer, expires: now.monotonic + configuration.leaseTime,
      cost: cost,
      expectedSeconds: expected, attempts: attempts, crashes: crashes)
    ready.give(expected, to: job.tenant)
    jobs[job.id]?.leases.insert(fence)
    jobs[job.id]?.leasedCount += circuits.count
    peers[peer]?.worker?.leases.insert(fence)
    if let session = job.session { sessions[session]?.lastWorker = peer }
    updateIdle(peer)
    touched.insert(job.id)
    mutations.append(
      .leaseGranted(fence, StoredLease(job: job.id, circuits: circuits, attempts: attempts, crashes: crashes)))
    sendMissingTemplates(of: items, to: peer)
    send(
      .lease(
        Message.Lease(
          fence: fence, job: job.id, circuits: circuits, duration: configuration.leaseTime,
          maximumRunTime: job.maximumRunTime ?? configuration.maximumRunTime, attempt: attempts + crashes + 1,
          requestHash: job.requestHash)),
      to: peer, payload: JobBody.encode(items))
  }

  mutating func sendMissingTemplates(of items: [Item], to peer: PeerID) {
    guard var worker = peers[peer]?.worker else { return }
    peers[peer]?.worker?.sentTemplates = []
    if worker.sentTemplates.count > Limits.sentTemplateCount { worker.sentTemplates = [] }
    var missing: [Template] = []
    for item in items where worker.sentTemplates.insert(item.template).inserted {
      if let template = templates[item.template] { missing.append(template) }
    }
    peers[peer]?.worker?.sentTemplates = worker.sentTemplates
    if !missing.isEmpty { sendTemplates(missing, to: peer) }
  }

  /// Takes the next circuits of a group out of what is to be given out: a retry that is due on its own, else fresh ones.
  private mutating func takeCircuits(_ entry: ReadyQueue.Entry) -> (circuits: Range<Int>, attempts: Int, crashes: Int)? {
    guard let job = jobs[entry.job] else { return nil }
    let group = job.groups[entry.group]
    if let index = group.retries.firstIndex(where: { $0.due <= now.monotonic }) {
      jobs[entry.job]?.groups[entry.group].retries.remove(at: index)
      let retry = group.retries[index]
      forget([retry])
      return (retry.circuits, retry.attempts, retry.crashes)
    }
    guard let first = group.fresh.first else { return nil }
    let circuits = first.lowerBound..<first.lowerBound + leaseCount(first, job, group)
    jobs[entry.job]?.groups[entry.group].fresh.remove(circuits)
    return (circuits, 0, 0)
  }

  /// How many circuits of a range make one lease.
  private func leaseCount(_ range: Range<Int>, _ job: JobRecord, _ group: JobRecord.Group) -> Int {
    var index = job.itemIndex(of: range.lowerBound)
    let pace = pace(of: job, group, from: range.lowerBound)
    let rate = pace?.rate ?? Limits.unmeasuredRate
    let target = configuration.leaseTarget / .seconds(1)
    let growth = max(Limits.firstLeaseCircuitCount, 4 * (pace?.leaseCount ?? 0))
    // The last circuits are spread over all workers, unless they are hardly worth a message.
    let share = (group.fresh.count + job.leasedCount + slotCount - 1) / max(slotCount, 1)
    let limit = min(range.count, growth, Limits.leaseCircuitCount)
    var budget = LeaseBudget(cost: target / rate, leastCost: target / rate / 10, share: share, byteCount: Limits.leaseByteCount)
    var circuit = range.lowerBound
    while circuit - range.lowerBound < limit {
      let item = job.items[index]
      let end = min(job.itemStarts[index + 1], range.lowerBound + limit)
      let taken = budget.take(end - circuit, cost: item.estimatedCost, byteCount: 64 + 8 * item.rows.names.count)
      circuit += taken
      if circuit < end { break }
      index += 1
    }
    return max(1, circuit - range.lowerBound)
  }

  /// What was measured of a group's circuits: a job's first lease goes by what was measured of its template in others.
  private func pace(of job: JobRecord, _ group: JobRecord.Group, from circuit: Int) -> TemplateStore.Pace? {
    group.pace ?? templates.pace(of: job.items[job.itemIndex(of: circuit)].template)
  }

  /// Seconds that a unit of estimated cost is expected to take.
  private func rate(of job: JobRecord, _ group: Int, from circuit: Int) -> Double {
    pace(of: job, job.groups[group], from: circuit)?.rate ?? Limits.unmeasuredRate
  }

  // MARK: Queue

  /// Puts a job's groups that have circuits to give out into the queue.
  mutating func enqueue(_ id: JobID) {
    guard let job = jobs[id], !job.state.isTerminal, !job.isCancelling, !job.isHeld else { return }
    touched.insert(id)
    for (index, group) in job.groups.enumerated() where !group.isQueued && group.hasWork(at: now.monotonic) {
      jobs[id]?.groups[index].isQueued = true
      let (entry, key) = place(of: job, group: index)
      ready.insert(entry, key)
    }
  }

  /// Where a group of a job waits.
  func place(of job: JobRecord, group: Int) -> (entry: ReadyQueue.Entry, key: ReadyQueue.Key) {
    let session = job.session.flatMap { sessions[$0]?.isOpen ?? false ? $0 : nil }
    return (
      ReadyQueue.Entry(sequence: job.sequence, job: job.id, group: group, since: job.accepted),
      ReadyQueue.Key(
        tenant: job.tenant, requirement: job.groups[group].requirement, priority: job.priority, session: session,
        isAwaited: job.isAwaited)
    )
  }

  mutating func schedule(_ retry: JobRecord.Retry, of id: JobID, group: Int) {
    let kept = keep(retry, of: id)
    jobs[id]?.groups[group].retries.append(kept)
    touched.insert(id)
    if retry.due > now.monotonic { timers.insert(.retry(id, group: group), due: retry.due) } else { enqueue(id) }
  }

  /// Nothing of the job is given out any more.
  mutating func dropWaiting(of id: JobID) {
    for group in jobs[id]?.groups.indices ?? 0..<0 {
      forget(jobs[id]?.groups[group].retries ?? [])
      jobs[id]?.groups[group].fresh = RangeSet()
      jobs[id]?.groups[group].retries = []
    }
  }

  // MARK: Ends of leases

  /// Forgets a lease, whatever became of it.
  ///
  /// - Parameter seconds: How long its execution took, if that is known: else as long as expected, or no time if it did not begin.
  mutating func endLease(_ fence: Fence, took seconds: Double? = nil) {
    guard let lease = leases.removeValue(forKey: fence) else { return }
    mutations.append(.leaseEnded(fence))
    touched.insert(lease.job)
    if let tenant = jobs[lease.job]?.tenant {
      let unmeasured = lease.started == nil ? 0 : lease.expectedSeconds
      ready.end(expected: lease.expectedSeconds, actual: seconds ?? unmeasured, of: tenant)
    }
    if jobs[lease.job]?.leases.remove(fence) != nil {
      jobs[lease.job]?.leasedCount -= lease.circuits.count
      if lease.started != nil { jobs[lease.job]?.startedLeases -= 1 }
    }
    if let worker = lease.worker {
      peers[worker]?.worker?.leases.remove(fence)
      updateIdle(worker)
    }
  }

  /// Tells workers to stop what they hold; they answer with RELEASE.
  mutating func revoke(_ fences: Set<Fence>) {
    var byWorker: [PeerID: [Fence]] = [:]
    for fence in fences { if let worker = leases[fence]?.worker { byWorker[worker, default: []].append(fence) } }
    for (worker, fences) in byWorker.sorted(by: { $0.key < $1.key }) { promise(.revoke(fences.sorted()), to: worker) }
  }
}

/// What may still go into a lease.
private struct LeaseBudget {
  var cost: Double
  var leastCost: Double
  var share: Int
  var byteCount: Int
  private var count = 0

  init(cost: Double, leastCost: Double, share: Int, byteCount: Int) {
    self.cost = cost
    self.leastCost = leastCost
    self.share = share
    self.byteCount = byteCount
  }

  /// Takes as many of equal circuits as fit, at least one into an empty lease.
  mutating func take(_ wanted: Int, cost unit: Double, byteCount bytes: Int) -> Int {
    var fitting = min(wanted, Int(max(0, min(cost / unit, 1e9))), max(0, byteCount / bytes))
    // Beyond the share only as long as there is less work than a message is worth.
    let cheap = Int(max(0, min(leastCost / unit, 1e9)))
    fitting = min(fitting, max(share - count, cheap))
    if count == 0 { fitting = max(fitting, 1) }
    cost -= Double(fitting) * unit
    leastCost -= Double(fitting) * unit
    byteCount -= fitting * bytes
    count += fitting
    return fitting
  }
}

extension Item {
  /// Expected work for one row, in amplitudes touched: about a nanosecond each.
  var estimatedCost: Double {
    // Fifty thousand for what every circuit costs, variants too; a dozen qubits are where that stops to matter.
    let circuits = Double(settings.circuitCount)
    let gates = Double(max(operationCount, 1)) * Double(sign: .plus, exponent: min(qubitCount, 40), significand: 1)
    return circuits * (50_000 + 64 * Double(settings.shots ?? 0)) + gates
  }
}
