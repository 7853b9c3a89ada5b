/// Why a handshake with a peer failed, as far as this end of the connection can know.
public enum HandshakeFailure: Hashable, Sendable, CustomStringConvertible {
  /// The server's authenticator refused the key.
  case keyRefused
  /// The server asks for a key, and this socket has none.
  case keyNeeded
  /// This socket has a key, and the server asks for none: it is not the one that is meant.
  case keyNotAsked
  /// Bytes that could not be deciphered: one end does not have the key that the other believes it has.
  case undeciphered
  /// The other end broke the protocol.
  case protocolBroken
  /// The other end hung up. Servers do so when the key by which they are known is not theirs, and when they take no more connections
  /// for now; so does anything that is no ZeroMQ peer.
  case hungUp

  /// The failure that an event reports; `nil` for one that is none.
  ///
  /// - Parameter security: That of the socket that is monitored.
  public init?(_ event: MonitorEvent, security: SocketSecurity) {
    switch event.kind {
    case .handshakeAuthenticationFailed: self = .keyRefused
    case .handshakeFailed: self = .hungUp
    case .handshakeProtocolFailed:
      self =
        switch event.value {
        case ProtocolFailure.mechanismMismatch: security == .none ? .keyNeeded : .keyNotAsked
        case ProtocolFailure.cryptographic, ProtocolFailure.keyExchange: .undeciphered
        default: .protocolBroken
        }
    default: return nil
    }
  }

  /// Whether trying again can end no better.
  public var isFinal: Bool {
    switch self {
    case .keyRefused, .keyNeeded, .keyNotAsked: true
    case .undeciphered, .protocolBroken, .hungUp: false
    }
  }

  /// What it means, for people.
  public var description: String {
    switch self {
    case .keyRefused: "the key was refused: it is not authorized there, or it was revoked"
    case .keyNeeded: "a key is needed there, and none was given"
    case .keyNotAsked: "a key was given, but none is asked for there: it is another server than the one meant"
    case .undeciphered: "what the other end said could not be deciphered: it has another key than the one given for it"
    case .protocolBroken: "what the other end said is no handshake"
    case .hungUp:
      "the other end hung up during the handshake: it may have another key than the one given for it, take no more connections "
        + "for now, or be something else"
    }
  }

  /// libzmq's numbers of what was wrong in a handshake.
  private enum ProtocolFailure {
    static let keyExchange: Int32 = 0x1000_0003
    static let cryptographic: Int32 = 0x1100_0001
    static let mechanismMismatch: Int32 = 0x1100_0002
  }
}
