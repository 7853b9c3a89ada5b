internal import Protocol

// What clients ask for.
extension BrokerState {
  mutating func receiveFromClient(_ message: Message, _ peer: PeerID) {
    if let job = message.content.job, let line = parked[job], line.tenant == peers[peer]?.tenant {
      return wait(for: [job], peer, message)
    }
    switch message.content {
    case .submit(let submit): accept(submit, message, from: peer)
    case .putTemplate: storeTemplates(message.payload, from: peer, replyTo: message.id)
    case .status(let job): withJob(job, of: peer, message.id) { state, _ in state.sendStatus(job, to: peer, replyTo: message.id) }
    case .cancel(let job): withJob(job, of: peer, message.id) { state, _ in state.cancel(job, for: peer, replyTo: message.id) }
    case .fetch(let fetch):
      withJob(fetch.job, of: peer, message.id) { state, _ in state.fetch(fetch, for: peer, message) }
    case .credit(let credit): extend(credit, of: peer, message)
    case .subscribe(let subscribe):
      withJob(subscribe.job, of: peer, message.id) { state, _ in state.subscribe(subscribe, for: peer, replyTo: message.id) }
    case .receipts(let receipts):
      withJob(receipts.job, of: peer, message.id) { state, _ in state.sendReceipts(receipts, to: peer, message) }
    case .list(let list): sendListing(list, to: peer, message)
    case .confirm(let confirm):
      withJob(confirm.job, of: peer, message.id) { state, _ in state.confirm(confirm, for: peer, replyTo: message.id) }
    case .retract(let retract):
      withJob(retract.job, of: peer, message.id) { state, _ in state.retract(retract, for: peer, replyTo: message.id) }
    case .requeue(let requeue):
      guard tombstones[requeue.job]?.tenant != peers[peer]?.tenant else {
        return self.requeue(requeue, for: peer, message)
      }
      withJob(requeue.job, of: peer, message.id) { state, _ in state.requeue(requeue, for: peer, message) }
    case .sessionOpen(let open): openSession(open, for: peer, replyTo: message.id)
    case .sessionExtend(let session): extendSession(session, for: peer, replyTo: message.id)
    case .sessionClose(let close): closeSession(close, for: peer, replyTo: message.id)
    case .pong, .challenge, .reject: break
    default:
      reject(Message.Reject(.unknownType, "\(message.content.type): not a client's message"), to: peer, replyTo: message.id)
    }
  }

  /// Runs with a job of the peer's tenant, or refuses: another tenant's job is as unknown as none.
  private mutating func withJob(_ job: JobID, of peer: PeerID, _ replyTo: UInt64, _ body: (inout BrokerState, JobID) -> Void) {
    guard let record = peers[peer], jobs[job]?.tenant == record.tenant else {
      if let stone = tombstones[job], stone.tenant == peers[peer]?.tenant {
        let text = "job \(job): \(stone.state); nothing else of it is kept"
        return promise(.reject(Message.Reject(.gone, text)), to: peer, replyTo: replyTo)
      }
      return reject(Message.Reject(.unknownJob, "job \(job): not known"), to: peer, replyTo: replyTo)
    }
    body(&self, job)
  }

  // MARK: Acceptance

  private mutating func accept(_ submit: Message.Submit, _ message: Message, from peer: PeerID) {
    let (payload, replyTo) = (message.payload, message.id)
    guard let tenant = peers[peer]?.tenant else { return }
    let items: [Item]
    do {
      items = try JobBody.decodeJob(payload)
    } catch {
      return reject(Message.Reject(error), to: peer, replyTo: replyTo)
    }
    // The canonical form, whoever encoded what came: what is hashed and what is kept.
    let body = JobBody.encode(items)
    let key = IdempotencyKey(tenant: tenant, key: submit.idempotencyKey)
    let request = Request(key: key, hash: JobBody.requestHash(ofEncoded: body), requeuedFrom: nil)
    if answerAgain(request, peer, message) { return }
    if let rejection = refusal(ofJobIn: submit.session, tenant: tenant) {
      return promise(.reject(rejection), to: peer, replyTo: replyTo)
    }
    if let rejection = admission(of: body.count, tenant: tenant) { return reject(rejection, to: peer, replyTo: replyTo) }
    if submit.resultLimit > 0, let rejection = refusalToAwait(of: peer) { return reject(rejection, to: peer, replyTo: replyTo) }
    var digests: Set<Digest> = []
    for item in items { digests.insert(item.template) }
    let missing = digests.filter { !templates.contains($0) }
    guard missing.isEmpty else {
      return send(.needTemplate(Array(missing.sorted().prefix(Protocol.Limits.digestCount))), to: peer, replyTo: replyTo)
    }
    var stored = newJob(request, items, body: body, templates: digests)
    (stored.name, stored.priority, stored.maximumRunTime) = (submit.name, submit.priority, submit.maximumRunTime)
    (stored.confirmations, stored.session) = (submit.confirmations, submit.session)
    stored.deadlineUnixNanoseconds = submit.deadline.map { now.unixNanoseconds(after: $0) }
    accept(stored, items, for: peer, replyTo: replyTo, isAwaited: submit.resultLimit > 0)
    guard submit.resultLimit > 0 else { return }
    let fetch = Message.Fetch(job: stored.id, limit: submit.resultLimit, waits: true)
    awaitEnd(of: stored.id, peer, Message(id: replyTo, .fetch(fetch)))
    patientJobs.append(stored.id)
  }

  /// A request as far as it tells whether another is the same.
  struct Request {
    var key: IdempotencyKey
    var hash: Digest
    var requeuedFrom: JobID?
  }

  /// A job of a request, with what else it needs left out.
  mutating func newJob(_ request: Request, _ items: [Item], body: [UInt8], templates: Set<Digest>) -> StoredJob {
    let needs = Set(items.map(Requirement.init))
    return StoredJob(
      id: JobID(unixMilliseconds: now.unixNanoseconds / 1_000_000, using: &random), sequence: nextJobSequence,
      tenant: request.key.tenant, idempotencyKey: request.key.key, requestHash: request.hash, name: "", priority: 0,
      submittedUnixNanoseconds: now.unixNanoseconds, deadlineUnixNanoseconds: nil, maximumRunTime: nil,
      total: items.reduce(0) { $0 + $1.rows.count }, body: body, need: needs.count == 1 ? needs.first : nil, templates: templates,
      requeuedFrom: request.requeuedFrom)
  }

  mutating func accept(_ stored: StoredJob, _ items: [Item], for peer: PeerID, replyTo: UInt64, isAwaited: Bool = false) {
    mutations.append(.jobAccepted(stored))
    var job = JobRecord(stored, items: items, now: now)
    job.isAwaited = isAwaited
    if job.isHeld { job.state = .held }
    insert(job, stored)
    record(job.state, of: stored.id)
    enqueue(stored.id)
    parkIfMany(stored.id)
    promise(
      .accepted(Message.Accepted(job: stored.id, isDuplicate: false, state: job.state, total: stored.total)), to: peer,
      replyTo: replyTo)
  }

  /// Answers a request whose key was used before.
  ///
  /// - Returns: Whether it was.
  mutating func answerAgain(_ request: Request, _ peer: PeerID, _ message: Message) -> Bool {
    let replyTo = message.id
    if let job = jobsByKey[request.key], parked[job] != nil {
      wait(for: [job], peer, message)
      return true
    }
    let earlier: (request: Request, job: JobID, state: JobState, total: Int)
    if let job = jobsByKey[request.key].flatMap({ jobs[$0] }) {
      earlier = (Request(key: request.key, hash: job.requestHash, requeuedFrom: job.requeuedFrom), job.id, job.state, job.total)
    } else if let stone = tombstonesByKey[request.key].flatMap({ tombstones[$0] }) {
      let request = Request(key: request.key, hash: stone.requestHash, requeuedFrom: stone.requeuedFrom)
      earlier = (request, stone.job, stone.state, stone.total)
    } else {
      return false
    }
    guard earlier.request.hash == request.hash, earlier.request.requeuedFrom == request.requeuedFrom else {
      let text = "idempotency key: used for job \(earlier.job), which asks for something else"
      promise(.reject(Message.Reject(.conflict, text)), to: peer, replyTo: replyTo)
      return true
    }
    promise(
      .accepted(Message.Accepted(job: earlier.job, isDuplicate: true, state: earlier.state, total: earlier.total)), to: peer,
      replyTo: replyTo)
    return true
  }

  /// Why a new job is not admitted, if it is not.
  func admission(of byteCount: Int, tenant: String) -> Message.Reject? {
    let (used, retry) = (usage[tenant] ?? Usage(), configuration.retryAfter)
    if isDraining { return Message.Reject(.draining, "the broker is stopping", retryAfter: retry) }
    let jobLimit = policies[tenant].jobCount ?? configuration.tenantJobCount
    if used.jobCount >= jobLimit {
      return Message.Reject(.quota, "jobs queued: \(used.jobCount), at most \(jobLimit)", retryAfter: retry)
    }
    let byteLimit = policies[tenant].byteCount ?? configuration.tenantByteCount
    if used.byteCount + byteCount > byteLimit {
      return Message.Reject(.quota, "bytes queued: \(used.byteCount), at most \(byteLimit)", retryAfter: retry)
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

  mutating func sendStatus(_ job: JobID, to peer: PeerID, replyTo: UInt64) {
    guard let record = jobs[job] else { return }
    var status = record.status
    if record.state == .queued, !record.groups.isEmpty {
      let (entry, key) = place(of: record, group: 0)
      status.queuePosition = ready.position(of: entry, key, at: now.monotonic) + 1
      if status.message.isEmpty { status.message = waitingReason(record) }
    } else if record.state == .held {
      status.message = "held until \(record.neededConfirmations) confirmations, \(record.confirmations) so far"
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
    cancel(job)
    sendStatus(job, to: peer, replyTo: replyTo)
  }

  mutating func cancel(_ job: JobID) {
    guard let record = jobs[job], !record.state.isTerminal, !record.isCancelling else { return }
    jobs[job]?.isCancelling = true
    dropWaiting(of: job)
    revoke(record.leases)
    settle(job)
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

  private mutating func sendListing(_ list: Message.List, to peer: PeerID, _ message: Message) {
    guard let tenant = peers[peer]?.tenant else { return }
    let waiting = jobs.values.reduce(parkedCircuitCount) {
      $0 + ($1.state.isTerminal || $1.isHeld ? 0 : $1.groups.reduce(0) { $0 + $1.waitingCount })
    }
    let listing = Message.Listing(queuedCircuits: waiting, totalJobs: jobs.count + parked.count, epoch: epoch)
    let payload: [UInt8]
    switch list.kind {
    case .jobs:
      let chosen = newestJobs(of: tenant, limit: list.limit) { list.includesTerminal || !$0.isTerminal }
      let missing = chosen.filter { parked[$0].map { !$0.isDamaged } ?? false }
      guard missing.isEmpty else { return wait(for: Set(missing), peer, message) }
      payload = ListingBody.encode(jobs: chosen.compactMap { jobs[$0]?.status })
    case .deadLetters:
      let chosen = newestJobs(of: tenant, limit: list.limit) { $0 == .dead || list.includesTerminal && $0 == .failed }
      let missing = chosen.filter { parked[$0].map { !$0.isDamaged } ?? false }
      guard missing.isEmpty else { return wait(for: Set(missing), peer, message) }
      payload = ListingBody.encode(deadLetters: chosen.compactMap { jobs[$0]?.deadLetter })
    case .workers:
      let workers = peers.values.sorted { $0.name < $1.name }.compactMap { $0.summary(leases: leases, at: now.monotonic) }
      payload = ListingBody.encode(workers: Array(workers.prefix(list.limit)))
    case .audits:
      payload = ListingBody.encode(
        audits: Array(audits.mismatches(of: tenant).prefix(list.limit)), auditCounts: audits.currentCounts)
    }
    promise(.listing(listing), to: peer, replyTo: message.id, payload: payload)
  }

  /// A tenant's jobs, the last accepted first.
  private func newestJobs(of tenant: String, limit: Int, where isWanted: (JobState) -> Bool) -> [JobID] {
    var newest = NewestJobs(limit: limit)
    for job in jobs.values where job.tenant == tenant && isWanted(job.state) {
      newest.add(job.id, sequence: job.sequence)
    }
    for (id, line) in parked where line.tenant == tenant && isWanted(line.state) {
      newest.add(id, sequence: line.sequence)
    }
    return newest.jobs
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
