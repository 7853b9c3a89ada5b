import CZeroMQ

/// A socket on a ``SocketLoop``, to be used only on the loop's thread.
@safe
public final class LoopSocket: @unchecked Sendable {
  // Proof of safety: every function below begins by checking that it runs on the loop's thread, and what is stored is touched
  // nowhere else. The reactor holds each of these until it is closed, so `deinit` never closes a socket on another thread.
  private let reactor: Reactor
  private var socket: Socket?
  private var onMessage: (@Sendable ([Frame]) -> Void)?
  private var onFailure: (@Sendable (ZeroMQError) -> Void)?
  private var onWritable: (@Sendable () -> Void)?

  init(
    _ socket: consuming Socket, reactor: Reactor, onMessage: @escaping @Sendable ([Frame]) -> Void,
    onFailure: @escaping @Sendable (ZeroMQError) -> Void
  ) {
    self.socket = consume socket
    self.reactor = reactor
    self.onMessage = onMessage
    self.onFailure = onFailure
  }

  /// Whether the socket was closed.
  public var isClosed: Bool {
    reactor.checkIsCurrent()
    return socket == nil
  }

  /// Makes the socket reachable at an endpoint; see ``Socket/bind(_:)``.
  @discardableResult
  public func bind(_ endpoint: String) throws(ZeroMQError) -> String {
    reactor.checkIsCurrent()
    try checkOpen()
    return try socket!.bind(endpoint)
  }

  /// Starts connecting to an endpoint; see ``Socket/connect(_:)``.
  public func connect(_ endpoint: String) throws(ZeroMQError) {
    reactor.checkIsCurrent()
    try checkOpen()
    try socket!.connect(endpoint)
  }

  /// Ends the connection to an endpoint; see ``Socket/disconnect(_:)``.
  public func disconnect(_ endpoint: String) throws(ZeroMQError) {
    reactor.checkIsCurrent()
    try checkOpen()
    try socket!.disconnect(endpoint)
  }

  /// Hands a message to the socket, without waiting; see ``Socket/send(_:)``.
  public func send(_ frames: [Frame]) throws(ZeroMQError) -> SendResult {
    reactor.checkIsCurrent()
    try checkOpen()
    return try socket!.send(frames)
  }

  /// Runs a closure once, when a message could be sent; a later call replaces it.
  ///
  /// Not for routers: each of their peers has a queue of its own, so that a router as a whole is always writable.
  public func whenWritable(_ body: (@Sendable () -> Void)?) {
    reactor.checkIsCurrent()
    onWritable = body
    reactor.interestChanged()
  }

  /// Reports the socket's connections, on the loop's thread; see ``Socket/monitor(_:)``.
  public func monitor(_ handler: @escaping @Sendable (MonitorEvent) -> Void) throws(ZeroMQError) {
    reactor.checkIsCurrent()
    try checkOpen()
    // The monitor's thread must not wait for the loop, so it only posts.
    try socket!.monitor { [weak reactor] event in reactor?.enqueue(.post { handler(event) }) }
  }

  /// Closes the socket. What was sent may still leave during the linger time.
  public func close() {
    reactor.checkIsCurrent()
    (onMessage, onFailure, onWritable) = (nil, nil, nil)
    socket = nil
    reactor.detach(self)
  }

  // MARK: Reactor

  /// What to poll for.
  var pollItem: zmq_pollitem_t {
    let events = onWritable == nil ? ZMQ_POLLIN : ZMQ_POLLIN | ZMQ_POLLOUT
    return unsafe zmq_pollitem_t(socket: socket?.handle, fd: -1, events: Int16(events), revents: 0)
  }

  /// Passes on at most a turn's worth of messages.
  func drain() {
    do throws(ZeroMQError) {
      for _ in 0..<Limits.messagesPerTurn {
        // The handler may close the socket.
        guard socket != nil, let frames = try socket!.receive() else { return }
        onMessage?(frames)
      }
    } catch {
      fail(error)
    }
  }

  /// Says that a message could be sent.
  func becameWritable() {
    guard let body = onWritable else { return }
    onWritable = nil
    reactor.interestChanged()
    body()
  }

  /// Closes the socket and says why.
  func fail(_ error: ZeroMQError) {
    let onFailure = onFailure
    close()
    onFailure?(error)
  }

  private func checkOpen() throws(ZeroMQError) {
    guard socket != nil else { throw ZeroMQError(.invalidArgument, "the socket was closed") }
  }
}
