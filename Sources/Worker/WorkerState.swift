package import Protocol

/// Everything a worker decides: which leases it holds, on which slot each runs, and what the broker still has to hear.
///
/// Pure: events with their time go in, actions come out.
///
/// - A lease is held until it has a result, a failure, or was given back; a result is kept, and sent again after every HELLO, until
///   the broker says COMMITTED or STALE. So a broker that crashes between receiving a result and keeping it costs nothing.
/// - Templates are asked for once and kept within a bound.
/// - Leases are renewed from here, whatever the devices do; a kernel that hangs is caught by the lease's longest run time.
package struct WorkerState: Sendable {
  var connection: ConnectionState
  private let slots: [DeviceSummary]
  var templates: TemplateCache
  /// In the order in which they came.
  var held: [Fence: Held] = [:]
  var order: [Fence] = []
  var running: [Fence?]
  var retained: [Fence: Retained] = [:]
  var retainedByteCount = 0
  private var announcedSlots: Int?
  private var lastRenewal = Duration.zero
  /// Whether the broker takes leave; the worker stays, for the one that comes after it.
  private var isDraining = false
  private var stopTime: Duration?
  private var isInterrupted = false
  private var isEnded = false

  /// Makes the state of a worker that has not started.
  ///
  /// - Parameters:
  ///   - slots: The device of each slot.
  ///   - seed: Of the jitter between attempts to connect.
  ///   - signingKey: The fingerprint of the key with which its results are signed; `nil` if they are not.
  package init(
    name: String, software: String = "ketwork", slots: [DeviceSummary], endpointCount: Int, seed: UInt64,
    templateByteLimit: Int = Limits.templateByteCount, signingKey: Digest? = nil
  ) {
    var devices: [DeviceSummary] = []
    for slot in slots where !devices.contains(slot) { devices.append(slot) }
    let hello = Message.Hello(role: .worker, name: name, software: software, devices: devices, signingKey: signingKey)
    connection = ConnectionState(hello: hello, endpointCount: endpointCount, seed: seed)
    self.slots = slots
    running = Array(repeating: nil, count: slots.count)
    templates = TemplateCache(byteLimit: templateByteLimit)
  }

  /// When ``Event/tick`` has something to do.
  package var nextDeadline: Duration? {
    var times = [connection.nextDeadline, stopTime]
    for held in held.values {
      switch held.stage {
      case .collecting(_, let asked) where isOpen: times.append(asked + Limits.templateInterval)
      case .running(_, let since) where held.stopReason == nil: times.append(held.lease.maximumRunTime.map { since + $0 })
      default: break
      }
    }
    if let welcome = connection.welcome {
      if !held.isEmpty { times.append(lastRenewal + welcome.renewInterval) }
      times += retained.values.map { $0.lastSent + Limits.resendInterval }
    }
    return times.compactMap(\.self).min()
  }

  /// Takes an event.
  package mutating func handle(_ event: Event, at now: Duration) -> [Action] {
    guard !isEnded else { return [] }
    var actions: [Action]
    switch event {
    case .start: actions = connected(connection.start(at: now), at: now)
    case .received(let message): actions = connected(connection.received(message, at: now), at: now) + received(message, at: now)
    case .handshakeFailed(let reject, let isFinal):
      actions = connected(connection.handshakeFailed(reject, isFinal: isFinal, at: now), at: now)
    case .finished(let slot, let fence, let outcome): actions = finished(slot, fence, outcome, at: now)
    case .stop(let grace): actions = stop(at: now, grace)
    case .tick: actions = connected(connection.tick(now), at: now) + tick(now)
    }
    actions += fillSlots(at: now)
    actions += announceSlots(at: now)
    actions += endIfDone(at: now)
    return actions
  }

  var isOpen: Bool { connection.welcome != nil }
  var takesLeases: Bool { !isDraining && stopTime == nil }

  mutating func send(_ content: Message.Content, payload: [UInt8] = [], at now: Duration) -> Action {
    .send(connection.message(content, payload: payload, at: now))
  }

  // MARK: Connection

  private mutating func connected(_ actions: [ConnectionState.Action], at now: Duration) -> [Action] {
    actions.flatMap { action -> [Action] in
      switch action {
      case .connect(let endpoint): [.connect(endpoint: endpoint)]
      case .send(let message): [.send(message)]
      case .opened: opened(at: now)
      case .lost: []
      case .refused(let reject): end(reject)
      }
    }
  }

  /// Says again all that a broker that has just met this worker needs to know.
  ///
  /// A broker that drained was about to stop: this is the one that came after it, or says so again.
  private mutating func opened(at now: Duration) -> [Action] {
    announcedSlots = nil
    isDraining = false
    var actions = renew(at: now)
    for fence in retained.keys.sorted() { actions.append(resend(fence, at: now)) }
    for fence in order { actions += askForTemplates(of: fence, at: now) }
    return actions
  }

  private mutating func renew(at now: Duration) -> [Action] {
    lastRenewal = now
    let fences = order.filter { held[$0]?.stopReason == nil }
    return fences.isEmpty ? [] : [send(.renew(fences), at: now)]
  }

  /// Tells the broker how many leases this worker is willing to hold, when that has changed.
  private mutating func announceSlots(at now: Duration) -> [Action] {
    guard isOpen, !isEnded else { return [] }
    let isWilling = takesLeases && retainedByteCount < Limits.retainedByteCount
    let count = isWilling ? slots.count * Limits.leasesPerSlot : 0
    guard count != announcedSlots else { return [] }
    announcedSlots = count
    return [send(.ready(Message.Ready(slots: count)), at: now)]
  }

  private mutating func received(_ message: Message, at now: Duration) -> [Action] {
    switch message.content {
    case .lease(let lease): return take(lease, payload: message.payload, at: now)
    case .template: return store(message.payload)
    case .committed(let fences):
      for fence in fences { forget(fence) }
      return []
    case .stale(let fences): return fences.flatMap { drop($0) }
    case .revoke(let fences): return fences.flatMap { giveBack($0, at: now) }
    case .drain:
      isDraining = true
      return []
    case .reject(let reject): return rejected(reject, of: message.replyTo, at: now)
    default: return []
    }
  }

  // MARK: Time

  private mutating func tick(_ now: Duration) -> [Action] {
    var actions: [Action] = []
    for fence in order { actions += stopIfTooLong(fence, at: now) }
    if let stopTime, now >= stopTime { actions += interruptAll(at: now) }
    guard let welcome = connection.welcome else { return actions }
    if !held.isEmpty, now >= lastRenewal + welcome.renewInterval { actions += renew(at: now) }
    for (fence, result) in retained.sorted(by: { $0.key < $1.key }) where now >= result.lastSent + Limits.resendInterval {
      actions.append(resend(fence, at: now))
    }
    for fence in order {
      guard case .collecting(_, let asked) = held[fence]?.stage, now >= asked + Limits.templateInterval else { continue }
      actions += askForTemplates(of: fence, at: now)
    }
    return actions
  }

  // MARK: Ending

  private mutating func stop(at now: Duration, _ grace: Duration) -> [Action] {
    guard stopTime == nil else { return [] }
    stopTime = now + grace
    return order.filter { held[$0]?.isRunning == false }.flatMap { giveBack($0, at: now) }
  }

  /// Gives up what still runs when the grace is over; the last results get a little longer.
  private mutating func interruptAll(at now: Duration) -> [Action] {
    if isInterrupted { return end(nil) }
    isInterrupted = true
    stopTime = now + Limits.farewellTime
    let fences = order.filter { held[$0]?.stopReason == nil }
    var actions = fences.isEmpty ? [] : [send(.release(fences), at: now)]
    for fence in fences {
      held[fence]?.stopReason = .ending
      if case .running(let slot, _) = held[fence]?.stage { actions.append(.interrupt(slot: slot)) }
    }
    return actions
  }

  private mutating func endIfDone(at now: Duration) -> [Action] {
    guard !isEnded, stopTime != nil, held.isEmpty, retained.isEmpty else { return [] }
    let farewell = isOpen ? [send(.bye, at: now)] : []
    return farewell + end(nil)
  }

  private mutating func end(_ reason: Message.Reject?) -> [Action] {
    guard !isEnded else { return [] }
    isEnded = true
    return [.end(reason)]
  }

  // MARK: Slots

  private mutating func fillSlots(at now: Duration) -> [Action] {
    guard !isEnded else { return [] }
    var actions: [Action] = []
    for fence in order {
      guard let lease = held[fence], case .queued = lease.stage else { continue }
      let preference = lease.items[0].settings.device
      let fitting = slots.indices.filter { slots[$0].matches(preference) }
      guard !fitting.isEmpty else {
        let names = slots.map(\.name).joined(separator: ", ")
        actions.append(fail(fence, "unknown_device", "no device \(preference) here, only \(names)", isRetryable: true, at: now))
        continue
      }
      guard let slot = fitting.first(where: { running[$0] == nil }) else { continue }
      running[slot] = fence
      held[fence]!.stage = .running(slot: slot, since: now)
      actions.append(send(.started(fence), at: now))
      actions.append(.execute(slot: slot, Work(lease: lease.lease, items: lease.items, templates: lease.templates)))
    }
    return actions
  }
}
