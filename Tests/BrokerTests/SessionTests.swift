import Broker
import Protocol
import Testing

@Suite("Sessions")
struct SessionTests {
  let client = Harness.client
  let worker = Harness.worker

  private func patient(_ configure: (inout BrokerConfiguration) -> Void = { _ in }) throws -> Harness {
    var broker = try Harness {
      $0.goneTime = .seconds(100_000)
      $0.suspectTime = .seconds(100_000)
      $0.leaseTime = .seconds(100_000)
      configure(&$0)
    }
    broker.connectClient()
    return broker
  }

  private func open(
    _ broker: inout Harness, key: String = "s", name: String = "", idle: Duration? = nil, from peer: PeerID = Harness.client,
    tenant: String = "t"
  ) throws -> SessionStatus {
    try status(
      broker.send(
        .sessionOpen(Message.SessionOpen(idempotencyKey: key, name: name, idleTime: idle)), from: peer, tenant: tenant))
  }

  private func status(_ sent: [Harness.Sent]) throws -> SessionStatus {
    for case .sessionState(let status) in sent.contents { return status }
    throw Harness.Refused(sent: sent)
  }

  private func extend(_ broker: inout Harness, _ session: SessionID) -> [Harness.Sent] {
    broker.send(.sessionExtend(session), from: client)
  }

  private func close(_ broker: inout Harness, _ session: SessionID, cancels: Bool = false) throws -> SessionStatus {
    try status(broker.send(.sessionClose(Message.SessionClose(session: session, cancelsJobs: cancels)), from: client))
  }

  private func code(_ broker: inout Harness, _ session: SessionID, key: String = "x") -> Message.Reject.Code? {
    let submit = Message.Submit(idempotencyKey: key, session: session)
    return broker.send(.submit(submit), payload: JobBody.encode(Harness.items()), from: client).rejections.first?.code
  }

  // MARK: Opening and closing

  @Test("a session is opened once under a key, is kept, and is not acknowledged before")
  func opening() throws {
    var broker = try patient()
    broker.commitsAtOnce = false
    let message = Message.Content.sessionOpen(Message.SessionOpen(idempotencyKey: "s", name: "n"))
    #expect(broker.send(message, from: client).isEmpty)
    let first = try status(broker.commit())
    #expect(first.isOpen && first.idleTime == .seconds(60) && first.remaining == .seconds(60))
    broker.commitsAtOnce = true
    #expect(try open(&broker, name: "n").session == first.session)
    #expect(broker.disk.sessions.count == 1)
    let other = broker.send(.sessionOpen(Message.SessionOpen(idempotencyKey: "s", name: "m")), from: client)
    #expect(other.rejections.map(\.code) == [.conflict])
    var after = try broker.restarted()
    #expect(try open(&after, name: "n").session == first.session)
  }

  @Test("another tenant's session is as unknown as none, and its key is free")
  func tenants() throws {
    var broker = try patient()
    let session = try open(&broker).session
    let other = PeerID(identity: [9])
    broker.connectClient(other, tenant: "u")
    for content in [
      Message.Content.sessionExtend(session), .sessionClose(Message.SessionClose(session: session)),
      .submit(Message.Submit(idempotencyKey: "k", session: session)),
    ] {
      let sent = broker.send(content, payload: JobBody.encode(Harness.items()), from: other, tenant: "u")
      #expect(sent.rejections.map(\.code) == [.unknownSession])
    }
    #expect(try open(&broker, from: other, tenant: "u").session != session)
  }

  @Test("a tenant has so many sessions open, and closing one makes room")
  func quota() throws {
    var broker = try patient { $0.tenantSessionCount = 2 }
    let first = try open(&broker, key: "a").session
    _ = try open(&broker, key: "b")
    let refused = broker.send(.sessionOpen(Message.SessionOpen(idempotencyKey: "c")), from: client)
    #expect(refused.rejections.map(\.code) == [.quota])
    #expect(refused.rejections[0].retryAfter == .seconds(1))
    _ = try close(&broker, first)
    var after = try broker.restarted { $0.tenantSessionCount = 2 }
    _ = try open(&after, key: "c")
    #expect(throws: Harness.Refused.self) { try open(&after, key: "d") }
  }

  @Test(
    "an idle time is above nothing and at most as long as a session lasts", arguments: [Duration.zero, .seconds(8 * 3_600 + 1)])
  func idleTime(idle: Duration) throws {
    var broker = try patient()
    let sent = broker.send(.sessionOpen(Message.SessionOpen(idempotencyKey: "s", idleTime: idle)), from: client)
    #expect(sent.rejections.map(\.code) == [.invalidValue])
  }

  @Test("a closed session takes no jobs, for good; those it has run on")
  func closing() throws {
    var broker = try patient()
    let session = try open(&broker).session
    let job = try broker.submit(session: session)
    #expect(try close(&broker, session).jobCount == 1)
    #expect(code(&broker, session) == .sessionClosed)
    #expect(try broker.submit(session: session) == job, "what was accepted before is answered as before")
    var after = try broker.restarted()
    #expect(code(&after, session) == .sessionClosed)
    #expect(extend(&after, session).rejections.map(\.code) == [.sessionClosed])
    #expect(try !close(&after, session).isOpen && !open(&after).isOpen)
    try after.complete(try #require(after.connectWorker().leases.first))
    #expect(try after.status(job).state == .succeeded)
  }

  @Test("closing cancels the session's jobs where that is asked for, and no others")
  func closingCancels() throws {
    var broker = try patient()
    let session = try open(&broker).session
    let (inside, outside) = (try broker.submit(key: "a", session: session), try broker.submit(key: "b"))
    let held = try broker.submit(key: "c", confirmations: 1, session: session)
    _ = try close(&broker, session, cancels: true)
    #expect(try broker.status(inside).state == .cancelled && broker.status(held).state == .cancelled)
    #expect(try broker.status(outside).state == .queued)
  }

  // MARK: Time

  @Test("an idle session closes by itself; extending and submitting begin its time anew, and a live job holds it open")
  func idleness() throws {
    var broker = try patient()
    let session = try open(&broker, idle: .seconds(10)).session
    broker.pass(.seconds(9))
    #expect(try status(extend(&broker, session)).remaining == .seconds(10))
    broker.pass(.seconds(9))
    let job = try broker.submit(confirmations: 1, session: session)
    broker.pass(.seconds(60))
    #expect(try status(extend(&broker, session)).isOpen)
    _ = try broker.answer(.cancel(job))
    broker.pass(.seconds(9))
    #expect(try open(&broker, idle: .seconds(10)).remaining == .seconds(1))
    broker.pass(.seconds(2))
    #expect(code(&broker, session) == .sessionClosed)
    #expect(broker.disk.sessions[session]?.closedUnixNanoseconds != nil)
  }

  @Test("after its longest time a session closes, however it is used, and its jobs run on", arguments: [false, true])
  func longest(restarts: Bool) throws {
    var broker = try patient { $0.sessionMaximumTime = .seconds(20) }
    let session = try open(&broker, idle: .seconds(15)).session
    let job = try broker.submit(confirmations: 1, session: session)
    broker.pass(.seconds(19))
    if restarts {
      broker = try broker.restarted {
        $0.sessionMaximumTime = .seconds(20); $0.goneTime = .seconds(100_000)
      }
    }
    #expect(try status(extend(&broker, session)).remaining == .seconds(1))
    broker.pass(.seconds(2))
    #expect(extend(&broker, session).rejections.map(\.code) == [.sessionClosed])
    #expect(try broker.status(job).state == .held)
  }

  @Test("the broker's absence is not held against a session")
  func absence() throws {
    var broker = try patient()
    let session = try open(&broker, idle: .seconds(10)).session
    broker.now += .seconds(3_600)
    var after = try broker.restarted { $0.goneTime = .seconds(100_000) }
    #expect(try status(extend(&after, session)).remaining == .seconds(10))
    after.pass(.seconds(11))
    #expect(code(&after, session) == .sessionClosed)
  }

  @Test("closed sessions are forgotten, the oldest first, when there are too many or after their time")
  func forgetting() throws {
    var broker = try patient {
      $0.closedSessionCount = 2; $0.jobRetention = .seconds(30)
    }
    let sessions = try ["a", "b", "c"].map { key in
      let session = try open(&broker, key: key).session
      _ = try close(&broker, session)
      return session
    }
    #expect(Set(broker.disk.sessions.keys) == Set(sessions[1...]))
    #expect(code(&broker, sessions[0]) == .unknownSession)
    broker.pass(.seconds(31))
    #expect(broker.disk.sessions.isEmpty)
  }

  // MARK: Order

  @Test("a session's jobs go before their tenant's others of equal priority, but not before another tenant's turn")
  func order() throws {
    var broker = try patient()
    let other = PeerID(identity: [9])
    broker.connectClient(other, tenant: "u")
    let session = try open(&broker).session
    var names: [JobID: String] = [:]
    names[try broker.submit(key: "a")] = "a"
    names[try broker.submit(key: "b", from: other, tenant: "u")] = "b"
    names[try broker.submit(key: "c")] = "c"
    names[try broker.submit(key: "urgent", priority: 1)] = "urgent"
    names[try broker.submit(key: "s1", session: session)] = "s1"
    names[try broker.submit(key: "s2", session: session)] = "s2"
    let last = try #require(names.first { $0.value == "s2" }?.key)
    #expect(try broker.status(last).queuePosition == 4)
    var order: [String] = []
    var leases = broker.connectWorker().leases
    while let lease = leases.first {
      order.append(names[lease.lease!.job]!)
      leases = try broker.complete(lease).leases
    }
    #expect(order == ["urgent", "b", "s1", "s2", "a", "c"])
  }

  @Test("the jobs of a session that closes wait where they were accepted")
  func dissolved() throws {
    var broker = try patient()
    let session = try open(&broker).session
    let first = try broker.submit(key: "a")
    let inside = try broker.submit(key: "s", session: session)
    let later = try broker.submit(key: "c")
    _ = try close(&broker, session)
    var order: [JobID] = []
    var leases = broker.connectWorker().leases
    while let lease = leases.first {
      order.append(lease.lease!.job)
      leases = try broker.complete(lease).leases
    }
    #expect(order == [first, inside, later])
  }

  @Test("the worker that served a session last serves it again while it has a slot")
  func affinity() throws {
    var broker = try patient()
    let other = Harness.otherWorker
    let session = try open(&broker).session
    broker.connectWorker(slots: 2)
    let served = try #require(try submitted(&broker, "a", session))
    #expect(served.peer == worker)
    try broker.complete(served)
    broker.connectWorker(other, slots: 2)
    // One lease each would go to the worker with fewer.
    let elsewhere = try #require(try submitted(&broker, "b", nil))
    let next = try #require(try submitted(&broker, "c", session))
    #expect(elsewhere.peer == worker && next.peer == worker)
    let third = try #require(try submitted(&broker, "d", session))
    #expect(third.peer == other, "without a slot there is no preference")
  }

  private func submitted(_ broker: inout Harness, _ key: String, _ session: SessionID?) throws -> Harness.Sent? {
    let submit = Message.Submit(idempotencyKey: key, session: session)
    return broker.send(.submit(submit), payload: JobBody.encode(Harness.items()), from: client).leases.first
  }
}
