import Broker
import Glibc
import Protocol
import TestSupport
import Testing
import ZeroMQ

@Suite("Storms of connections", .timeLimit(.minutes(2)), .serialized)
struct ConnectionStormTests {
  @Test("after a thousand connections that break off, with the monitor on, the broker still takes peers and forgets the others")
  func reconnects() async throws {
    let service = try await SecuredBroker { $0.handshakeRate = TokenBucket.Rate(perSecond: 1_000, burst: 2_000) }
    let seconds = try await service.onThread {
      let start = MonotonicClock.now()
      for number in 0..<1_000 {
        // Most hang up in the middle of the handshake, some after it.
        guard number % 10 == 0 else {
          TCPConnection(service.endpoint)?.reset()
          continue
        }
        let dealer = try service.dealer(service.alice)
        try dealer.hello(.client)
      }
      return (MonotonicClock.now() - start) / .seconds(1)
    }
    print("1,000 connections in \(seconds) s")
    try await service.onThread {
      let dealer = try service.dealer(service.alice)
      try dealer.hello(.client)
      _ = try dealer.submit(Harness.items())
    }
    let end = MonotonicClock.now() + .seconds(20)
    while await service.broker.channelCount > 1, MonotonicClock.now() < end { await Task.yield() }
    #expect(await service.broker.channelCount <= 1)
    await service.broker.stop()
  }

  @Test("with 500 connections that say nothing, a good client is served, and their handshakes end by themselves")
  func halfOpen() async throws {
    let service = try await SecuredBroker()
    let held = try await service.onThread {
      let held = (0..<500).compactMap { _ in TCPConnection(service.endpoint) }
      #expect(held.count == 500)
      let start = MonotonicClock.now()
      let dealer = try service.dealer(service.alice)
      try dealer.hello(.client)
      _ = try dealer.submit(Harness.items())
      #expect(MonotonicClock.now() - start < .seconds(4), "before the others were hung up on")
      return SingleThreaded(held)
    }
    try await service.wait(for: .unfinishedHandshake, 500)
    _ = held
    await service.broker.stop()
  }

  @Test("an address that has more connections than it may is put off, and served when some have ended")
  func addressLimit() async throws {
    let service = try await SecuredBroker { $0.connectionsPerAddress = 20 }
    try await service.onThread {
      let held = SingleThreaded((0..<30).compactMap { _ in TCPConnection(service.endpoint) })
      #expect(held.value.count == 30)
      // The broker hears of connections a moment after they are made.
      let isPutOff = try (0..<10).contains { _ in try !canConnect(service, within: .seconds(1)) }
      #expect(isPutOff)
      for connection in held.value { connection.end() }
      let isServed = try canConnect(service, within: .seconds(10))
      #expect(isServed)
    }
    #expect(await service.broker.counters[.connections] > 0)
    await service.broker.stop()
  }

  @Test("an address that knocks too often is put off for a moment, with a good key too")
  func handshakeLimit() async throws {
    let service = try await SecuredBroker { $0.handshakeRate = TokenBucket.Rate(perSecond: 1, burst: 1) }
    try await service.onThread {
      let (first, second) = (try canConnect(service, within: .seconds(5)), try canConnect(service, within: .seconds(10)))
      #expect(first)
      #expect(second, "it comes again by itself")
    }
    #expect(await service.broker.counters[.handshakeRate] > 0)
    #expect(await service.broker.counters[.unknownKey] == 0)
    await service.broker.stop()
  }

  /// Whether a client with a good key is welcomed in time.
  private func canConnect(_ service: SecuredBroker, within time: Duration) throws -> Bool {
    let socket = try Socket(.dealer, options: SocketOptions(security: service.security(service.alice)))
    try socket.connect(service.endpoint)
    guard try socket.waitUntilWritable(timeout: time) else { return false }
    _ = try socket.send(try Message(id: 1, .hello(Message.Hello(role: .client, name: "c"))).encode().map { try Frame($0) })
    return try socket.waitUntilReadable(timeout: .seconds(5))
  }
}

/// A plain TCP connection to an endpoint on loopback that says nothing.
final class TCPConnection {
  private let descriptor: Int32

  init?(_ endpoint: String) {
    guard let port = UInt16(endpoint.split(separator: ":").last ?? "") else { return nil }
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    let descriptor = descriptor
    let status = unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        unsafe connect(descriptor, address, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard status == 0 else { return nil }
  }

  /// Makes the end of the connection a reset instead of a farewell.
  func reset() {
    var option = linger(l_onoff: 1, l_linger: 0)
    _ = unsafe setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
  }

  /// Says that nothing more will come.
  func end() { shutdown(descriptor, Int32(SHUT_RDWR)) }

  deinit { close(descriptor) }
}
