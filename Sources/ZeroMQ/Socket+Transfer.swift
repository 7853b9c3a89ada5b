import CZeroMQ
import Glibc

extension Socket {
  /// Hands a message of one or more frames to the socket, without waiting.
  ///
  /// - Returns: ``SendResult/sent`` when libzmq took the whole message; otherwise it took none of it.
  /// - Throws: ``ZeroMQError`` with code `context_terminated`.
  public borrowing func send(_ frames: [Frame]) throws(ZeroMQError) -> SendResult {
    precondition(!frames.isEmpty, "a message has at least one frame")
    for (position, frame) in frames.enumerated() {
      let flags = position + 1 < frames.count ? ZMQ_DONTWAIT | ZMQ_SNDMORE : ZMQ_DONTWAIT
      // Room is decided by the first frame. A later one fails only when the connection has just ended, and libzmq then takes
      // back the frames before it.
      switch sendFrame(frame, flags) {
      case 0: continue
      case EAGAIN: return .wouldBlock
      case EHOSTUNREACH: return .hostUnreachable
      case let errorNumber: throw ZeroMQError(errorNumber: errorNumber, "sending \(frames.count) frames on a \(kind) socket")
      }
    }
    return .sent
  }

  /// Takes the next message, without waiting.
  ///
  /// A message of more than ``Limits/frameCount`` frames arrives cut to one frame more than that, so that whoever bounds the
  /// count refuses it.
  ///
  /// - Returns: The message's frames, the routing id first on a router; `nil` when none is there.
  /// - Throws: ``ZeroMQError`` with code `context_terminated`.
  public borrowing func receive() throws(ZeroMQError) -> [Frame]? {
    guard let first = try receiveFrame() else { return nil }
    var frames = [first]
    var hasMore = first.hasMore
    while hasMore {
      // The rest of a message is always there once its first frame is.
      guard let next = try receiveFrame() else { preconditionFailure("libzmq delivered half a message") }
      hasMore = next.hasMore
      if frames.count <= Limits.frameCount { frames.append(next) }
    }
    return frames
  }

  /// Waits until a message is there.
  ///
  /// - Returns: Whether one is there; `false` when the time was up.
  public borrowing func waitUntilReadable(timeout: Duration) throws(ZeroMQError) -> Bool {
    try wait(for: ZMQ_POLLIN, timeout)
  }

  /// Waits until a message could be sent.
  ///
  /// - Returns: Whether one could be; `false` when the time was up.
  public borrowing func waitUntilWritable(timeout: Duration) throws(ZeroMQError) -> Bool {
    try wait(for: ZMQ_POLLOUT, timeout)
  }

  private borrowing func sendFrame(_ frame: Frame, _ flags: Int32) -> Int32 {
    unsafe frame.withHandle { source in
      var message = zmq_msg_t()
      unsafe zmq_msg_init(&message)
      // A copy shares the bytes; the send takes it over, and a failed send leaves it to be closed here.
      unsafe zmq_msg_copy(&message, source)
      while unsafe zmq_msg_send(&message, handle, flags) < 0 {
        let errorNumber = zmq_errno()
        if errorNumber == EINTR { continue }
        unsafe zmq_msg_close(&message)
        return errorNumber
      }
      return 0
    }
  }

  private borrowing func receiveFrame() throws(ZeroMQError) -> Frame? {
    let message = UnsafeMutablePointer<zmq_msg_t>.allocate(capacity: 1)
    unsafe zmq_msg_init(message)
    while unsafe zmq_msg_recv(message, handle, ZMQ_DONTWAIT) < 0 {
      let errorNumber = zmq_errno()
      if errorNumber == EINTR { continue }
      unsafe zmq_msg_close(message)
      unsafe message.deallocate()
      if errorNumber == EAGAIN { return nil }
      throw ZeroMQError(errorNumber: errorNumber, "receiving on a \(kind) socket")
    }
    return unsafe Frame(owning: message)
  }

  private borrowing func wait(for events: Int32, _ timeout: Duration) throws(ZeroMQError) -> Bool {
    let clock = ContinuousClock()
    let end = clock.now + timeout
    while true {
      var item = unsafe zmq_pollitem_t(socket: handle, fd: 0, events: Int16(events), revents: 0)
      let status = unsafe zmq_poll(&item, 1, Int(max(clock.now.duration(to: end), .zero).wholeMilliseconds))
      if status < 0 && zmq_errno() == EINTR { continue }
      try check(status, "waiting on a \(kind) socket")
      return status > 0
    }
  }
}
