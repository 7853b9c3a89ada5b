internal import Protocol

// What workers say.
extension BrokerState {
  mutating func receiveFromWorker(_ message: Message, _ peer: PeerID) {
    switch message.content {
    case .ready(let ready): setSlots(ready.slots, of: peer)
    case .started(let fence): start(fence, peer, replyTo: message.id)
    case .renew(let fences): renew(fences, peer, replyTo: message.id)
    case .complete(let complete): self.complete(complete, message.payload, peer, replyTo: message.id)
    case .fail(let failure): fail(failure, peer, replyTo: message.id)
    case .release(let fences): for fence in fences where holder(of: fence) == peer { lose(fence, isCrash: false) }
    case .needTemplate(let digests): sendTemplates(digests.compactMap { templates[$0] }, to: peer, replyTo: message.id)
    case .drain:
      peers[peer]?.worker?.isDraining = true
    case .pong, .challenge, .reject: break
    default:
      reject(Message.Reject(.unknownType, "\(message.content.type): not a worker's message"), to: peer, replyTo: message.id)
    }
    updateIdle(peer)
  }

  private mutating func setSlots(_ slots: Int, of peer: PeerID) {
    slotCount += slots - (peers[peer]?.worker?.slots ?? 0)
    peers[peer]?.worker?.slots = slots
  }

  func sendableBundles(_ list: [Template]) -> [[Template]] { TemplateBundle.bundles(of: list) }

  mutating func sendTemplates(_ list: [Template], to peer: PeerID, replyTo: UInt64? = nil) {
    for bundle in sendableBundles(list) {
      send(.template, to: peer, replyTo: replyTo, payload: TemplateBundle.encode(bundle))
    }
  }

  /// Says that a worker is alive and has a lease, which may have been another connection's before.
  ///
  /// - Returns: Whether there is such a lease.
  private mutating func refresh(_ fence: Fence, for peer: PeerID) -> Bool {
    guard let lease = leases[fence] else { return audits.refresh(fence, of: peer, until: now.monotonic + configuration.leaseTime) }
    if lease.worker != peer {
      if let old = lease.worker {
        peers[old]?.worker?.leases.remove(fence)
        updateIdle(old)
      }
      leases[fence]?.worker = peer
      peers[peer]?.worker?.leases.insert(fence)
    }
    leases[fence]?.expires = now.monotonic + configuration.leaseTime
    return true
  }

  private mutating func start(_ fence: Fence, _ peer: PeerID, replyTo: UInt64) {
    guard refresh(fence, for: peer) else { return promise(.stale([fence]), to: peer, replyTo: replyTo) }
    guard let lease = leases[fence], lease.started == nil, let job = jobs[lease.job] else { return }
    leases[fence]?.started = now.monotonic
    leases[fence]?.runLimit = (job.maximumRunTime ?? configuration.maximumRunTime).map { now.monotonic + $0 }
    jobs[lease.job]?.startedLeases += 1
    touched.insert(lease.job)
  }

  private mutating func renew(_ fences: [Fence], _ peer: PeerID, replyTo: UInt64) {
    var stale: [Fence] = []
    for fence in fences where !refresh(fence, for: peer) { stale.append(fence) }
    if !stale.isEmpty { promise(.stale(stale), to: peer, replyTo: replyTo) }
  }

  // MARK: Completion

  private mutating func complete(_ complete: Message.Complete, _ payload: [UInt8], _ peer: PeerID, replyTo: UInt64) {
    let fence = complete.fence
    if finishAudit(complete, payload, peer) { return promise(.committed([fence]), to: peer, replyTo: replyTo) }
    guard let job = jobs[complete.job], !job.state.isTerminal, !job.isCancelling, !job.isHeld else {
      endLease(fence)
      return promise(.stale([fence]), to: peer, replyTo: replyTo)
    }
    guard let entries = job.entries(payload, of: complete.circuits) else {
      fail(
        Message.Fail(fence: fence, code: "malformed", message: "the worker's results do not parse", isRetryable: true), peer,
        replyTo: replyTo)
      return promise(.stale([fence]), to: peer, replyTo: replyTo)
    }
    let receipt: [UInt8]
    do throws(ReceiptRefusal) { receipt = try acceptableReceipt(of: complete, payload, job, peer) } catch {
      fail(
        Message.Fail(fence: fence, code: "receipt", message: "the worker's receipt is refused: \(error.reason)", isRetryable: true),
        peer,
        replyTo: replyTo)
      return promise(.stale([fence]), to: peer, replyTo: replyTo)
    }
    let missing = job.completed.gaps(in: complete.circuits)
    // A receipt is of a whole lease: where each result needs one, what others have not done of it is done again.
    if configuration.receipts.areRequired, !missing.isEmpty, missing != [complete.circuits] {
      lose(fence, isCrash: false)
      return promise(.stale([fence]), to: peer, replyTo: replyTo)
    }
    measure(complete, peer)
    endLease(fence, took: seconds(of: complete))
    guard !missing.isEmpty else { return promise(.stale([fence]), to: peer, replyTo: replyTo) }
    for range in missing { keep(entries, payload, range, complete, receipt, peer) }
    promise(.committed([fence]), to: peer, replyTo: replyTo)
  }

  private mutating func keep(
    _ entries: [ResultBody.Entry], _ payload: [UInt8], _ range: Range<Int>, _ complete: Message.Complete, _ receipt: [UInt8],
    _ peer: PeerID
  ) {
    let whole = range == complete.circuits
    var failedCount = 0
    var place = complete.circuits.lowerBound
    for entry in entries {
      if entry.isFailure, range.contains(place) { failedCount += 1 }
      place += entry.rows.count
    }
    let bytes = whole ? payload : ResultBody.cutSound(payload, to: range, from: complete.circuits)
    let worker = peers[peer].map { PartWorker(peer: peer, $0) }
    store(bytes, of: range, failedCount: failedCount, job: complete.job, receipt: whole ? receipt : [], worker: worker)
    peers[peer]?.worker?.completedCircuits += range.count
  }

  /// Makes the results of circuits that have none part of the job.
  mutating func store(
    _ bytes: [UInt8], of range: Range<Int>, failedCount: Int, job id: JobID, receipt: [UInt8] = [], worker: PartWorker? = nil
  ) {
    mutations.append(.resultStored(id, circuits: range, bytes: bytes, failedCount: failedCount, receipt: receipt))
    let retries = jobs[id]?.groups.flatMap(\.retries) ?? []
    jobs[id]?.insert(JobRecord.Part(circuits: range, bytes: bytes, receipt: receipt, worker: worker), failedCount: failedCount)
    renewRetries(of: id, before: retries)
    touched.insert(id)
    progressing.insert(id)
    let overtaken = (jobs[id]?.leases ?? []).filter { fence in
      guard let lease = leases[fence], lease.circuits.overlaps(range) else { return false }
      return jobs[id]?.completed.gaps(in: lease.circuits).isEmpty ?? false
    }
    revoke(overtaken)
    for fence in overtaken.sorted() { endLease(fence) }
    if let byteCount = jobs[id]?.resultByteCount, byteCount > Protocol.Limits.resultByteCount {
      finish(id, .failed, message: "result bytes: \(byteCount), at most \(Protocol.Limits.resultByteCount)")
    }
  }

  /// How long a lease took as its worker says; as long as expected where it does not.
  private func seconds(of complete: Message.Complete) -> Double? {
    complete.busyTime > .zero ? complete.busyTime / .seconds(1) : leases[complete.fence]?.expectedSeconds
  }

  /// Learns from a finished lease how long the job's circuits take.
  private mutating func measure(_ complete: Message.Complete, _ peer: PeerID) {
    let seconds = complete.busyTime / .seconds(1)
    guard let lease = leases[complete.fence], seconds > 0, lease.cost > 0 else { return }
    let rate = seconds / lease.cost
    let template = jobs[lease.job].map { $0.items[$0.itemIndex(of: lease.circuits.lowerBound)].template }
    if let template { templates.measure(template, rate: rate, leaseCount: lease.circuits.count) }
    var pace = jobs[lease.job]?.groups[lease.group].pace ?? TemplateStore.Pace(rate: rate, leaseCount: lease.circuits.count)
    pace.measure(rate: rate, leaseCount: lease.circuits.count)
    jobs[lease.job]?.groups[lease.group].pace = pace
    let speed = Double(lease.circuits.count) / seconds
    if let worker = peers[peer]?.worker {
      peers[peer]?.worker?.circuitsPerSecond = worker.circuitsPerSecond == 0 ? speed : 0.8 * worker.circuitsPerSecond + 0.2 * speed
    }
  }

  // MARK: Failure

  private mutating func fail(_ failure: Message.Fail, _ peer: PeerID, replyTo: UInt64) {
    if loseAudit(failure.fence) { return }
    guard let lease = leases[failure.fence] else { return promise(.stale([failure.fence]), to: peer, replyTo: replyTo) }
    endLease(failure.fence)
    guard let job = jobs[lease.job], !job.state.isTerminal, !job.isCancelling else { return }
    jobs[lease.job]?.attempts += 1
    for range in job.completed.gaps(in: lease.circuits) {
      guard failure.isRetryable, lease.attempts + 1 < min(configuration.attemptLimit, Limits.attemptCount) else {
        storeFailure(CircuitFailure(code: failure.code, message: failure.message), of: range, job: lease.job)
        continue
      }
      let retry = JobRecord.Retry(
        circuits: range, attempts: lease.attempts + 1, crashes: lease.crashes, due: now.monotonic + backoff(lease.attempts))
      schedule(retry, of: lease.job, group: lease.group)
    }
  }

  /// A failure as the result of circuits.
  mutating func storeFailure(_ failure: CircuitFailure, of range: Range<Int>, job id: JobID) {
    guard let job = jobs[id] else { return }
    let results = range.map { circuit in
      let place = job.place(of: circuit)
      return CircuitResult(item: place.item, row: place.row, outcome: .failure(failure))
    }
    store(ResultBody.encode(results), of: range, failedCount: range.count, job: id)
  }

  /// 0.5 s · 2ⁿ up to a limit, anywhere between nothing and all of it: those who failed together do not come back together.
  private mutating func backoff(_ attempts: Int) -> Duration {
    let longest = min(configuration.retryDelay * (1 << min(attempts, 20)), configuration.retryDelayLimit)
    return longest * Double.random(in: 0..<1, using: &random)
  }

  /// Takes a lease back from a worker that is gone, silent, or does not want it.
  ///
  /// After a crash in the middle of several circuits each half goes out on its own, until the one that crashes stands alone: only
  /// that one is charged.
  mutating func lose(_ fence: Fence, isCrash: Bool) {
    if loseAudit(fence) { return }
    guard let lease = leases[fence] else { return }
    endLease(fence)
    guard let job = jobs[lease.job], !job.state.isTerminal, !job.isCancelling else { return }
    let isCharged = isCrash && lease.started != nil
    if isCharged { jobs[lease.job]?.crashes += 1 }
    for range in job.completed.gaps(in: lease.circuits) {
      if !isCharged {
        giveBack(range, lease)
      } else if range.count > 1 {
        let middle = range.lowerBound + range.count / 2
        for half in [range.lowerBound..<middle, middle..<range.upperBound] {
          let retry = JobRecord.Retry(circuits: half, attempts: lease.attempts, crashes: 0, due: now.monotonic)
          schedule(retry, of: lease.job, group: lease.group)
        }
      } else {
        charge(range, lease)
      }
    }
  }

  private mutating func giveBack(_ range: Range<Int>, _ lease: LeaseRecord) {
    if lease.attempts == 0 && lease.crashes == 0 {
      jobs[lease.job]?.groups[lease.group].fresh.insert(range)
      enqueue(lease.job)
    } else {
      let retry = JobRecord.Retry(circuits: range, attempts: lease.attempts, crashes: lease.crashes, due: now.monotonic)
      schedule(retry, of: lease.job, group: lease.group)
    }
  }

  private mutating func charge(_ range: Range<Int>, _ lease: LeaseRecord) {
    guard lease.crashes + 1 < configuration.crashLimit else {
      let message = "\(lease.crashes + 1) workers were lost while they executed this circuit"
      return storeFailure(CircuitFailure(code: JobRecord.workerLost, message: message), of: range, job: lease.job)
    }
    let retry = JobRecord.Retry(
      circuits: range, attempts: lease.attempts, crashes: lease.crashes + 1, due: now.monotonic + backoff(lease.crashes))
    schedule(retry, of: lease.job, group: lease.group)
  }
}
