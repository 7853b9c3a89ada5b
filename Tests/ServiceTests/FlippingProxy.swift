import Glibc
import TestSupport
import Testing

/// Carries bytes between peers and a broker over TCP, and changes one now and then.
///
/// Source: the fault proxies that Shopify's Toxiproxy made common; this one only changes bytes.
final class FlippingProxy: Sendable {
  /// Where peers connect.
  let endpoint: String
  private let listener: Int32
  private let target: UInt16
  private let flips: Shared<(left: Int, done: Int)>
  private let seed: UInt64

  /// - Parameters:
  ///   - flips: How many bytes are changed in all: one in each of the first connections, some hundreds of bytes after it began.
  init(to endpoint: String, flips: Int, seed: UInt64) throws {
    target = try #require(UInt16(endpoint.split(separator: ":").last ?? ""))
    listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    let (listener, address) = (listener, Self.address(port: 0))
    let isBound = unsafe Self.with(address) { unsafe bind(listener, $0, $1) } == 0
    try #require(isBound)
    try #require(listen(listener, 16) == 0)
    var (bound, length) = (sockaddr_in(), socklen_t(MemoryLayout<sockaddr_in>.size))
    let status = unsafe withUnsafeMutablePointer(to: &bound) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe getsockname(listener, $0, &length) }
    }
    try #require(status == 0)
    self.endpoint = "tcp://127.0.0.1:\(UInt16(bigEndian: bound.sin_port))"
    self.flips = Shared((flips, 0))
    self.seed = seed
    Self.startThread { [self] in accept() }
  }

  /// Bytes that were changed.
  var flipCount: Int { flips.current.done }

  /// Takes no more connections.
  func stop() { shutdown(listener, Int32(SHUT_RDWR)) }

  deinit { close(listener) }

  private func accept() {
    var generator = SplitMix(seed: seed)
    while true {
      let near = Glibc.accept(listener, nil, nil)
      guard near >= 0 else { return }
      let far = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
      guard unsafe Self.with(Self.address(port: target), { unsafe connect(far, $0, $1) }) == 0 else { return }
      // After the handshake, in either direction.
      let isFlipped = flips.update { flips in
        defer { flips.left -= 1 }
        return flips.left > 0
      }
      let (place, isUpwards) = (Int.random(in: 700..<2_500, using: &generator), Bool.random(using: &generator))
      Self.startThread { [self] in carry(near, far, flippingAt: isFlipped && isUpwards ? place : nil) }
      Self.startThread { [self] in carry(far, near, flippingAt: isFlipped && !isUpwards ? place : nil) }
    }
  }

  private func carry(_ source: Int32, _ sink: Int32, flippingAt place: Int?) {
    var buffer = [UInt8](repeating: 0, count: 4_096)
    var total = 0
    while true {
      let count = unsafe recv(source, &buffer, buffer.count, 0)
      guard count > 0 else { break }
      if let place, (total..<total + count).contains(place) {
        buffer[place - total] ^= 0x10
        flips.update { $0.done += 1 }
      }
      total += count
      guard unsafe send(sink, buffer, count, Int32(MSG_NOSIGNAL)) == count else { break }
    }
    // Descriptors are left to the end of the process: the other direction may still use them.
    shutdown(sink, Int32(SHUT_RDWR))
    shutdown(source, Int32(SHUT_RDWR))
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
