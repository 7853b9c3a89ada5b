internal import Protocol

// Sessions: whose jobs go before their tenant's others, and which close by themselves.
extension BrokerState {
  mutating func openSession(_ open: Message.SessionOpen, for peer: PeerID, replyTo: UInt64) {
    guard let tenant = peers[peer]?.tenant else { return }
    let key = IdempotencyKey(tenant: tenant, key: open.idempotencyKey)
    if let id = sessionsByKey[key], let session = sessions[id] {
      guard session.name == open.name, open.idleTime.map({ $0 == session.idleTime }) ?? true else {
        let text = "idempotency key: used for session \(id), which has another name or idle time"
        return promise(.reject(Message.Reject(.conflict, text)), to: peer, replyTo: replyTo)
      }
      return sendSession(id, to: peer, replyTo: replyTo)
    }
    let idleTime = open.idleTime ?? configuration.sessionIdleTime
    if let rejection = refusal(ofSessionWith: idleTime, tenant: tenant) { return reject(rejection, to: peer, replyTo: replyTo) }
    let stored = StoredSession(
      id: SessionID(unixMilliseconds: now.unixNanoseconds / 1_000_000, using: &random), tenant: tenant,
      idempotencyKey: open.idempotencyKey, name: open.name, idleTime: idleTime, openedUnixNanoseconds: now.unixNanoseconds)
    mutations.append(.sessionOpened(stored))
    insert(SessionRecord(stored, now: now))
    sendSession(stored.id, to: peer, replyTo: replyTo)
  }

  private func refusal(ofSessionWith idleTime: Duration, tenant: String) -> Message.Reject? {
    if isDraining { return Message.Reject(.draining, "the broker is stopping", retryAfter: configuration.retryAfter) }
    guard idleTime > .zero, idleTime <= configuration.sessionMaximumTime else {
      return Message.Reject(.invalidValue, "idle time: \(idleTime), above 0 to \(configuration.sessionMaximumTime) accepted")
    }
    let count = openSessionCounts[tenant] ?? 0
    guard count < configuration.tenantSessionCount else {
      let text = "open sessions: \(count), at most \(configuration.tenantSessionCount)"
      return Message.Reject(.quota, text, retryAfter: configuration.retryAfter)
    }
    return nil
  }

  mutating func extendSession(_ id: SessionID, for peer: PeerID, replyTo: UInt64) {
    guard let session = session(id, of: peer) else { return reject(unknownRejection(id), to: peer, replyTo: replyTo) }
    guard session.isOpen else { return promise(.reject(closedRejection(id)), to: peer, replyTo: replyTo) }
    // Not kept: after a restart every session's idle time begins anew.
    use(id)
    sendSession(id, to: peer, replyTo: replyTo)
  }

  mutating func closeSession(_ close: Message.SessionClose, for peer: PeerID, replyTo: UInt64) {
    guard let session = session(close.session, of: peer) else {
      return reject(unknownRejection(close.session), to: peer, replyTo: replyTo)
    }
    self.close(session.id)
    if close.cancelsJobs { for job in session.jobs.sorted() { cancel(job) } }
    sendSession(session.id, to: peer, replyTo: replyTo)
  }

  /// Why a job of a session is not admitted, if it is not.
  func refusal(ofJobIn id: SessionID?, tenant: String) -> Message.Reject? {
    guard let id else { return nil }
    guard let session = sessions[id], session.tenant == tenant else { return unknownRejection(id) }
    return session.isOpen ? nil : closedRejection(id)
  }

  /// A session of the peer's tenant: another tenant's is as unknown as none.
  private func session(_ id: SessionID, of peer: PeerID) -> SessionRecord? {
    guard let session = sessions[id], session.tenant == peers[peer]?.tenant else { return nil }
    return session
  }

  private func unknownRejection(_ id: SessionID) -> Message.Reject { Message.Reject(.unknownSession, "session \(id): not known") }

  private func closedRejection(_ id: SessionID) -> Message.Reject {
    Message.Reject(.sessionClosed, "session \(id): closed, it takes no more jobs")
  }

  private mutating func sendSession(_ id: SessionID, to peer: PeerID, replyTo: UInt64) {
    guard let session = sessions[id] else { return }
    let end = session.isOpen ? session.end(maximumTime: configuration.sessionMaximumTime) : now.monotonic
    promise(
      .sessionState(
        SessionStatus(
          session: id, name: session.name, isOpen: session.isOpen, idleTime: session.idleTime,
          remaining: max(.zero, end - now.monotonic), jobCount: session.jobs.count)),
      to: peer, replyTo: replyTo)
  }

  // MARK: Life

  /// Makes a session one of those the broker has, new or recovered.
  mutating func insert(_ session: SessionRecord) {
    sessions[session.id] = session
    sessionsByKey[IdempotencyKey(tenant: session.tenant, key: session.idempotencyKey)] = session.id
    guard session.isOpen else { return closedSessions.append(session.id) }
    openSessionCounts[session.tenant, default: 0] += 1
    timers.insert(.sessionEnd(session.id), due: session.opened + configuration.sessionMaximumTime)
    use(session.id)
  }

  /// The session begins its idle time anew.
  private mutating func use(_ id: SessionID) {
    sessions[id]?.lastUsed = now.monotonic
    setIdleTimer(id)
  }

  private mutating func setIdleTimer(_ id: SessionID) {
    guard let session = sessions[id], session.isOpen, session.jobs.isEmpty, !session.hasIdleTimer else { return }
    sessions[id]?.hasIdleTimer = true
    timers.insert(.sessionIdle(id), due: session.lastUsed + session.idleTime)
  }

  /// A job of the session was accepted.
  mutating func join(_ job: JobID, _ id: SessionID) {
    sessions[id]?.jobs.insert(job)
    sessions[id]?.lastUsed = now.monotonic
  }

  /// A job of the session has ended.
  mutating func leave(_ job: JobID, _ id: SessionID) {
    guard sessions[id]?.jobs.remove(job) != nil else { return }
    use(id)
  }

  /// The idle time may be over.
  mutating func checkIdle(_ id: SessionID) {
    sessions[id]?.hasIdleTimer = false
    guard let session = sessions[id], session.isOpen, session.jobs.isEmpty else { return }
    if session.lastUsed + session.idleTime <= now.monotonic { close(id) } else { setIdleTimer(id) }
  }

  /// Takes no more jobs into a session; those it has go on among the tenant's others.
  mutating func close(_ id: SessionID) {
    guard let session = sessions[id], session.isOpen else { return }
    sessions[id]?.isOpen = false
    sessions[id]?.closed = now.monotonic
    let count = (openSessionCounts[session.tenant] ?? 1) - 1
    openSessionCounts[session.tenant] = count == 0 ? nil : count
    ready.dissolve(id, of: session.tenant)
    mutations.append(.sessionClosed(id, unixNanoseconds: now.unixNanoseconds))
    closedSessions.append(id)
    while closedSessions.count > configuration.closedSessionCount { removeOldestSession() }
  }

  /// Forgets sessions that have been closed for long.
  mutating func forgetSessions() {
    while let oldest = closedSessions.first,
      (sessions[oldest]?.closed ?? .zero) + configuration.jobRetention <= now.monotonic
    {
      removeOldestSession()
    }
  }

  private mutating func removeOldestSession() {
    guard let id = closedSessions.first else { return }
    closedSessions.removeFirst()
    guard let session = sessions.removeValue(forKey: id) else { return }
    sessionsByKey[IdempotencyKey(tenant: session.tenant, key: session.idempotencyKey)] = nil
    mutations.append(.sessionRemoved(id))
  }
}
