import Broker
import Protocol
import Testing

@Suite("Acceptance")
struct AcceptanceTests {
  let client = Harness.client

  @Test("a job is accepted only when it is kept")
  func heldUntilCommit() throws {
    var broker = try Harness()
    broker.connectClient()
    broker.commitsAtOnce = false
    let sent = broker.send(
      .submit(Message.Submit(idempotencyKey: "k")), payload: JobBody.encode(Harness.items(3)), id: 9, from: client)
    #expect(sent.isEmpty)
    #expect(broker.disk.jobs.isEmpty)
    let after = broker.commit()
    #expect(after.types(to: client) == [.accepted])
    #expect(after.first?.message.replyTo == 9)
    #expect(broker.disk.jobs.count == 1)
  }

  @Test("the same key and items are the same job, also while the first is not yet kept")
  func duplicate() throws {
    var broker = try Harness()
    broker.connectClient()
    broker.commitsAtOnce = false
    let submit = Message.Content.submit(Message.Submit(idempotencyKey: "k"))
    broker.send(submit, payload: JobBody.encode(Harness.items()), from: client)
    #expect(broker.send(submit, payload: JobBody.encode(Harness.items()), from: client).isEmpty)
    let accepted = broker.commit().contents.compactMap { content -> Message.Accepted? in
      guard case .accepted(let accepted) = content else { return nil }
      return accepted
    }
    #expect(accepted.map(\.isDuplicate) == [false, true])
    #expect(accepted[0].job == accepted[1].job)
  }

  @Test("the same key with other items is a conflict")
  func conflict() throws {
    var broker = try Harness()
    broker.connectClient()
    _ = try broker.submit()
    let sent = broker.send(.submit(Message.Submit(idempotencyKey: "k")), payload: JobBody.encode(Harness.items(2)), from: client)
    #expect(sent.rejections.map(\.code) == [.conflict])
    #expect(sent.rejections[0].retryAfter == nil)
  }

  @Test("whoever has not said hello is challenged", arguments: [Message.Content.ping, .status(JobID(high: 1, low: 1)), .renew([])])
  func challenge(content: Message.Content) throws {
    var broker = try Harness()
    #expect(broker.send(content, from: client).contents == [.challenge])
  }

  @Test("a challenge is not answered with a challenge")
  func noChallengeForChallenge() throws {
    var broker = try Harness()
    #expect(broker.send(.challenge, from: client).isEmpty)
  }

  @Test("a submission that names an unknown template is answered with what is missing")
  func missingTemplate() throws {
    var broker = try Harness()
    broker.send(.hello(Message.Hello(role: .client, name: "")), from: client)
    let sent = broker.send(.submit(Message.Submit(idempotencyKey: "k")), payload: JobBody.encode(Harness.items()), from: client)
    #expect(sent.contents == [.needTemplate([Harness.template.digest])])
  }

  @Test("beyond its quota a tenant is refused with a time to come back, and another is not")
  func quota() throws {
    var broker = try Harness { $0.tenantJobCount = 2 }
    broker.connectClient()
    let other = PeerID(identity: [9])
    broker.connectClient(other, tenant: "u")
    for key in ["a", "b"] { _ = try broker.submit(key: key) }
    let sent = broker.send(.submit(Message.Submit(idempotencyKey: "c")), payload: JobBody.encode(Harness.items()), from: client)
    #expect(sent.rejections.map(\.code) == [.quota])
    #expect(sent.rejections[0].retryAfter == .seconds(1))
    let duplicate = try broker.submit(key: "a")
    #expect(broker.disk.jobs[duplicate] != nil)
    let theirs = broker.send(
      .submit(Message.Submit(idempotencyKey: "c")), payload: JobBody.encode(Harness.items()), from: other, tenant: "u")
    #expect(theirs.types(to: other) == [.accepted])
  }

  @Test("a finished job makes room in the quota")
  func quotaIsGivenBack() throws {
    var broker = try Harness { $0.tenantJobCount = 1 }
    broker.connectClient()
    let job = try broker.submit(key: "a")
    broker.send(.cancel(job), from: client)
    _ = try broker.submit(key: "b")
  }

  @Test("another tenant's job is as unknown as none")
  func tenants() throws {
    var broker = try Harness()
    broker.connectClient()
    let job = try broker.submit()
    let other = PeerID(identity: [9])
    broker.connectClient(other, tenant: "u")
    for content in [
      Message.Content.status(job), .cancel(job), .fetch(Message.Fetch(job: job, limit: 1)), .subscribe(Message.Subscribe(job: job)),
    ] {
      #expect(broker.send(content, from: other, tenant: "u").rejections.map(\.code) == [.unknownJob])
    }
  }

  @Test("a payload that is no job is refused and the client is still served")
  func garbage() throws {
    var broker = try Harness()
    broker.connectClient()
    let sent = broker.send(.submit(Message.Submit(idempotencyKey: "k")), payload: [0xff, 1, 2], from: client)
    #expect(sent.rejections.map(\.code) == [.malformed])
    _ = try broker.submit()
  }

  @Test("after the eighth message that is none a peer is not listened to")
  func malformed() throws {
    var broker = try Harness()
    broker.connectClient()
    let error = ProtocolError(.malformed, "x")
    for _ in 1...7 { #expect(broker.step(.refused(client, error)).rejections.map(\.code) == [.malformed]) }
    #expect(broker.step(.refused(client, error)).isEmpty)
    #expect(broker.effects.last == .forget(client))
    #expect(broker.send(.hello(Message.Hello(role: .client, name: "")), from: client).isEmpty)
  }

  @Test("a draining broker takes no job and ends when no lease is out")
  func drain() throws {
    var broker = try Harness()
    broker.connectClient()
    _ = try broker.submit()
    let lease = try #require(broker.connectWorker().leases.first)
    #expect(broker.step(.drain).map(\.content.type) == [.goAway, .drain])
    let sent = broker.send(.submit(Message.Submit(idempotencyKey: "l")), payload: JobBody.encode(Harness.items()), from: client)
    #expect(sent.rejections.map(\.code) == [.draining])
    #expect(!broker.effects.contains(.drained))
    try broker.complete(lease)
    #expect(broker.effects.last == .drained)
  }
}
