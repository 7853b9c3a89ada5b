/// How a socket behaves; everything is set before it binds or connects.
///
/// The defaults differ from libzmq's where those are unsafe for a service: frames are bounded, closing never waits for ever,
/// half-open handshakes end, and a router says so when a peer is not there.
public struct SocketOptions: Hashable, Sendable {
  /// How long the I/O thread keeps unsent messages after the socket is closed; never without end.
  public var linger: Duration = .seconds(1)
  /// Messages to one peer that wait to be sent before a send would block.
  public var sendHighWaterMark = Limits.highWaterMark
  /// Messages from one peer that wait to be received before that peer is held back.
  public var receiveHighWaterMark = Limits.highWaterMark
  /// Bytes of the largest frame that is accepted; a peer that sends a larger one is disconnected.
  public var maximumFrameByteCount = Limits.frameByteCount
  /// Router only: whether a message to a peer that is not there is reported instead of dropped silently.
  public var isMandatory = true
  /// Whether messages are queued only for connections that are complete. Without it a message sent while nobody listens sits in
  /// the socket instead of failing.
  public var isImmediate = true
  /// How long a connecting peer may take over its handshake.
  public var handshakeInterval: Duration = .seconds(5)
  /// The wait before the first attempt to connect again.
  public var reconnectInterval: Duration = .milliseconds(100)
  /// The longest wait between attempts; it doubles up to here.
  public var maximumReconnectInterval: Duration = .seconds(5)
  /// How long one attempt to connect over TCP may take.
  public var connectTimeout: Duration = .seconds(5)
  /// The routing id by which a router knows this socket, `nil` for one that the router invents for each connection.
  public var routingID: [UInt8]?
  /// The permissions of the socket file that binding to an ipc endpoint makes.
  public var ipcPermissions: UInt32 = 0o600
  /// How the socket proves itself to its peers.
  public var security = SocketSecurity.none

  /// Makes the defaults.
  public init() {}

  /// Makes the defaults with another security.
  public init(security: SocketSecurity) {
    self.security = security
  }
}
