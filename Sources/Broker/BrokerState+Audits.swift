internal import Protocol

// A random part of what was done is done again, by somebody else, when nobody waits for anything: see ``AuditBook``.
extension BrokerState {
  /// Draws from the results of a job that has one for each circuit; called while its items are still there.
  mutating func scheduleAudits(of job: JobRecord) {
    guard audits.probability > 0, !isDraining, job.completed.count == job.total else { return }
    for part in job.parts where audits.draws() && isWorthAuditing(part) {
      let draw = AuditBook.Draw(
        job: job.id, tenant: job.tenant, requestHash: job.requestHash, circuits: part.circuits, items: job.items(of: part.circuits),
        maximumRunTime: job.maximumRunTime ?? configuration.maximumRunTime, results: part.bytes, worker: part.worker,
        signingKey: signer(of: part), drawn: now.monotonic)
      if audits.append(draw) { templates.retain(draw.templates) }
    }
  }

  /// Not what failed as a whole: that may be a circuit that takes down its workers.
  private func isWorthAuditing(_ part: JobRecord.Part) -> Bool {
    do { return try ResultBody.entries(part.bytes).contains { !$0.isFailure } } catch {
      preconditionFailure("results that were kept do not parse: \(error)")
    }
  }

  private func signer(of part: JobRecord.Part) -> Digest? {
    guard !part.receipt.isEmpty else { return nil }
    do { return try SignedReceipt(bytes: part.receipt).keyFingerprint } catch {
      // An earlier version's, which this one cannot read, names nobody here.
      return nil
    }
  }

  /// Gives audits to workers that would have nothing else to do.
  mutating func dispatchAudits() {
    guard !audits.waiting.isEmpty, ready.isEmpty, !idleWorkers.isEmpty, !isDraining else { return }
    var index = 0
    for _ in 0..<Limits.auditScanCount where index < audits.waiting.count {
      if let worker = auditor(for: audits.waiting[index]) { leaseAudit(at: index, to: worker) } else { index += 1 }
    }
  }

  /// An idle worker to run an audit; `nil` to wait for one.
  ///
  /// Another worker than the first where there is one, of the same class of device where there is one.
  private func auditor(for draw: AuditBook.Draw) -> PeerID? {
    let requirement = Requirement(draw.items[0])
    let able = peers.filter { $0.value.worker.map { !$0.isDraining && requirement.isMet(by: $0, ignoringMemory: false) } ?? false }
    let others = able.filter { $0.key != draw.worker?.peer }
    let alike = others.filter { PartWorker(peer: $0.key, $0.value).shares(draw) }
    let candidates = alike.isEmpty ? (others.isEmpty ? able : others) : alike
    return candidates.keys.filter { idleWorkers.contains($0) && !audits.isRunning(on: $0) }.min()
  }

  private mutating func leaseAudit(at index: Int, to peer: PeerID) {
    let draw = audits.take(at: index)
    let fence = Fence(epoch: epoch, sequence: nextFence)
    nextFence += 1
    audits.start(
      draw, fence, on: peer, expires: now.monotonic + configuration.leaseTime,
      runLimit: draw.maximumRunTime.map { now.monotonic + $0 })
    peers[peer]?.worker?.leases.insert(fence)
    updateIdle(peer)
    sendMissingTemplates(of: draw.items, to: peer)
    // Nothing tells a worker that this is no lease like others.
    send(
      .lease(
        Message.Lease(
          fence: fence, job: draw.job, circuits: draw.circuits, duration: configuration.leaseTime,
          maximumRunTime: draw.maximumRunTime,
          attempt: 1, requestHash: draw.requestHash)), to: peer, payload: JobBody.encode(draw.items))
  }

  /// Compares what came of an audit.
  ///
  /// - Returns: Whether the fence was one of an audit.
  mutating func finishAudit(_ complete: Message.Complete, _ payload: [UInt8], _ peer: PeerID) -> Bool {
    guard audits.running[complete.fence]?.worker == peer, let record = peers[peer], let running = endAudit(complete.fence) else {
      return false
    }
    let worker = PartWorker(peer: peer, record)
    let mismatch = audits.judge(running.draw, payload, by: worker, unixNanoseconds: now.unixNanoseconds)
    if let mismatch { effects.append(.notice(.auditMismatch(mismatch))) }
    return true
  }

  /// Gives up an audit whose worker is gone or does not want it; another might go the same way.
  ///
  /// - Returns: Whether the fence was one of an audit.
  mutating func loseAudit(_ fence: Fence) -> Bool {
    guard endAudit(fence) != nil else { return false }
    audits.countAbandoned()
    return true
  }

  private mutating func endAudit(_ fence: Fence) -> AuditBook.Running? {
    guard let running = audits.end(fence) else { return nil }
    templates.release(running.draw.templates)
    peers[running.worker]?.worker?.leases.remove(fence)
    updateIdle(running.worker)
    return running
  }

  /// Who has a lease or an audit.
  func holder(of fence: Fence) -> PeerID? { leases[fence]?.worker ?? audits.running[fence]?.worker }

  /// Gives up what takes or waits too long.
  mutating func expireAudits() {
    let due = audits.running.filter { $0.value.expires <= now.monotonic || $0.value.runLimit.map { $0 <= now.monotonic } ?? false }
    for (fence, running) in due.sorted(by: { $0.key < $1.key }) {
      send(.revoke([fence]), to: running.worker)
      _ = loseAudit(fence)
    }
    while let oldest = audits.waiting.first, now.monotonic - oldest.drawn >= Limits.auditWait { abandonFirstAudit() }
  }

  /// Gives up all that wait; those that run are not waited for.
  mutating func abandonAudits() {
    while !audits.waiting.isEmpty { abandonFirstAudit() }
  }

  private mutating func abandonFirstAudit() {
    templates.release(audits.take(at: 0).templates)
    audits.countAbandoned()
  }
}

extension PartWorker {
  /// Whether it has a device of the class on which an audit's results were made.
  func shares(_ draw: AuditBook.Draw) -> Bool {
    guard let first = draw.worker else { return true }
    let classes = Set(first.devices.map { first.deviceClass($0.name) })
    return devices.contains { classes.contains(deviceClass($0.name)) }
  }
}
