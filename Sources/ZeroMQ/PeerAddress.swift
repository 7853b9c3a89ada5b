import Glibc

/// Network addresses of peers, as text in the form in which libzmq gives them to an authenticator.
enum PeerAddress {
  /// The address of the peer at the other end of a connection; `nil` where there is none, as for ipc, or the connection has ended.
  ///
  /// Asked right after the connection was accepted: a descriptor may belong to another connection later.
  static func ofConnection(_ descriptor: Int32) -> String? {
    var address = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
    let status = unsafe withUnsafeMutablePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        guard unsafe getpeername(descriptor, address, &length) == 0, unsafe address.pointee.sa_family != AF_UNIX else {
          return Int32(-1)
        }
        return unsafe getnameinfo(address, length, &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST)
      }
    }
    guard status == 0 else { return nil }
    return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
