import Testing

@testable import ZeroMQ

@Suite struct CurveTests {
  @Test("a secret key gives the public key that was made with it")
  func derivation() throws {
    let pair = try CurveKeyPair.generate()
    #expect(try CurveKeyPair(secretKey: pair.secretKey) == pair)
    #expect(try CurvePublicKey(z85: pair.publicKey.z85) == pair.publicKey)
    #expect(try CurveSecretKey(z85: pair.secretKey.z85) == pair.secretKey)
    #expect(try CurveKeyPair.generate() != pair)
  }

  @Test("a secret key neither prints nor dumps its bytes")
  func secrecy() throws {
    let secret = try CurveKeyPair.generate().secretKey
    var dumped = ""
    dump(secret, to: &dumped)
    for text in ["\(secret)", String(reflecting: secret), dumped] {
      #expect(!text.contains(secret.z85))
      #expect(!text.contains("\(secret.bytes[0]), \(secret.bytes[1])"))
    }
  }

  @Test("what is no key is refused without being repeated", arguments: ["", "short", String(repeating: "~", count: 40)])
  func badKey(_ text: String) throws {
    let error = try #require(throws: ZeroMQError.self) { try CurveSecretKey(z85: text) }
    #expect(error.code == .invalidArgument)
    #expect(text.isEmpty || !error.message.contains(text))
  }

  @Test("an allowed key gets in, and its principal rides on every frame")
  func allowed() throws {
    let server = try Server(domain: "curve.allowed")
    let key = try CurveKeyPair.generate()
    Authenticator.shared.setPolicy(.allowing([key.publicKey: "worker-1"]), forDomain: "curve.allowed")
    let dealer = try server.dealer(key)
    try say("hello", "again", on: dealer)
    let frames = try next(server.router)
    #expect(frames.dropFirst().map(\.userID) == ["worker-1", "worker-1"])
    #expect(frames[1].sourceDescriptor != nil)
  }

  @Test("a key that is not listed is refused with status 400")
  func refused() throws {
    let server = try Server(domain: "curve.refused")
    Authenticator.shared.setPolicy(.allowing([try CurveKeyPair.generate().publicKey: "other"]), forDomain: "curve.refused")
    try server.expectRefusal(
      of: SocketOptions(security: .curveClient(.generate(), serverKey: server.publicKey)), [.handshakeAuthenticationFailed: 400])
  }

  @Test("a peer that is put off is hung up on without an answer, and comes in when it tries again")
  func retryLater() throws {
    let server = try Server(domain: "curve.later")
    let key = try CurveKeyPair.generate()
    Authenticator.shared.setPolicy(AuthenticationPolicy { _ in .retryLater }, forDomain: "curve.later")
    var dealer = try Socket(.dealer, options: SocketOptions(security: .curveClient(key, serverKey: server.publicKey)))
    let events = Events()
    try dealer.monitor(events.append)
    try dealer.connect(server.endpoint)
    let event = try events.wait { $0.kind.isHandshakeEnd }
    #expect(HandshakeFailure(event, security: .curveClient(key, serverKey: server.publicKey)) == .hungUp)
    Authenticator.shared.setPolicy(.allowing([key.publicKey: "later"]), forDomain: "curve.later")
    try say("in", on: dealer)
    #expect(try next(server.router).last?.userID == "later")
  }

  @Test("a client learns why its handshake failed")
  func handshakeFailures() throws {
    let server = try Server(domain: "curve.why")
    Authenticator.shared.setPolicy(.allowing([:]), forDomain: "curve.why")
    let plain = try Socket(.router)
    let open = try plain.bind("tcp://127.0.0.1:*")
    let cases: [(SocketSecurity, String, HandshakeFailure)] = [
      (.curveClient(try .generate(), serverKey: server.publicKey), server.endpoint, .keyRefused),
      (.none, server.endpoint, .keyNeeded),
      (.curveClient(try .generate(), serverKey: server.publicKey), open, .keyNotAsked),
      (.curveClient(try .generate(), serverKey: try CurveKeyPair.generate().publicKey), server.endpoint, .hungUp),
    ]
    for (security, endpoint, expected) in cases {
      var dealer = try Socket(.dealer, options: SocketOptions(security: security))
      let events = Events()
      try dealer.monitor(events.append)
      try dealer.connect(endpoint)
      let event = try events.wait { $0.kind.isHandshakeEnd }
      #expect(HandshakeFailure(event, security: security) == expected)
      #expect(expected.isFinal == (expected != .hungUp))
    }
  }

  @Test("an accepted connection's event has the address that the authenticator is told")
  func addresses() throws {
    let server = try Server(domain: "curve.address")
    let key = try CurveKeyPair.generate()
    Authenticator.shared.setPolicy(AuthenticationPolicy { .allow(principal: $0.address) }, forDomain: "curve.address")
    let dealer = try server.dealer(key)
    try say("hello", on: dealer)
    let address = try next(server.router).last?.userID
    #expect(address == "127.0.0.1")
    #expect(try server.events.wait { $0.kind == .accepted }.peerAddress == address)
  }

  @Test("a domain without a policy lets nobody in")
  func noPolicy() throws {
    let server = try Server(domain: "curve.nobody")
    try server.expectRefusal(
      of: SocketOptions(security: .curveClient(.generate(), serverKey: server.publicKey)), [.handshakeAuthenticationFailed: 400])
  }

  @Test("a client that believes another server is refused")
  func wrongServerKey() throws {
    let server = try Server(domain: "curve.wrong")
    Authenticator.shared.setPolicy(AuthenticationPolicy { _ in .allow(principal: "anybody") }, forDomain: "curve.wrong")
    let other = try CurveKeyPair.generate().publicKey
    try server.expectRefusal(
      of: SocketOptions(security: .curveClient(.generate(), serverKey: other)), [.handshakeProtocolFailed: nil])
  }

  @Test("a client without a key is refused")
  func noKey() throws {
    let server = try Server(domain: "curve.null")
    Authenticator.shared.setPolicy(AuthenticationPolicy { _ in .allow(principal: "anybody") }, forDomain: "curve.null")
    try server.expectRefusal(of: SocketOptions(), [.handshakeProtocolFailed: nil])
  }

  @Test("without a handler nobody gets in")
  func noHandler() async {
    // In a process of its own: a handler, once started, answers for the whole process.
    await #expect(processExitsWith: .success) {
      let pair = try CurveKeyPair.generate()
      var server = try Socket(
        .router, SocketOptions(security: .curveServer(pair.secretKey, domain: "curve.open")), authenticator: nil)
      let events = Events()
      try server.monitor(events.append)
      let endpoint = try server.bind("tcp://127.0.0.1:*")
      let dealer = try Socket(
        .dealer, SocketOptions(security: .curveClient(.generate(), serverKey: pair.publicKey)), authenticator: nil)
      try dealer.connect(endpoint)
      let event = try events.wait { $0.kind.isHandshakeEnd }
      #expect(event.kind != .handshakeSucceeded)
      let isWritable = try dealer.waitUntilWritable(timeout: .milliseconds(300))
      #expect(!isWritable)
    }
  }

  @Test("a policy's change holds from the next connection on")
  func revocation() throws {
    let server = try Server(domain: "curve.revoked")
    let key = try CurveKeyPair.generate()
    Authenticator.shared.setPolicy(.allowing([key.publicKey: "w"]), forDomain: "curve.revoked")
    let first = try server.dealer(key)
    try say("in", on: first)
    _ = try next(server.router)
    _ = try server.events.wait { $0.kind == .handshakeSucceeded }
    Authenticator.shared.setPolicy(nil, forDomain: "curve.revoked")
    try say("still in", on: first)
    _ = try next(server.router)
    try server.expectRefusal(
      of: SocketOptions(security: .curveClient(key, serverKey: server.publicKey)), [.handshakeAuthenticationFailed: 400])
  }

  @Test("a server without a domain is refused: any key would get in")
  func emptyDomain() throws {
    let secret = try CurveKeyPair.generate().secretKey
    #expect(throws: ZeroMQError.self) {
      _ = try Socket(.router, options: SocketOptions(security: .curveServer(secret, domain: "")))
    }
  }

  @Test("TCP without CURVE is possible on any interface, since a service may want it")
  func openInterface() throws {
    let router = try Socket(.router)
    let endpoint = try router.bind("tcp://0.0.0.0:*")
    let port = try #require(endpoint.split(separator: ":").last)
    try expectService(of: router, at: "tcp://127.0.0.1:\(port)")
  }
}

/// A CURVE server with its monitor's events.
private struct Server: ~Copyable {
  let router: Socket
  let publicKey: CurvePublicKey
  let endpoint: String
  let events = Events()

  init(domain: String) throws {
    let pair = try CurveKeyPair.generate()
    var router = try Socket(.router, options: SocketOptions(security: .curveServer(pair.secretKey, domain: domain)))
    try router.monitor(events.append)
    endpoint = try router.bind("tcp://127.0.0.1:*")
    publicKey = pair.publicKey
    self.router = router
  }

  borrowing func dealer(_ key: CurveKeyPair) throws -> Socket {
    let dealer = try Socket(.dealer, options: SocketOptions(security: .curveClient(key, serverKey: publicKey)))
    try dealer.connect(endpoint)
    return dealer
  }

  /// A client gets as far as the expected event and its message never arrives.
  borrowing func expectRefusal(
    of options: SocketOptions, _ expected: [MonitorEvent.Kind: Int32?], sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    var options = options
    options.isImmediate = false
    events.clear()
    let dealer = try Socket(.dealer, options: options)
    try dealer.connect(endpoint)
    let result = try dealer.send([Frame([1])])
    #expect(result == .sent, sourceLocation: sourceLocation)
    let event = try events.wait { $0.kind.isHandshakeEnd }
    let value = try #require(expected[event.kind], "\(event)", sourceLocation: sourceLocation)
    if let value { #expect(event.value == value, sourceLocation: sourceLocation) }
    let frames = try router.receive()
    #expect(frames == nil, sourceLocation: sourceLocation)
  }
}
