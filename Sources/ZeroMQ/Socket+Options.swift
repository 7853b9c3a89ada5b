import CZeroMQ

/// Sets the options of a socket that has been opened and not yet bound or connected.
@safe
struct SocketOptionWriter {
  private let handle: UnsafeMutableRawPointer
  private let kind: SocketKind

  @unsafe
  init(_ handle: UnsafeMutableRawPointer, _ kind: SocketKind) {
    unsafe self.handle = handle
    self.kind = kind
  }

  /// Sets every option.
  func apply(_ options: SocketOptions) throws(ZeroMQError) {
    try set(ZMQ_LINGER, options.linger, "linger")
    try set(ZMQ_SNDHWM, checked(options.sendHighWaterMark, "send high water mark"), "send high water mark")
    try set(ZMQ_RCVHWM, checked(options.receiveHighWaterMark, "receive high water mark"), "receive high water mark")
    try set(ZMQ_MAXMSGSIZE, options.maximumFrameByteCount, "maximum frame size")
    if kind == .router { try set(ZMQ_ROUTER_MANDATORY, Int32(options.isMandatory ? 1 : 0), "mandatory") }
    try set(ZMQ_IMMEDIATE, Int32(options.isImmediate ? 1 : 0), "immediate")
    try applyTimes(options)
    if let routingID = options.routingID { try set(ZMQ_ROUTING_ID, routingID, "routing id") }
    try apply(options.security)
  }

  private func applyTimes(_ options: SocketOptions) throws(ZeroMQError) {
    try set(ZMQ_HANDSHAKE_IVL, options.handshakeInterval, "handshake interval")
    try set(ZMQ_RECONNECT_IVL, options.reconnectInterval, "reconnect interval")
    try set(ZMQ_RECONNECT_IVL_MAX, options.maximumReconnectInterval, "maximum reconnect interval")
    try set(ZMQ_CONNECT_TIMEOUT, options.connectTimeout, "connect timeout")
    try applyKeepalive()
  }

  /// A connection whose other end has vanished ends within a minute, idle or not. The kernel looks after that: libzmq's own heartbeats stop the
  /// program where a peer fills its queue and hangs up (libzmq issue 4364).
  private func applyKeepalive() throws(ZeroMQError) {
    try set(ZMQ_TCP_KEEPALIVE, Int32(1), "keepalive")
    try set(ZMQ_TCP_KEEPALIVE_IDLE, Limits.keepaliveIdleSeconds, "keepalive after")
    try set(ZMQ_TCP_KEEPALIVE_INTVL, Limits.keepaliveIntervalSeconds, "keepalive interval")
    try set(ZMQ_TCP_KEEPALIVE_CNT, Limits.keepaliveCount, "keepalive count")
    try set(ZMQ_TCP_MAXRT, Limits.unacknowledgedTime, "time to acknowledge")
  }

  private func apply(_ security: SocketSecurity) throws(ZeroMQError) {
    switch security {
    case .none: break
    case .curveServer(let secretKey, let domain):
      guard !domain.isEmpty else { throw ZeroMQError(.invalidArgument, "an empty ZAP domain: a name is needed") }
      try set(ZMQ_CURVE_SERVER, Int32(1), "CURVE server")
      try set(ZMQ_CURVE_SECRETKEY, secretKey.bytes, "CURVE secret key")
      try set(ZMQ_ZAP_DOMAIN, [UInt8](domain.utf8), "ZAP domain")
      try set(Int32(KETWORK_ZMQ_ZAP_ENFORCE_DOMAIN), Int32(1), "ZAP domain enforcement")
    case .curveClient(let pair, let serverKey):
      try set(ZMQ_CURVE_SERVERKEY, serverKey.bytes, "CURVE server key")
      try set(ZMQ_CURVE_PUBLICKEY, pair.publicKey.bytes, "CURVE public key")
      try set(ZMQ_CURVE_SECRETKEY, pair.secretKey.bytes, "CURVE secret key")
    }
  }

  private func set(_ option: Int32, _ duration: Duration, _ name: String) throws(ZeroMQError) {
    guard duration >= .zero, let milliseconds = Int32(exactly: duration.wholeMilliseconds) else {
      throw ZeroMQError(.invalidArgument, "\(name) of \(duration): between 0 and \(Int32.max) milliseconds is possible")
    }
    try set(option, milliseconds, name)
  }

  private func set<T: FixedWidthInteger & BitwiseCopyable>(_ option: Int32, _ value: T, _ name: String)
    throws(ZeroMQError)
  {
    var value = value
    try check(unsafe zmq_setsockopt(handle, option, &value, MemoryLayout<T>.size), "setting \(name)")
  }

  private func set(_ option: Int32, _ bytes: [UInt8], _ name: String) throws(ZeroMQError) {
    try check(unsafe zmq_setsockopt(handle, option, bytes, bytes.count), "setting \(name)")
  }

  private func checked(_ mark: Int, _ name: String) throws(ZeroMQError) -> Int32 {
    // Zero means no bound to libzmq, and a queue without a bound ends in memory exhaustion.
    guard mark > 0, let value = Int32(exactly: mark) else {
      throw ZeroMQError(.invalidArgument, "\(name) of \(mark): between 1 and \(Int32.max) is possible")
    }
    return value
  }
}

extension Socket {
  /// The endpoint that was bound last, with what the system chose.
  borrowing func lastEndpoint() throws(ZeroMQError) -> String {
    var bytes = [UInt8](repeating: 0, count: Limits.endpointByteCount)
    var count = bytes.count
    try check(unsafe zmq_getsockopt(handle, ZMQ_LAST_ENDPOINT, &bytes, &count), "reading the endpoint")
    return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
  }
}
