/// One peer's side of its connection to a broker: greeting, signs of life, and connecting again.
///
/// Pure: time comes in with each call, what is to be done comes out. Client and worker share it.
///
/// It knows a list of broker endpoints and talks to one at a time. A broker that is silent for too long is left for the next
/// endpoint; a broker that asks who speaks (CHALLENGE) is greeted again. Whatever was sent before and not answered has to be sent again
/// after the next ``Action/opened(_:)``: everything a peer asks for can be asked twice.
package struct ConnectionState: Sendable {
  /// What is to be done.
  package enum Action: Hashable, Sendable {
    /// Drop the connection there is, with all that waits to be sent on it, and connect to an endpoint.
    case connect(endpoint: Int)
    case send(Message)
    /// The broker knows this peer now.
    case opened(Message.Welcome)
    /// The broker does not, any more.
    case lost
    /// The broker refuses this peer for good.
    case refused(Message.Reject)
  }

  private enum Phase: Sendable {
    case idle
    case waiting(until: Duration)
    case greeting(message: UInt64, since: Duration)
    case open(Message.Welcome)
  }

  /// How long a broker may take to welcome a peer, connecting included, before the next endpoint is tried.
  package static let greetingTimeout = Duration.seconds(5)
  /// The same with several endpoints, in the first round: each is tried while a caller waits. It doubles with every round.
  package static let firstGreetingTimeout = Duration.milliseconds(1_250)
  /// How soon a greeting is said again to a broker that asks for it again.
  static let greetingRepeat = Duration.seconds(1)

  private let hello: Message.Hello
  private let endpointCount: Int
  private var backoff: Backoff
  private var phase = Phase.idle
  private var endpoint = 0
  /// Endpoints that were left since a broker last welcomed it.
  private var misses = 0
  private var nextID: UInt64 = 1
  /// Endpoints that will not take this peer, since a broker last welcomed it.
  private var closedEndpoints: Set<Int> = []
  /// Why the last handshake failed, until one succeeds.
  package private(set) var handshakeFailure: String?
  private var lastHeard = Duration.zero
  private var lastSent = Duration.zero

  /// Makes a connection that is not begun yet.
  ///
  /// - Parameter seed: Of the jitter between attempts.
  package init(hello: Message.Hello, endpointCount: Int, seed: UInt64) {
    precondition(endpointCount > 0, "a connection needs an endpoint")
    self.hello = hello
    self.endpointCount = endpointCount
    backoff = Backoff(seed: seed)
  }

  /// The broker's timers and limits, while it knows this peer.
  package var welcome: Message.Welcome? {
    guard case .open(let welcome) = phase else { return nil }
    return welcome
  }

  /// How long the endpoint may take to welcome this peer.
  private var greetingTime: Duration {
    guard endpointCount > 1 else { return ConnectionState.greetingTimeout }
    let round = min(misses / endpointCount, 8)
    return min(ConnectionState.firstGreetingTimeout * (1 << round), ConnectionState.greetingTimeout)
  }

  /// When ``tick(_:)`` has something to do.
  package var nextDeadline: Duration? {
    switch phase {
    case .idle: nil
    case .waiting(let until): until
    case .greeting(_, let since): since + greetingTime
    case .open(let welcome): min(lastHeard + welcome.goneTime, lastSent + welcome.pingInterval)
    }
  }

  /// A message with an id of its own, counted as a sign of life given.
  package mutating func message(
    _ content: Message.Content, payload: [UInt8] = [], replyTo: UInt64? = nil, at now: Duration
  ) -> Message {
    defer { nextID += 1 }
    lastSent = now
    return Message(id: nextID, replyTo: replyTo, content, payload: payload)
  }

  /// Begins to connect.
  package mutating func start(at now: Duration) -> [Action] {
    connect(at: now)
  }

  /// Takes note of any message from the broker and answers those that are the connection's own affair.
  package mutating func received(_ message: Message, at now: Duration) -> [Action] {
    lastHeard = now
    switch message.content {
    case .welcome(let welcome): return open(welcome)
    case .challenge: return challenged(at: now)
    case .ping: return [.send(self.message(.pong, replyTo: message.id, at: now))]
    case .goAway(let goAway): return leave(for: goAway.retryAfter, at: now)
    case .reject(let reject): return rejected(reject, of: message.replyTo, at: now)
    default: return []
    }
  }

  /// Does what time asks for.
  package mutating func tick(_ now: Duration) -> [Action] {
    switch phase {
    case .idle: return []
    case .waiting(let until): return now >= until ? connect(at: now) : []
    case .greeting(_, let since): return now >= since + greetingTime ? leave(for: .zero, at: now) : []
    case .open(let welcome):
      if now >= lastHeard + welcome.goneTime {
        endpoint = (endpoint + 1) % endpointCount
        return [.lost] + connect(at: now)
      }
      return now >= lastSent + welcome.pingInterval ? [.send(message(.ping, at: now))] : []
    }
  }

  /// Takes note that the transport's handshake with the endpoint failed.
  ///
  /// - Parameters:
  ///   - reject: What that means to the peer's user.
  ///   - isFinal: Whether this endpoint will not take the peer, however often it tries; when no endpoint does, the peer is refused.
  package mutating func handshakeFailed(_ reject: Message.Reject, isFinal: Bool, at now: Duration) -> [Action] {
    guard case .greeting = phase else { return [] }
    handshakeFailure = reject.message
    guard isFinal else { return [] }
    closedEndpoints.insert(endpoint)
    guard closedEndpoints.count == endpointCount else { return leave(for: .zero, at: now) }
    phase = .idle
    return [.refused(reject)]
  }

  private mutating func connect(at now: Duration) -> [Action] {
    [.connect(endpoint: endpoint)] + greet(at: now)
  }

  private mutating func greet(at now: Duration) -> [Action] {
    let message = message(.hello(hello), at: now)
    phase = .greeting(message: message.id, since: now)
    return [.send(message)]
  }

  private mutating func open(_ welcome: Message.Welcome) -> [Action] {
    guard case .greeting = phase else { return [] }
    phase = .open(welcome)
    backoff.reset()
    closedEndpoints = []
    misses = 0
    handshakeFailure = nil
    return [.opened(welcome)]
  }

  private mutating func challenged(at now: Duration) -> [Action] {
    switch phase {
    case .open: return [.lost] + greet(at: now)
    // It answers something from before the greeting, which is under way, unless that was lost.
    case .greeting(_, let since) where now >= since + ConnectionState.greetingRepeat: return greet(at: now)
    default: return []
    }
  }

  private mutating func rejected(_ reject: Message.Reject, of id: UInt64?, at now: Duration) -> [Action] {
    guard case .greeting(let greeting, _) = phase, id == greeting else { return [] }
    if let retryAfter = reject.retryAfter { return leave(for: retryAfter, at: now) }
    phase = .idle
    return [.refused(reject)]
  }

  /// Waits, then tries the next endpoint.
  private mutating func leave(for time: Duration, at now: Duration) -> [Action] {
    let wasOpen = welcome != nil
    endpoint = (endpoint + 1) % endpointCount
    misses += 1
    phase = .waiting(until: now + max(time, backoff.next()))
    return wasOpen ? [.lost] : []
  }
}
