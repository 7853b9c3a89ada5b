import Testing
import ZeroMQ

@Suite struct MonitorTests {
  @Test("a connection is accepted, shakes hands and disconnects, and its descriptor ties its messages to the last event")
  func story() throws {
    var router = try Socket(.router)
    let events = Events()
    try router.monitor(events.append)
    let endpoint = try router.bind("tcp://127.0.0.1:*")
    var descriptor: Int32?
    do {
      let dealer = try Socket(.dealer)
      try dealer.connect(endpoint)
      try say("hello", on: dealer)
      descriptor = try next(router)[1].sourceDescriptor
    }
    let end = try events.wait { $0.kind == .disconnected }
    #expect(end.value == descriptor)
    let kinds = events.all.map(\.kind)
    for kind in [MonitorEvent.Kind.listening, .accepted, .handshakeSucceeded] { #expect(kinds.contains(kind)) }
  }

  @Test("stopping a monitor ends its events, and the socket goes on")
  func stop() throws {
    var router = try Socket(.router)
    let events = Events()
    try router.monitor(events.append)
    try router.stopMonitor()
    _ = try events.wait { $0.kind == .stopped }
    let endpoint = try router.bind("tcp://127.0.0.1:*")
    try expectService(of: router, at: endpoint)
    #expect(events.all.allSatisfy { $0.kind == .stopped })
    try router.monitor(events.append)
    try expectService(of: router, at: endpoint)
    _ = try events.wait { $0.kind == .accepted }
  }

  // Closing the reading end first leaves a context that accepts no connection any more, on any socket.
  @Test("monitored sockets that come and go with their connections leave others connecting")
  func closeOrder() throws {
    for _ in 0..<50 {
      var router = try Socket(.router)
      try router.monitor { _ in }
      let endpoint = try router.bind("tcp://127.0.0.1:*")
      let dealers = try (0..<4).map { _ in try Dealer(endpoint) }
      #expect(dealers.count == 4)
    }
    let router = try Socket(.router)
    let endpoint = try router.bind("tcp://127.0.0.1:*")
    try expectService(of: router, at: endpoint)
  }

  @Test("a storm of connections under a monitor leaves the socket accepting")
  func storm() throws {
    var router = try Socket(.router)
    let events = Events()
    try router.monitor(events.append)
    let endpoint = try router.bind("tcp://127.0.0.1:*")
    for _ in 0..<1000 { _ = try RawConnection(endpoint) }
    try expectService(of: router, at: endpoint)
  }

  /// Holds a socket that cannot be copied in an array.
  private final class Dealer {
    let socket: Socket
    init(_ endpoint: String) throws {
      socket = try Socket(.dealer)
      try socket.connect(endpoint)
    }
  }
}
