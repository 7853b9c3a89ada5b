import Broker
import Protocol
import Testing
import ZeroMQ

@Suite("A broker with keys", .timeLimit(.minutes(2)))
struct SecuredServiceTests {
  @Test("peers without a good key see nothing, and each is counted for its reason")
  func strangers() async throws {
    let service = try await SecuredBroker()
    #expect(try await service.refuses(.none))
    // The end that sees first that the other has no key hangs up, and the other may see no more than that.
    await service.wait(for: .mechanism, or: .unfinishedHandshake)
    #expect(try await service.refuses(.curveClient(service.alice, serverKey: CurveKeyPair.generate().publicKey)))
    try await service.wait(for: .wrongServerKey, 1)
    #expect(try await service.refuses(service.security(.generate())))
    try await service.wait(for: .unknownKey, 1)
    await service.revoke(service.alice)
    #expect(try await service.refuses(service.security(service.alice)))
    try await service.wait(for: .revokedKey, 1)
    #expect(await service.broker.channelCount == 0)
    // The door is not shut for those who may in.
    #expect(try await !service.refuses(service.security(service.mallory)))
    await service.broker.stop()
  }

  @Test("a client that says it is a worker gets no lease, and a worker no queue")
  func roles() async throws {
    let service = try await SecuredBroker()
    try await service.onThread {
      let client = try service.dealer(service.alice)
      try client.hello(.client)
      _ = try client.submit(Harness.items())
      for (key, role) in [(service.mallory, Message.Hello.Role.worker), (service.worker, .client)] {
        let imposter = try service.dealer(key)
        try imposter.send(
          .hello(Message.Hello(role: role, name: "w", devices: [DeviceSummary(name: "cpu", memoryByteCount: 1 << 30)])))
        guard case .reject(let rejection) = try imposter.next().content else { throw Unexpected("let in") }
        #expect(rejection.code == .unauthorized && rejection.retryAfter == nil)
        try imposter.send(.ready(Message.Ready(slots: 1)))
        _ = try imposter.next(.challenge)
        #expect(try imposter.hearsNothing())
      }
    }
    try await service.wait(for: .wrongRole, 2)
    await service.broker.stop()
  }

  @Test("a key of another tenant sees nothing of a job, by its name, its key or in a list, and cannot touch it")
  func tenants() async throws {
    let service = try await SecuredBroker()
    try await service.onThread {
      let (alice, mallory) = (try service.dealer(service.alice), try service.dealer(service.mallory))
      try alice.hello(.client)
      try mallory.hello(.client)
      let job = try alice.submit(Harness.items(3), key: "shared")
      let questions: [Message.Content] = [
        .status(job), .cancel(job), .fetch(Message.Fetch(job: job, limit: 1 << 20)), .subscribe(Message.Subscribe(job: job)),
      ]
      for question in questions {
        try mallory.send(question)
        guard case .reject(let rejection) = try mallory.next().content else { throw Unexpected("\(question) was answered") }
        #expect(rejection.code == .unknownJob)
      }
      try mallory.send(.list(Message.List(kind: .jobs, includesTerminal: true)))
      #expect(try ListingBody.decode(mallory.next(.listing).payload).jobs.isEmpty)
      // The same key for other items would be a conflict if it were the same tenant's.
      let other = try mallory.submit(Harness.items(2), key: "shared")
      #expect(other != job)
      try alice.send(.list(Message.List(kind: .jobs)))
      #expect(try ListingBody.decode(alice.next(.listing).payload).jobs.map(\.job) == [job])
      try alice.send(.status(job))
      guard case .state(let status) = try alice.next(.state).content else { return }
      #expect(status.state == .queued, "not cancelled")
    }
    await service.broker.stop()
  }

  @Test("what a peer says of itself changes nothing: names and forged payloads are the key's tenant's")
  func forged() async throws {
    let service = try await SecuredBroker()
    try await service.onThread {
      let alice = try service.dealer(service.alice)
      try alice.hello(.client)
      let job = try alice.submit(Harness.items())
      let mallory = try service.dealer(service.mallory)
      for name in ["alice", "lab", service.alice.publicKey.z85] {
        try mallory.send(.hello(Message.Hello(role: .client, name: name)))
        _ = try mallory.next(.welcome)
        try mallory.send(.status(job))
        guard case .reject(let rejection) = try mallory.next().content else { throw Unexpected("seen as \(name)") }
        #expect(rejection.code == .unknownJob)
      }
      // A header with fields of a later version that name a tenant: 1,000 is no field's number here.
      var frames = try Message(id: 9, .status(job)).encode()
      frames[1] += [0xc2, 0x3e, 0x03] + Array("lab".utf8)
      try mallory.send(frames)
      guard case .reject(let rejection) = try mallory.next().content else { throw Unexpected("seen by a forged header") }
      #expect(rejection.code == .unknownJob)
      try mallory.send([[1, 2, 3], Array("lab".utf8)])
      _ = try mallory.next(.reject)
    }
    try await service.wait(for: .malformed, 1)
    await service.broker.stop()
  }

  @Test("a client that is revoked while it waits hears nothing more and is not heard, and its job goes on")
  func revokedClient() async throws {
    let service = try await SecuredBroker()
    let alice = try await service.onThread { SingleThreaded(try service.dealer(service.alice)) }
    let job = try await service.onThread {
      try alice.value.hello(.client)
      let job = try alice.value.submit(Harness.items())
      try alice.value.send(.subscribe(Message.Subscribe(job: job)))
      _ = try alice.value.next(.event)
      return job
    }
    await service.revoke(service.alice)
    #expect(await service.broker.channelCount == 0)
    try await service.onThread {
      let worker = try service.dealer(service.worker)
      try worker.hello(.worker)
      _ = try worker.work(circuits: 1)
      // Its end would be an event.
      for _ in 0..<3 { try alice.value.send(.status(job)) }
      #expect(try alice.value.hearsNothing())
    }
    try await service.wait(for: .revokedMessages, 3)
    await service.broker.stop()
  }

  @Test("a worker that is revoked loses its leases at once, uncharged, and its results count for nothing")
  func revokedWorker() async throws {
    let service = try await SecuredBroker { $0.leaseTime = .seconds(100) }
    let other = try CurveKeyPair.generate()
    let worker = try await service.onThread { SingleThreaded(try service.dealer(service.worker)) }
    let alice = try await service.onThread { SingleThreaded(try service.dealer(service.alice)) }
    let (job, lease) = try await service.onThread {
      try alice.value.hello(.client)
      let job = try alice.value.submit(Harness.items())
      try worker.value.hello(.worker)
      try worker.value.send(.ready(Message.Ready(slots: 1)))
      let lease = try worker.value.next(.lease)
      guard case .lease(let granted) = lease.content else { preconditionFailure("not what was waited for") }
      try worker.value.send(.started(granted.fence))
      // Its answer comes after all that was said before was heard.
      try worker.value.send(.ping)
      _ = try worker.value.next(.pong)
      return (job, lease)
    }
    await service.authorize(other, .init(name: "second", role: .worker, tenant: "lab"))
    await service.revoke(service.worker)
    try await service.onThread {
      guard case .lease(let granted) = lease.content else { return }
      try worker.value.send(
        .complete(Message.Complete(fence: granted.fence, job: job, circuits: granted.circuits, busyTime: .zero)),
        payload: try Harness.results(granted, lease.payload, note: "of a revoked worker"))
      #expect(try worker.value.hearsNothing())
      let second = try service.dealer(other)
      try second.hello(.worker)
      _ = try second.work(circuits: 1, note: "good")
      #expect(try alice.value.waitForEnd(job) == .succeeded)
      let results = try ResultBody.decode(alice.value.fetch(job).bytes)
      guard case .values(let values) = results[0].outcome else { throw Unexpected("no values") }
      #expect(values.notes == ["good"])
      try alice.value.send(.status(job))
      guard case .state(let status) = try alice.value.next(.state).content else { return }
      #expect(status.crashes == 0)
    }
    try await service.wait(for: .revokedMessages, 1)
    await service.broker.stop()
  }

  @Test("a key says so many messages a second; a worker's results come through all the same")
  func rate() async throws {
    let service = try await SecuredBroker { $0.messageRate = TokenBucket.Rate(perSecond: 1, burst: 10) }
    try await service.onThread {
      let mallory = try service.dealer(service.mallory)
      try mallory.hello(.client)
      for _ in 0..<9 {
        try mallory.send(.list(Message.List(kind: .jobs)))
        _ = try mallory.next(.listing)
      }
      try mallory.send(.list(Message.List(kind: .jobs)))
      guard case .reject(let rejection) = try mallory.next().content else { throw Unexpected("no limit") }
      #expect(rejection.code == .busy && rejection.retryAfter != nil)
      let (alice, worker) = (try service.dealer(service.alice), try service.dealer(service.worker))
      try alice.hello(.client)
      let job = try alice.submit(Harness.items(40))
      try worker.hello(.worker)
      for _ in 0..<50 { try worker.send(.pong) }
      _ = try worker.work(circuits: 40)
      #expect(try alice.waitForEnd(job) == .succeeded)
    }
    #expect(await service.broker.counters[.messageRate] == 1)
    await service.broker.stop()
  }

  @Test("a key has so many connections")
  func connections() async throws {
    let service = try await SecuredBroker { $0.connectionsPerKey = 2 }
    try await service.onThread {
      let (first, second) = (try service.dealer(service.alice), try service.dealer(service.alice))
      try first.hello(.client)
      try second.hello(.client)
      let third = try service.dealer(service.alice)
      try third.send(.hello(Message.Hello(role: .client, name: "third")))
      guard case .reject(let rejection) = try third.next().content else { throw Unexpected("no limit") }
      #expect(rejection.code == .busy && rejection.retryAfter != nil)
      try first.send(.bye)
      try first.send(.status(JobID(high: 1, low: 1)))
      _ = try first.next(.challenge)
      try third.hello(.client)
    }
    try await service.wait(for: .connections, 1)
    await service.broker.stop()
  }

  @Test("a client learns how the broker is, with what it has refused; a worker does not")
  func diagnosis() async throws {
    let service = try await SecuredBroker()
    #expect(try await service.refuses(service.security(.generate())))
    try await service.onThread {
      let alice = try service.dealer(service.alice)
      try alice.hello(.client)
      try alice.send(.diagnose)
      guard case .diagnosis(let diagnosis) = try alice.next().content else { throw Unexpected("no answer") }
      #expect(diagnosis.name == "alice" && diagnosis.tenant == "lab" && diagnosis.isSecured && diagnosis.epoch == 1)
      #expect(diagnosis.counters.first { $0.name == "unknown_key" }?.value == 1)
      #expect(diagnosis.counters.count == SecurityCounters.Reason.allCases.count)
      #expect(diagnosis.timers.contains(.init("lease", 15_000_000_000)))
      let worker = try service.dealer(service.worker)
      try worker.hello(.worker)
      try worker.send(.diagnose)
      _ = try worker.next(.reject)
    }
    await service.broker.stop()
  }
}

/// A value that a test hands from one thread to the next, and uses on one at a time.
final class SingleThreaded<Value>: @unchecked Sendable {
  // Proof of safety: the test awaits each use before the next begins.
  let value: Value

  init(_ value: Value) { self.value = value }
}

/// Something else came than what was promised; a thread of a test ends with it.
struct Unexpected: Error {
  let what: String

  init(_ what: String) { self.what = what }
}
