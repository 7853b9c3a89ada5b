import Glibc
import TestSupport
import Testing
import ZeroMQ

/// Monitor events, gathered from the monitor's thread.
final class Events: Sendable {
  private let events = Shared([MonitorEvent]())

  @Sendable func append(_ event: MonitorEvent) {
    events.update { $0.append(event) }
  }

  func clear() {
    events.update { $0 = [] }
  }

  var all: [MonitorEvent] { events.current }

  /// The first event that satisfies a condition, as soon as there is one.
  func wait(sourceLocation: SourceLocation = #_sourceLocation, _ condition: (MonitorEvent) -> Bool) throws -> MonitorEvent {
    let end = ContinuousClock.now + patience
    while ContinuousClock.now < end {
      if let event = all.first(where: condition) { return event }
      sched_yield()
    }
    Issue.record("no such event among \(all)", sourceLocation: sourceLocation)
    throw ZeroMQError(.system, "no such event")
  }
}

extension MonitorEvent.Kind {
  /// Whether a handshake ended with this event, well or badly.
  var isHandshakeEnd: Bool {
    [.handshakeSucceeded, .handshakeFailed, .handshakeProtocolFailed, .handshakeAuthenticationFailed].contains(self)
  }
}
