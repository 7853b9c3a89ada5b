internal import Protocol

/// Messages that a peer's connection would not take yet, within a bound.
///
/// Pieces of results wait in a line of their own: whatever else there is to say goes first.
struct Outbox: Sendable {
  private var control: [[[UInt8]]] = []
  private var bulk: [[[UInt8]]] = []
  private(set) var byteCount = 0

  var isEmpty: Bool { control.isEmpty && bulk.isEmpty }

  /// Adds a message.
  ///
  /// - Returns: Whether it fits; if not, the peer reads too slowly to be served.
  mutating func append(_ frames: [[UInt8]], isBulk: Bool) -> Bool {
    let size = frames.reduce(0) { $0 + $1.count }
    guard byteCount + size <= Limits.outboxByteCount else { return false }
    byteCount += size
    if isBulk { bulk.append(frames) } else { control.append(frames) }
    return true
  }

  /// Sends what can be sent.
  ///
  /// - Parameter send: Takes a message, or not.
  mutating func flush(_ send: ([[UInt8]]) -> Bool) {
    control = rest(of: control, send)
    if control.isEmpty { bulk = rest(of: bulk, send) }
  }

  private mutating func rest(of queue: [[[UInt8]]], _ send: ([[UInt8]]) -> Bool) -> [[[UInt8]]] {
    let sent = queue.prefix { frames in
      guard send(frames) else { return false }
      byteCount -= frames.reduce(0) { $0 + $1.count }
      return true
    }
    return Array(queue.dropFirst(sent.count))
  }
}

extension Message.Content {
  /// Whether a message is part of a result, which may be large and can wait.
  var isBulk: Bool {
    switch self {
    case .result, .streamEnd: true
    default: false
    }
  }
}
