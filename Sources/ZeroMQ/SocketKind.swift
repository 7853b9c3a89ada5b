import CZeroMQ

/// The pattern that a socket follows.
///
/// REQ and REP are left out on purpose: they deadlock when one message of their lock step is lost. A dealer speaks to a peer's REP
/// socket when it sends an empty frame before the others, and gets the answer after an empty frame.
/// PUB is left out as well: whoever subscribes learns nothing of what it missed, so nothing here tells anybody anything that way.
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
  /// Receives what the PUB sockets of others publish, by the beginning of the message: for lossy telemetry only.
  ///
  /// Nothing says what was missed: messages from before the subscription arrived, from a time without a connection, or beyond the
  /// receiver's high water mark are gone without a word. See ``Socket/subscribe(toPrefix:)``.
  case subscriber

  var rawValue: Int32 {
    switch self {
    case .router: ZMQ_ROUTER
    case .dealer: ZMQ_DEALER
    case .pair: ZMQ_PAIR
    case .pull: ZMQ_PULL
    case .push: ZMQ_PUSH
    case .subscriber: ZMQ_SUB
    }
  }
}
