import CZeroMQ
import Glibc

/// A ZeroMQ socket, owned by one thread.
///
///     let socket = try Socket(.dealer)
///     try socket.connect("tcp://127.0.0.1:5555")
///     _ = try socket.send([Frame([1, 2, 3])])
///
/// It cannot be copied and closes itself when its owner lets go of it. Nothing blocks except the two `wait` functions, which
/// take a timeout; a service gives its sockets to a ``SocketLoop`` instead of waiting.
@safe
public struct Socket: ~Copyable {
  let handle: UnsafeMutableRawPointer
  /// The pattern that the socket follows.
  public let kind: SocketKind
  private let ipcPermissions: UInt32
  /// Whether a monitor listens, which then has to be stopped first.
  private(set) var isMonitored = false

  /// Opens a socket.
  ///
  /// - Throws: ``ZeroMQError`` with code `too_many_sockets`, or `invalid_argument` when libzmq refuses an option.
  public init(_ kind: SocketKind, options: SocketOptions = SocketOptions()) throws(ZeroMQError) {
    // Properties are set one by one, after all that can throw: assigning a whole socket to `self` let optimised builds of Swift 6.3.1
    // run `deinit` on what was in memory before.
    unsafe handle = try Socket.openHandle(kind, options, authenticator: .shared)
    self.kind = kind
    ipcPermissions = options.ipcPermissions
  }

  /// Opens a socket whose requests for authentication a given handler answers, or none: with none a CURVE server lets nobody in.
  init(_ kind: SocketKind, _ options: SocketOptions, authenticator: Authenticator?) throws(ZeroMQError) {
    unsafe handle = try Socket.openHandle(kind, options, authenticator: authenticator)
    self.kind = kind
    ipcPermissions = options.ipcPermissions
  }

  /// Opens a socket with its options set, or nothing.
  private static func openHandle(
    _ kind: SocketKind, _ options: SocketOptions, authenticator: Authenticator?
  ) throws(ZeroMQError) -> UnsafeMutableRawPointer {
    // Each time anew: whatever else in the process uses `rand` may have told how it goes on.
    if kind == .router, ketwork_seed_rand() != 0 { throw ZeroMQError(errorNumber: errno, "drawing a seed for routing identities") }
    guard let handle = unsafe zmq_socket(Context.shared.handle, kind.rawValue) else {
      let errorNumber = zmq_errno()
      throw ZeroMQError(errorNumber: errorNumber, "opening a \(kind) socket")
    }
    do throws(ZeroMQError) {
      // The handler has to be there before a CURVE server binds.
      if case .curveServer = options.security { try authenticator?.start() }
      try unsafe SocketOptionWriter(handle, kind).apply(options)
      return unsafe handle
    } catch {
      unsafe zmq_close(handle)
      throw error
    }
  }

  deinit {
    // libzmq sends monitor events with a blocking call from its I/O thread: the monitor goes first, then the socket.
    if isMonitored { unsafe zmq_socket_monitor(handle, nil, 0) }
    unsafe zmq_close(handle)
  }

  /// Makes the socket reachable at an endpoint, as in `tcp://127.0.0.1:*`, `ipc:///run/ketwork/front` or `inproc://front`.
  ///
  /// An ipc endpoint replaces a socket file that is already there, even one in use: whoever binds has to know that it is alone.
  ///
  /// - Returns: The endpoint with what the system chose, such as the port for `*`.
  /// - Throws: ``ZeroMQError`` with code `address_in_use`, `address_not_available`, `permission_denied`, `invalid_argument`
  ///   or `unsupported`; the socket stays usable.
  @discardableResult
  public borrowing func bind(_ endpoint: String) throws(ZeroMQError) -> String {
    try Self.checkPort(endpoint)
    try check(unsafe zmq_bind(handle, endpoint), "binding to \(endpoint)")
    let actual = try lastEndpoint()
    if actual.hasPrefix("ipc:///") {
      let path = String(actual.dropFirst("ipc://".count))
      guard unsafe chmod(path, ipcPermissions) == 0 else {
        throw ZeroMQError(errorNumber: errno, "setting the permissions of \(path)")
      }
    }
    return actual
  }

  /// Starts connecting to an endpoint, and to it again whenever the connection ends.
  ///
  /// It returns at once, whether or not somebody listens there.
  ///
  /// - Throws: ``ZeroMQError`` with code `invalid_argument` or `unsupported`.
  public borrowing func connect(_ endpoint: String) throws(ZeroMQError) {
    try Self.checkPort(endpoint)
    try check(unsafe zmq_connect(handle, endpoint), "connecting to \(endpoint)")
  }

  /// Refuses ports that libzmq would silently take modulo 2¹⁶.
  private static func checkPort(_ endpoint: String) throws(ZeroMQError) {
    guard endpoint.hasPrefix("tcp://"), let port = endpoint.split(separator: ":").last, let number = Int(port) else { return }
    guard (0...65535).contains(number) else {
      throw ZeroMQError(.invalidArgument, "\(endpoint): a port is a number up to 65535")
    }
  }

  /// Ends the connection to an endpoint and the attempts to make it again; unsent messages to it are dropped.
  ///
  /// - Throws: ``ZeroMQError`` with code `address_not_available` when the socket was not connected there.
  public borrowing func disconnect(_ endpoint: String) throws(ZeroMQError) {
    try check(unsafe zmq_disconnect(handle, endpoint), "disconnecting from \(endpoint)")
  }

  /// Stops being reachable at an endpoint; the connections made through it stay.
  ///
  /// - Parameter endpoint: The endpoint as ``bind(_:)`` returned it.
  /// - Throws: ``ZeroMQError`` with code `address_not_available` when the socket was not bound there.
  public borrowing func unbind(_ endpoint: String) throws(ZeroMQError) {
    try check(unsafe zmq_unbind(handle, endpoint), "unbinding from \(endpoint)")
  }

  /// Asks for the messages whose first frame begins with some bytes; an empty prefix asks for all.
  ///
  /// It holds for connections made before and after. The publisher learns of it a moment later, and what it published until then is
  /// not sent: for lossy telemetry only.
  ///
  /// - Throws: ``ZeroMQError`` with code `invalid_argument` unless the socket is a ``SocketKind/subscriber``.
  public borrowing func subscribe(toPrefix prefix: [UInt8]) throws(ZeroMQError) {
    try checkSubscriber()
    try check(unsafe zmq_setsockopt(handle, ZMQ_SUBSCRIBE, prefix, prefix.count), "subscribing")
  }

  /// Takes back one ``subscribe(toPrefix:)`` of the same bytes.
  ///
  /// - Throws: ``ZeroMQError`` with code `invalid_argument` unless the socket is a ``SocketKind/subscriber``.
  public borrowing func unsubscribe(fromPrefix prefix: [UInt8]) throws(ZeroMQError) {
    try checkSubscriber()
    try check(unsafe zmq_setsockopt(handle, ZMQ_UNSUBSCRIBE, prefix, prefix.count), "unsubscribing")
  }

  private borrowing func checkSubscriber() throws(ZeroMQError) {
    guard kind == .subscriber else {
      throw ZeroMQError(.invalidArgument, "a subscription of a \(kind) socket: only a subscriber has any")
    }
  }

  /// Reports connections, handshakes and disconnections of this socket, from a thread of its own.
  ///
  /// The handler should hand the event on at once: while it runs, and the queue is full, the context's I/O thread waits.
  ///
  /// - Throws: ``ZeroMQError`` when no more sockets may be opened.
  public mutating func monitor(_ handler: @escaping @Sendable (MonitorEvent) -> Void) throws(ZeroMQError) {
    precondition(!isMonitored, "a socket has one monitor")
    try Monitor.start(on: self, handler)
    isMonitored = true
  }

  /// Ends the reports; the monitor's thread ends soon after.
  public mutating func stopMonitor() throws(ZeroMQError) {
    guard isMonitored else { return }
    try check(unsafe zmq_socket_monitor(handle, nil, 0), "stopping a monitor")
    isMonitored = false
  }
}
