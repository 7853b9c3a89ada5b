import Testing

@testable import Protocol

@Suite struct ConnectionStateTests {
  private let welcome = Message.Welcome(epoch: 7)

  @Test("a peer connects, says hello and is known once it is welcomed")
  func greeting() {
    var state = connection()
    let actions = state.start(at: .seconds(1))
    #expect(actions.first == .connect(endpoint: 0))
    #expect(types(actions.dropFirst()) == [.hello])
    #expect(state.welcome == nil)
    #expect(state.received(Message(.welcome(welcome)), at: .seconds(2)) == [.opened(welcome)])
    #expect(state.welcome == welcome)
  }

  @Test("a second welcome changes nothing")
  func repeatedWelcome() {
    var state = open(at: .zero)
    #expect(state.received(Message(.welcome(Message.Welcome(epoch: 8))), at: .zero).isEmpty)
    #expect(state.welcome == welcome)
  }

  @Test("a broker that asks who speaks is greeted again on the same connection")
  func challenge() {
    var state = open(at: .zero)
    let actions = state.received(Message(.challenge), at: .seconds(1))
    #expect(actions.first == .lost)
    #expect(types(actions.dropFirst()) == [.hello])
    #expect(state.welcome == nil)
    #expect(state.received(Message(.welcome(welcome)), at: .seconds(1)) == [.opened(welcome)])
  }

  @Test("a challenge to what was sent before a greeting does not make another greeting, unless the greeting was lost")
  func challengeWhileGreeting() {
    var state = open(at: .zero)
    _ = state.received(Message(.challenge), at: .seconds(1))
    #expect(state.received(Message(.challenge), at: .seconds(1)).isEmpty)
    #expect(types(state.received(Message(.challenge), at: .seconds(3))) == [.hello])
  }

  @Test("of several brokers each is tried while a caller waits, with more patience in every round")
  func severalEndpoints() {
    var state = ConnectionState(hello: Message.Hello(role: .client, name: "c"), endpointCount: 2, seed: 1)
    var now = Duration.zero
    var tried: [(endpoint: Int, at: Duration)] = []
    var actions = state.start(at: now)
    while tried.count < 8 {
      for case .connect(let endpoint) in actions { tried.append((endpoint, now)) }
      now = state.nextDeadline ?? .seconds(1_000)
      actions = state.tick(now)
    }
    #expect(tried.map(\.endpoint) == [0, 1, 0, 1, 0, 1, 0, 1])
    #expect(tried[1].at < .seconds(2), "the second is tried after \(tried[1].at)")
    #expect(tried[7].at - tried[6].at >= ConnectionState.greetingTimeout)
  }

  @Test("a peer that its only broker will not take is refused at once, and one that may be taken later goes on trying")
  func handshakeFailed() {
    var state = ConnectionState(hello: Message.Hello(role: .client, name: "c"), endpointCount: 1, seed: 1)
    _ = state.start(at: .zero)
    let reject = Message.Reject(.unauthorized, "refused")
    #expect(state.handshakeFailed(reject, isFinal: false, at: .zero).isEmpty)
    #expect(state.handshakeFailure == "refused")
    #expect(state.handshakeFailed(reject, isFinal: true, at: .zero) == [.refused(reject)])
    #expect(state.nextDeadline == nil)
    var open = open(at: .zero)
    #expect(open.handshakeFailed(reject, isFinal: true, at: .zero).isEmpty, "of a connection from before")
    #expect(open.handshakeFailure == nil)
  }

  @Test("a peer is refused when none of its brokers takes it, and a welcome makes all of them worth trying again")
  func allRefuse() {
    var state = ConnectionState(hello: Message.Hello(role: .client, name: "c"), endpointCount: 2, seed: 1)
    let reject = Message.Reject(.unauthorized, "refused")
    func leaveForNext() { #expect(state.handshakeFailed(reject, isFinal: true, at: .zero).isEmpty) }
    _ = state.start(at: .zero)
    leaveForNext()
    #expect(state.tick(.seconds(10)).first == .connect(endpoint: 1))
    _ = state.received(Message(.welcome(welcome)), at: .seconds(10))
    _ = state.tick(.seconds(30))
    #expect(state.welcome == nil)
    leaveForNext()
    _ = state.tick(.seconds(60))
    #expect(state.handshakeFailed(reject, isFinal: true, at: .seconds(60)) == [.refused(reject)])
  }

  @Test("a silent peer pings after the ping interval")
  func ping() throws {
    var state = open(at: .zero)
    #expect(state.nextDeadline == .seconds(1))
    #expect(state.tick(.milliseconds(999)).isEmpty)
    #expect(types(state.tick(.seconds(1))) == [.ping])
    #expect(state.tick(.seconds(1)).isEmpty)
  }

  @Test("a ping is answered with its number")
  func pong() throws {
    var state = open(at: .zero)
    let actions = state.received(Message(id: 12, .ping), at: .seconds(1))
    guard case .send(let message) = try #require(actions.first) else { return }
    #expect(message.content == .pong && message.replyTo == 12)
  }

  @Test("a broker silent for too long is left for the next endpoint at once")
  func gone() {
    var state = open(at: .zero)
    for second in 1...4 { _ = state.tick(.seconds(second)) }
    let actions = state.tick(.seconds(5))
    #expect(actions.prefix(2) == [.lost, .connect(endpoint: 1)])
    #expect(types(actions.dropFirst(2)) == [.hello])
  }

  @Test("any message is a sign of life")
  func life() {
    var state = open(at: .zero)
    _ = state.received(Message(.pong), at: .seconds(4))
    #expect(!state.tick(.seconds(5)).contains(.lost))
    #expect(state.tick(.seconds(9)).contains(.lost))
  }

  @Test("a broker that does not welcome is left after a time, and the next is tried after a wait that grows")
  func unanswered() throws {
    var state = connection()
    var now = Duration.zero
    _ = state.start(at: now)
    var endpoints: [Int] = []
    for _ in 0..<8 {
      now += ConnectionState.greetingTimeout
      #expect(state.tick(now).isEmpty)
      let next = try #require(state.nextDeadline)
      #expect(next > now && next <= now + .seconds(5))
      now = next
      guard case .connect(let endpoint) = state.tick(now).first else {
        Issue.record("no attempt at \(now)")
        return
      }
      endpoints.append(endpoint)
    }
    #expect(endpoints == [1, 0, 1, 0, 1, 0, 1, 0])
  }

  @Test("a broker that says it goes away is left for as long as it says")
  func goAway() {
    var state = open(at: .zero)
    let goAway = Message.GoAway(reason: "stopping", retryAfter: .seconds(20))
    #expect(state.received(Message(.goAway(goAway)), at: .seconds(1)) == [.lost])
    #expect(state.tick(.milliseconds(20_999)).isEmpty)
    #expect(state.tick(.seconds(21)).first == .connect(endpoint: 1))
  }

  @Test("a refused greeting ends it, unless the broker says when to try again")
  func refused() {
    for retryAfter in [nil, Duration.seconds(2)] {
      var state = connection()
      guard case .send(let hello) = state.start(at: .zero).last else {
        Issue.record("no greeting")
        return
      }
      let reject = Message.Reject(.version, "another version", retryAfter: retryAfter)
      let actions = state.received(Message(replyTo: hello.id, .reject(reject)), at: .zero)
      #expect(actions == (retryAfter == nil ? [.refused(reject)] : []))
      #expect((state.nextDeadline == nil) == (retryAfter == nil))
    }
  }

  @Test("waits double up to five seconds, each at least a tenth of its bound", arguments: [UInt64(1), 2, 3])
  func backoff(_ seed: UInt64) {
    var backoff = Backoff(seed: seed)
    for attempt in 0..<100 {
      let bound = min(Duration.seconds(5), .milliseconds(100) * (1 << min(attempt, 10)))
      let wait = backoff.next()
      #expect(wait >= bound / 10 && wait <= bound)
    }
    backoff.reset()
    #expect(backoff.next() <= .milliseconds(100))
  }

  private func connection() -> ConnectionState {
    ConnectionState(hello: Message.Hello(role: .client, name: "test"), endpointCount: 2, seed: 1)
  }

  private func open(at now: Duration) -> ConnectionState {
    var state = connection()
    _ = state.start(at: now)
    _ = state.received(Message(.welcome(welcome)), at: now)
    return state
  }

  private func types(_ actions: some Sequence<ConnectionState.Action>) -> [MessageType] {
    actions.compactMap { action in
      if case .send(let message) = action { message.content.type } else { nil }
    }
  }
}
