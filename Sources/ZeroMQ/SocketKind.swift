import CZeroMQ

/// The pattern that a socket follows.
///
/// REQ and REP are left out on purpose: they deadlock when one message of their lock step is lost.
public enum SocketKind: Sendable, Hashable {
  /// Many peers, each addressed by the routing id that precedes every message.
  case router
  /// One conversation, without lock step; messages go round its connections in turn.
  case dealer
  /// Exactly one peer, usually another thread of the same process.
  case pair
  /// Receives what any number of ``push`` sockets send.
  case pull
  /// Sends to any number of ``pull`` sockets in turn.
  case push

  var rawValue: Int32 {
    switch self {
    case .router: ZMQ_ROUTER
    case .dealer: ZMQ_DEALER
    case .pair: ZMQ_PAIR
    case .pull: ZMQ_PULL
    case .push: ZMQ_PUSH
    }
  }
}
