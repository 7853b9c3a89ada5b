import Glibc
import TestSupport
import Testing

/// Carries bytes between peers and a broker over TCP, and does to them what a bad network does.
///
/// Source: the fault proxies that Shopify's Toxiproxy made common.
final class FaultProxy: Sendable {
  enum Direction: Sendable {
    case toBroker, fromBroker
  }

  /// What happens to bytes from now on.
  enum Fault: Hashable, Sendable {
    case none
    /// Swallowed, in some directions, while all connections stay; new ones are taken and hear nothing.
    case blackhole(Set<Direction>)
    /// Each read waits so long before it is passed on.
    case delay(milliseconds: UInt32)
    /// Passed on byte by byte, each a packet of its own.
    case slice
    /// Passed on, but a peer's end is not: the broker sees an open connection of which nothing comes.
    case keepOpen
  }

  private struct State {
    var fault = Fault.none
    /// The two ends of each connection there is.
    var links: [(near: Int32, far: Int32)] = []
    var byteCounts: [Direction: Int] = [:]
    var linkCount = 0
  }

  /// Where peers connect.
  let endpoint: String
  private let listener: Int32
  private let target: UInt16
  private let state = Shared(State())

  init(to endpoint: String) throws {
    target = try #require(UInt16(endpoint.split(separator: ":").last ?? ""))
    listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    let listener = listener
    try #require(unsafe Self.with(Self.address(port: 0)) { unsafe bind(listener, $0, $1) } == 0)
    try #require(listen(listener, 64) == 0)
    var (bound, length) = (sockaddr_in(), socklen_t(MemoryLayout<sockaddr_in>.size))
    let status = unsafe withUnsafeMutablePointer(to: &bound) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe getsockname(listener, $0, &length) }
    }
    try #require(status == 0)
    self.endpoint = "tcp://127.0.0.1:\(UInt16(bigEndian: bound.sin_port))"
    Self.startThread { [self] in accept() }
  }

  /// Connections that were made so far.
  var linkCount: Int { state.current.linkCount }

  func byteCount(_ direction: Direction) -> Int { state.current.byteCounts[direction] ?? 0 }

  /// Changes what happens. What was swallowed is missing in its stream, so the end of a black hole resets every connection.
  func set(_ fault: Fault) {
    let wasBlackhole = state.update { state in
      defer { state.fault = fault }
      return if case .blackhole = state.fault { true } else { false }
    }
    if wasBlackhole { reset() }
  }

  /// Resets every connection there is, at both ends.
  func reset() {
    for link in state.update({ state in
      defer { state.links = [] }
      return state.links
    }) {
      for end in [link.near, link.far] {
        // To dissolve a connection that is in use resets it; the descriptor goes on until its threads have let go of it.
        var address = sockaddr(sa_family: sa_family_t(AF_UNSPEC), sa_data: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0))
        _ = unsafe connect(end, &address, socklen_t(MemoryLayout<sockaddr>.size))
        shutdown(end, Int32(SHUT_RDWR))
      }
    }
  }

  /// Ends everything.
  func stop() {
    shutdown(listener, Int32(SHUT_RDWR))
    reset()
  }

  deinit { close(listener) }

  private func accept() {
    while true {
      let near = Glibc.accept(listener, nil, nil)
      guard near >= 0 else { return }
      let far = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
      // A broker that is not there is told to the peer as it would be without a proxy.
      guard unsafe Self.with(Self.address(port: target), { unsafe connect(far, $0, $1) }) == 0 else {
        close(far)
        close(near)
        continue
      }
      for end in [near, far] {
        var yes: Int32 = 1
        unsafe setsockopt(end, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
      }
      state.update { state in
        state.links.append((near, far))
        state.linkCount += 1
      }
      Self.startThread { [self] in carry(near, far, .toBroker) }
      Self.startThread { [self] in carry(far, near, .fromBroker) }
    }
  }

  private func carry(_ source: Int32, _ sink: Int32, _ direction: Direction) {
    var buffer = [UInt8](repeating: 0, count: 16_384)
    while true {
      let count = unsafe recv(source, &buffer, buffer.count, 0)
      guard count > 0, pass(buffer[..<count], to: sink, direction) else { break }
    }
    if state.current.fault == .keepOpen { return }
    // Descriptors are left to the end of the process: the other direction may still use them.
    shutdown(sink, Int32(SHUT_RDWR))
    shutdown(source, Int32(SHUT_RDWR))
  }

  private func pass(_ bytes: ArraySlice<UInt8>, to sink: Int32, _ direction: Direction) -> Bool {
    state.update { $0.byteCounts[direction, default: 0] += bytes.count }
    switch state.current.fault {
    case .blackhole(let directions) where directions.contains(direction): return true
    case .slice: return bytes.allSatisfy { Self.send([$0], to: sink) }
    case .delay(let milliseconds):
      usleep(milliseconds * 1_000)
      return Self.send(bytes, to: sink)
    case .none, .blackhole, .keepOpen: return Self.send(bytes, to: sink)
    }
  }

  private static func send(_ bytes: ArraySlice<UInt8>, to sink: Int32) -> Bool {
    unsafe bytes.withUnsafeBytes { unsafe Glibc.send(sink, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) } == bytes.count
  }

  private static func address(port: UInt16) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    return address
  }

  private static func with(_ address: sockaddr_in, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
    var address = address
    return unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        unsafe body(address, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
  }

  private static func startThread(_ body: @escaping @Sendable () -> Void) {
    let box = unsafe Unmanaged.passRetained(Body(body))
    var thread = pthread_t()
    let status = unsafe pthread_create(
      &thread, nil,
      { argument in
        unsafe Unmanaged<Body>.fromOpaque(argument!).takeRetainedValue().run()
        return nil
      }, unsafe box.toOpaque())
    precondition(status == 0, "no thread: error \(status)")
    pthread_detach(thread)
  }

  private final class Body: Sendable {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
  }
}
