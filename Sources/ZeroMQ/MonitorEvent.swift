/// What happened to one of a socket's connections.
public struct MonitorEvent: Hashable, Sendable {
  /// The kind of event; kinds that this version does not know keep their number.
  public struct Kind: RawRepresentable, Hashable, Sendable {
    /// libzmq's number of the event.
    public let rawValue: UInt16
    /// Makes a kind from libzmq's number.
    public init(rawValue: UInt16) { self.rawValue = rawValue }

    /// A connection to a listening peer was made; the handshake follows.
    public static let connected = Kind(rawValue: 0x0001)
    /// An attempt to connect did not end at once.
    public static let connectDelayed = Kind(rawValue: 0x0002)
    /// Another attempt will be made after ``MonitorEvent/value`` milliseconds.
    public static let connectRetried = Kind(rawValue: 0x0004)
    /// The socket listens.
    public static let listening = Kind(rawValue: 0x0008)
    /// The socket could not be bound.
    public static let bindFailed = Kind(rawValue: 0x0010)
    /// A peer connected; the handshake follows.
    public static let accepted = Kind(rawValue: 0x0020)
    /// A peer's connection could not be accepted.
    public static let acceptFailed = Kind(rawValue: 0x0040)
    /// A connection was closed from this side.
    public static let closed = Kind(rawValue: 0x0080)
    /// A connection could not be closed.
    public static let closeFailed = Kind(rawValue: 0x0100)
    /// A connection ended; ``MonitorEvent/value`` is its file descriptor, see ``Frame/sourceDescriptor``.
    public static let disconnected = Kind(rawValue: 0x0200)
    /// The monitor was stopped; nothing follows.
    public static let stopped = Kind(rawValue: 0x0400)
    /// A handshake failed for a reason outside the protocol.
    public static let handshakeFailed = Kind(rawValue: 0x0800)
    /// A handshake succeeded; messages may flow.
    public static let handshakeSucceeded = Kind(rawValue: 0x1000)
    /// A peer broke the protocol or did not have the right key.
    public static let handshakeProtocolFailed = Kind(rawValue: 0x2000)
    /// The authenticator refused a peer; ``MonitorEvent/value`` is its status, 400 for a key that is not allowed.
    public static let handshakeAuthenticationFailed = Kind(rawValue: 0x4000)
  }

  /// The kind of event.
  public var kind: Kind
  /// A file descriptor, error number, interval or status, depending on the kind.
  public var value: Int32
  /// The endpoint that is concerned.
  public var endpoint: String
  /// The network address of the peer that connected, of ``Kind/accepted`` only and where the transport has one.
  public var peerAddress: String?

  /// Makes an event.
  package init(kind: Kind, value: Int32, endpoint: String = "", peerAddress: String? = nil) {
    self.kind = kind
    self.value = value
    self.endpoint = endpoint
    self.peerAddress = peerAddress
  }
}
