package import Protocol

extension WorkerState {
  /// What happens to a worker.
  package enum Event: Sendable {
    case start
    case received(Message)
    /// The transport's handshake failed; `isFinal` where this endpoint will never take the worker.
    case handshakeFailed(Message.Reject, isFinal: Bool)
    /// A slot is done with a lease.
    case finished(slot: Int, Fence, Outcome)
    /// Give back what has not begun, finish what has within a time, then end.
    case stop(grace: Duration)
    /// Time has passed; see ``WorkerState/nextDeadline``.
    case tick
  }

  /// What came of a lease on a slot.
  package enum Outcome: Hashable, Sendable {
    /// One result a circuit, encoded, and the signed receipt of them, if the worker signs.
    case results([UInt8], busyTime: Duration, receipt: [UInt8] = [])
    /// Nothing is known of the lease's circuits.
    case failed(code: String, message: String)
    /// The slot stopped because it was told to.
    case stopped
  }

  /// What is to be done.
  package enum Action: Hashable, Sendable {
    case connect(endpoint: Int)
    case send(Message)
    case execute(slot: Int, Work)
    /// Set the stop flag of what runs on a slot.
    case interrupt(slot: Int)
    /// The worker is done: nothing more follows.
    case end(Message.Reject?)
  }

  /// What a slot needs to execute a lease.
  package struct Work: Hashable, Sendable {
    package var items: [Item]
    package var templates: [Digest: Template]
    package var lease: Message.Lease

    package init(lease: Message.Lease, items: [Item], templates: [Digest: Template]) {
      self.lease = lease
      self.items = items
      self.templates = templates
    }

    package var fence: Fence { lease.fence }
  }

  /// A lease that has not ended.
  struct Held: Sendable {
    enum Stage: Sendable {
      case collecting(missing: Set<Digest>, asked: Duration)
      case queued
      case running(slot: Int, since: Duration)
    }

    /// Why a running lease was told to stop.
    enum StopReason: Sendable {
      case revoked, stale, tooLong, ending
    }

    var lease: Message.Lease
    var items: [Item]
    var templates: [Digest: Template] = [:]
    var stage: Stage
    var stopReason: StopReason?

    var isRunning: Bool {
      if case .running = stage { true } else { false }
    }
  }

  /// A result that the broker has not committed yet.
  struct Retained: Sendable {
    var complete: Message.Complete
    var payload: [UInt8]
    var message: UInt64
    var lastSent: Duration
  }
}
