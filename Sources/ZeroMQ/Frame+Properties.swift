import CZeroMQ

extension Frame {
  /// Whether more frames of the same message follow.
  var hasMore: Bool {
    unsafe withHandle { handle in unsafe zmq_msg_more(handle) == 1 }
  }

  /// The file descriptor of the connection that a frame came over, `nil` where there is none (in-process, or not received).
  ///
  /// It equals the descriptor in the events of a ``Monitor`` and so ties a peer to its connection. Descriptors are used again
  /// after a connection ends: take the match for a hint that starts a probe, never for a verdict.
  public var sourceDescriptor: Int32? {
    let descriptor = unsafe withHandle { handle in unsafe zmq_msg_get(handle, Int32(KETWORK_ZMQ_SRCFD)) }
    return descriptor >= 0 ? descriptor : nil
  }

  /// The principal that the ``Authenticator`` gave to the connection that a frame came over.
  ///
  /// It rides on each frame, cannot be set by the peer and is `nil` on sockets without CURVE.
  public var userID: String? { property("User-Id") }

  /// The network address of the peer that sent a frame, where the transport has one.
  public var peerAddress: String? { property("Peer-Address") }

  private func property(_ name: String) -> String? {
    unsafe withHandle { handle in
      guard let value = unsafe zmq_msg_gets(handle, name) else { return nil }
      return unsafe String(cString: value)
    }
  }
}
