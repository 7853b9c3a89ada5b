internal import Protocol

// What clients ask for.
extension BrokerState {
  mutating func receiveFromClient(_ message: Message, _ peer: PeerID) {
    switch message.content {
    case .submit(let submit): accept(submit, payload: message.payload, from: peer, replyTo: message.id)
    case .putTemplate: storeTemplates(message.payload, from: peer, replyTo: message.id)
    case .status(let job): withJob(job, of: peer, message.id) { state, _ in state.sendStatus(job, to: peer, replyTo: message.id) }
    case .cancel(let job): withJob(job, of: peer, message.id) { state, _ in state.cancel(job, for: peer, replyTo: message.id) }
    case .fetch(let fetch):
      withJob(fetch.job, of: peer, message.id) { state, _ in state.fetch(fetch, for: peer, replyTo: message.id) }
    case .credit(let credit): extend(credit, of: peer)
    case .subscribe(let subscribe):
      withJob(subscribe.job, of: peer, message.id) { state, _ in state.subscribe(subscribe, for: peer, replyTo: message.id) }
    case .list(let list): sendListing(list, to: peer, replyTo: message.id)
    case .pong, .challenge, .reject: break
    default:
      reject(Message.Reject(.unknownType, "\(message.content.type): not a client's message"), to: peer, replyTo: message.id)
    }
  }

  /// Runs with a job of the peer's tenant, or refuses: another tenant's job is as unknown as none.
  private mutating func withJob(_ job: JobID, of peer: PeerID, _ replyTo: UInt64, _ body: (inout BrokerState, JobID) -> Void) {
    guard let record = peers[peer], jobs[job]?.tenant == record.tenant else {
      return reject(Message.Reject(.unknownJob, "job \(job): not known"), to: peer, replyTo: replyTo)
    }
    body(&self, job)
  }

  // MARK: Acceptance

  private mutating func accept(_ submit: Message.Submit, payload: [UInt8], from peer: PeerID, replyTo: UInt64) {
    guard let tenant = peers[peer]?.tenant else { return }
    let items: [Item]
    do {
      items = try JobBody.decodeJob(payload)
    } catch {
      return reject(Message.Reject(error), to: peer, replyTo: replyTo)
    }
    // The canonical form, whoever encoded what came: what is hashed and what is kept.
    let body = JobBody.encode(items)
    let hash = JobBody.requestHash(ofEncoded: body)
    let key = IdempotencyKey(tenant: tenant, key: submit.idempotencyKey)
    if let existing = jobsByKey[key] { return acceptAgain(existing, hash, peer, replyTo) }
    if let rejection = admission(of: body.count, tenant: tenant) { return reject(rejection, to: peer, replyTo: replyTo) }
    var digests: Set<Digest> = []
    for item in items { digests.insert(item.template) }
    let missing = digests.filter { !templates.contains($0) }
    guard missing.isEmpty else {
      return send(.needTemplate(Array(missing.sorted().prefix(Protocol.Limits.digestCount))), to: peer, replyTo: replyTo)
    }
    let stored = StoredJob(
      id: JobID(unixMilliseconds: now.unixNanoseconds / 1_000_000, using: &random), sequence: nextJobSequence, tenant: tenant,
      idempotencyKey: submit.idempotencyKey, requestHash: hash, name: submit.name, priority: submit.priority,
      submittedUnixNanoseconds: now.unixNanoseconds,
      deadlineUnixNanoseconds: submit.deadline.map { now.unixNanoseconds(after: $0) },
      maximumRunTime: submit.maximumRunTime, total: items.reduce(0) { $0 + $1.rows.count }, body: body, templates: digests)
    mutations.append(.jobAccepted(stored))
    insert(JobRecord(stored, items: items, now: now), stored)
    record(.queued, of: stored.id)
    enqueue(stored.id)
    promise(
      .accepted(Message.Accepted(job: stored.id, isDuplicate: false, state: .queued, total: stored.total)), to: peer,
      replyTo: replyTo)
  }

  private mutating func acceptAgain(_ job: JobID, _ hash: Digest, _ peer: PeerID, _ replyTo: UInt64) {
    guard let record = jobs[job] else { return }
    guard record.requestHash == hash else {
      return reject(
        Message.Reject(.conflict, "idempotency key: used for job \(job), which asks for something else"), to: peer, replyTo: replyTo
      )
    }
    promise(
      .accepted(Message.Accepted(job: job, isDuplicate: true, state: record.state, total: record.total)), to: peer, replyTo: replyTo
    )
  }

  /// Why a new job is not admitted, if it is not.
  private func admission(of byteCount: Int, tenant: String) -> Message.Reject? {
    let (used, retry) = (usage[tenant] ?? Usage(), configuration.retryAfter)
    if hasFailed { return storageRejection }
    if isDraining { return Message.Reject(.draining, "the broker is stopping", retryAfter: retry) }
    if used.jobCount >= configuration.tenantJobCount {
      return Message.Reject(.quota, "jobs queued: \(used.jobCount), at most \(configuration.tenantJobCount)", retryAfter: retry)
    }
    if used.byteCount + byteCount > configuration.tenantByteCount {
      return Message.Reject(.quota, "bytes queued: \(used.byteCount), at most \(configuration.tenantByteCount)", retryAfter: retry)
    }
    if self.byteCount + byteCount > configuration.byteCount || outstandingBatchCount >= Limits.outstandingBatchCount {
      return Message.Reject(.busy, "the broker holds as much as it can", retryAfter: retry)
    }
    return nil
  }

  private mutating func storeTemplates(_ payload: [UInt8], from peer: PeerID, replyTo: UInt64) {
    let bundle: [Template]
    do {
      bundle = try TemplateBundle.decode(payload)
    } catch {
      return reject(Message.Reject(error), to: peer, replyTo: replyTo)
    }
    guard !hasFailed else { return reject(storageRejection, to: peer, replyTo: replyTo) }
    for template in bundle where !templates.contains(template.digest) {
      let removed = templates.insert(template, byteLimit: configuration.templateByteCount)
      for digest in removed ?? [] { mutations.append(.templateRemoved(digest)) }
      guard templates.contains(template.digest) else {
        return reject(
          Message.Reject(.busy, "templates: the broker holds as much as it can", retryAfter: configuration.retryAfter), to: peer,
          replyTo: replyTo)
      }
      mutations.append(.templateStored(template))
    }
  }

  // MARK: Asking after a job

  private mutating func sendStatus(_ job: JobID, to peer: PeerID, replyTo: UInt64) {
    guard let record = jobs[job] else { return }
    var status = record.status
    if record.state == .queued {
      status.queuePosition = ready.position(priority: record.priority, sequence: record.sequence) + 1
      if status.message.isEmpty { status.message = waitingReason(record) }
    }
    promise(.state(status), to: peer, replyTo: replyTo)
  }

  /// Why a queued job waits, where that is not plainly its turn.
  private func waitingReason(_ job: JobRecord) -> String {
    let workers = peers.values.compactMap(\.worker)
    guard !workers.isEmpty else { return "no worker is connected" }
    for group in job.groups where !group.fresh.isEmpty || !group.retries.isEmpty {
      guard workers.contains(where: { group.requirement.isMet(by: $0, ignoringMemory: true) }) else {
        return "no worker has device \(group.requirement.device) with method \(group.requirement.method)"
      }
    }
    return ""
  }

  private mutating func cancel(_ job: JobID, for peer: PeerID, replyTo: UInt64) {
    guard !hasFailed else { return reject(storageRejection, to: peer, replyTo: replyTo) }
    if let record = jobs[job], !record.state.isTerminal, !record.isCancelling {
      jobs[job]?.isCancelling = true
      dropWaiting(of: job)
      revoke(record.leases)
      settle(job)
    }
    sendStatus(job, to: peer, replyTo: replyTo)
  }

  private mutating func subscribe(_ subscribe: Message.Subscribe, for peer: PeerID, replyTo: UInt64) {
    guard (peers[peer]?.subscriptions.count ?? 0) < Limits.streamCount else {
      return reject(
        Message.Reject(.tooLarge, "subscriptions: \(Limits.streamCount) at most", retryAfter: nil), to: peer, replyTo: replyTo)
    }
    let job = subscribe.job
    for event in jobs[job]?.events ?? [] where event.sequence > subscribe.after {
      promise(.event(event), to: peer, replyTo: replyTo)
    }
    guard jobs[job]?.state.isTerminal == false else { return }
    peers[peer]?.subscriptions[job] = jobs[job]?.events.last?.sequence ?? 0
    subscribers[job, default: []].insert(peer)
  }

  private mutating func sendListing(_ list: Message.List, to peer: PeerID, replyTo: UInt64) {
    guard let tenant = peers[peer]?.tenant else { return }
    let listing = Message.Listing(
      queuedCircuits: jobs.values.reduce(0) { $0 + ($1.state.isTerminal ? 0 : $1.groups.reduce(0) { $0 + $1.waitingCount }) },
      totalJobs: jobs.count, epoch: epoch)
    let payload: [UInt8]
    switch list.kind {
    case .jobs:
      let chosen = jobs.values.filter { $0.tenant == tenant && (list.includesTerminal || !$0.state.isTerminal) }
      payload = ListingBody.encode(jobs: chosen.sorted { $0.sequence > $1.sequence }.prefix(list.limit).map(\.status))
    case .workers:
      let workers = peers.values.sorted { $0.name < $1.name }.compactMap { $0.summary(leases: leases, at: now.monotonic) }
      payload = ListingBody.encode(workers: Array(workers.prefix(list.limit)))
    }
    promise(.listing(listing), to: peer, replyTo: replyTo, payload: payload)
  }
}

extension PeerRecord {
  fileprivate func summary(leases: [Fence: LeaseRecord], at now: Duration) -> WorkerSummary? {
    guard let worker else { return nil }
    return WorkerSummary(
      name: name, devices: worker.devices, slots: worker.slots, leases: worker.leases.count,
      leasedCircuits: worker.leases.reduce(0) { $0 + (leases[$1]?.circuits.count ?? 0) },
      completedCircuits: worker.completedCircuits,
      circuitsPerSecond: worker.circuitsPerSecond, idle: now - lastHeard, isDraining: worker.isDraining)
  }
}
