/// Carries a socket to the thread that will own it.
///
/// Proof of safety: the socket goes in once and comes out once, and the mutex is the fence between the two threads that libzmq
/// asks for.
final class TransferBox: @unchecked Sendable {
  private let isTaken = Lock(false)
  private var socket: Socket?

  init(_ socket: consuming Socket) {
    self.socket = consume socket
  }

  /// Takes the socket out; once.
  func take() -> Socket {
    isTaken.withLock { isTaken in
      precondition(!isTaken, "the socket was handed over already")
      isTaken = true
    }
    return socket.take()!
  }
}
