import Glibc
import Testing

/// A plain TCP connection to a ZeroMQ endpoint on loopback, for saying things that no ZeroMQ peer would say.
final class RawConnection {
  let descriptor: Int32

  /// Connects to an endpoint such as `tcp://127.0.0.1:40123`.
  init(_ endpoint: String) throws {
    let port = try #require(UInt16(endpoint.split(separator: ":").last ?? ""))
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    try #require(descriptor >= 0)
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
    try #require(status == 0)
  }

  deinit { close(descriptor) }

  /// Says some bytes; the other side may have hung up already.
  func say(_ bytes: [UInt8]) {
    _ = unsafe send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
  }

  /// Waits for so many bytes of the other side.
  func hear(_ count: Int) throws {
    var time = timeval(tv_sec: 20, tv_usec: 0)
    _ = unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
    var bytes = [UInt8](repeating: 0, count: count)
    let received = unsafe recv(descriptor, &bytes, count, Int32(MSG_WAITALL))
    try #require(received == count, "\(received) of \(count) bytes came")
  }

  /// Makes the end of the connection a reset, of which the other side learns at once, whatever it has not read.
  func endWithReset() {
    var lingers = linger(l_onoff: 1, l_linger: 0)
    _ = unsafe setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &lingers, socklen_t(MemoryLayout<linger>.size))
  }
}
