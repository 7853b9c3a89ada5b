/// What became of a message that was handed to a socket.
public enum SendResult: Hashable, Sendable {
  /// libzmq took the whole message. It may still be lost with its connection: only an answer proves that it arrived.
  case sent
  /// Nobody is connected or the peer's queue is full; nothing was sent.
  case wouldBlock
  /// A router knows no peer by the routing id; nothing was sent.
  case hostUnreachable
}
