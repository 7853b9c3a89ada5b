/// A connection, by the socket it came through and the routing identity that the ROUTER gave it.
package struct PeerID: Hashable, Sendable, Comparable, CustomStringConvertible {
  /// Which of the broker's sockets.
  package var socket: Int
  /// The routing identity; another for each connection.
  package var identity: [UInt8]
  /// Whether the identity is one that a ROUTER makes: a zero and a number of 32 bits, from a start that nobody can foretell.
  var isNumbered: Bool { identity.count == 5 && identity[0] == 0 }

  package init(socket: Int = 0, identity: [UInt8]) {
    self.socket = socket
    self.identity = identity
  }

  package static func < (a: PeerID, b: PeerID) -> Bool {
    a.socket != b.socket ? a.socket < b.socket : a.identity.lexicographicallyPrecedes(b.identity)
  }

  package var description: String {
    "\(socket):" + identity.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}
