import Protocol

extension WorkerState {
  /// Takes a lease on, unless it is here already.
  mutating func take(_ lease: Message.Lease, payload: [UInt8], at now: Duration) -> [Action] {
    if retained[lease.fence] != nil { return [resend(lease.fence, at: now)] }
    guard held[lease.fence] == nil else { return [] }
    guard takesLeases else { return [send(.release([lease.fence]), at: now)] }
    let items: [Item]
    do throws(ProtocolError) {
      items = try JobBody.decodeLease(payload)
    } catch {
      let fail = Message.Fail(fence: lease.fence, code: error.code.rawValue, message: error.message, isRetryable: false)
      return [send(.fail(fail), at: now)]
    }
    var new = Held(lease: lease, items: items, stage: .queued)
    var missing: Set<Digest> = []
    for digest in Set(items.lazy.map(\.template)) {
      if let template = templates.template(for: digest) { new.templates[digest] = template } else { missing.insert(digest) }
    }
    if !missing.isEmpty { new.stage = .collecting(missing: missing, asked: now) }
    held[lease.fence] = new
    order.append(lease.fence)
    return askForTemplates(of: lease.fence, at: now)
  }

  mutating func askForTemplates(of fence: Fence, at now: Duration) -> [Action] {
    guard isOpen, case .collecting(let missing, _) = held[fence]?.stage else { return [] }
    held[fence]!.stage = .collecting(missing: missing, asked: now)
    let digests = missing.sorted()
    return stride(from: 0, to: digests.count, by: Protocol.Limits.digestCount).map { start in
      send(.needTemplate(Array(digests[start...].prefix(Protocol.Limits.digestCount))), at: now)
    }
  }

  /// Keeps templates and hands them to the leases that wait for them.
  mutating func store(_ payload: [UInt8]) -> [Action] {
    // What cannot be read was not sent: the leases ask again.
    guard let bundle = try? TemplateBundle.decode(payload) else { return [] }
    for template in bundle { templates.insert(template) }
    let arrived = Dictionary(bundle.map { ($0.digest, $0) }) { first, _ in first }
    for fence in order {
      guard case .collecting(var missing, let asked) = held[fence]!.stage else { continue }
      for digest in missing {
        guard let template = arrived[digest] else { continue }
        held[fence]!.templates[digest] = template
        missing.remove(digest)
      }
      held[fence]!.stage = missing.isEmpty ? .queued : .collecting(missing: missing, asked: asked)
    }
    return []
  }

  /// Takes what a slot has to say about its lease.
  mutating func finished(_ slot: Int, _ fence: Fence, _ outcome: Outcome, at now: Duration) -> [Action] {
    precondition(running[slot] == fence, "slot \(slot) finished \(fence), which it did not have")
    running[slot] = nil
    guard let lease = remove(fence) else { return [] }
    switch (lease.stopReason, outcome) {
    // The broker does not wait for it any more, and has been told where it ought to be.
    case (.stale, _), (.tooLong, _), (.ending, _): return []
    case (_, .results(let payload, let busyTime, let receipt)):
      let complete = Message.Complete(
        fence: fence, job: lease.lease.job, circuits: lease.lease.circuits, busyTime: busyTime, receipt: receipt)
      return retain(complete, payload, at: now)
    case (_, .failed(let code, let message)):
      return [send(.fail(Message.Fail(fence: fence, code: code, message: message, isRetryable: true)), at: now)]
    case (_, .stopped): return [send(.release([fence]), at: now)]
    }
  }

  /// Keeps a result until it is committed; without a broker to send it to, it is sent after the next welcome.
  private mutating func retain(_ complete: Message.Complete, _ payload: [UInt8], at now: Duration) -> [Action] {
    retained[complete.fence] = Retained(complete: complete, payload: payload, message: 0, lastSent: now)
    retainedByteCount += payload.count
    return isOpen ? [resend(complete.fence, at: now)] : []
  }

  mutating func resend(_ fence: Fence, at now: Duration) -> Action {
    let result = retained[fence]!
    let message = connection.message(.complete(result.complete), payload: result.payload, at: now)
    retained[fence]!.message = message.id
    retained[fence]!.lastSent = now
    return .send(message)
  }

  /// Lets go of a result.
  mutating func forget(_ fence: Fence) {
    guard let result = retained.removeValue(forKey: fence) else { return }
    retainedByteCount -= result.payload.count
  }

  /// Lets go of whatever has a fence: the broker does not want to hear of it.
  mutating func drop(_ fence: Fence) -> [Action] {
    forget(fence)
    return stopOrRemove(fence, .stale)
  }

  /// Gives a lease back, at once or when its slot has stopped.
  mutating func giveBack(_ fence: Fence, at now: Duration) -> [Action] {
    guard let lease = held[fence] else { return [] }
    let actions = stopOrRemove(fence, .revoked)
    return lease.isRunning ? actions : actions + [send(.release([fence]), at: now)]
  }

  /// Fails a lease that its slot has not ended in time; the slot is told to stop and is free when it has.
  mutating func stopIfTooLong(_ fence: Fence, at now: Duration) -> [Action] {
    guard let lease = held[fence], lease.stopReason == nil, let limit = lease.lease.maximumRunTime,
      case .running(let slot, let since) = lease.stage, now >= since + limit
    else { return [] }
    held[fence]!.stopReason = .tooLong
    let fail = Message.Fail(
      fence: fence, code: "max_run", message: "not done after \(limit), the longest its job allows", isRetryable: false)
    return [.interrupt(slot: slot), send(.fail(fail), at: now)]
  }

  mutating func fail(_ fence: Fence, _ code: String, _ message: String, isRetryable: Bool, at now: Duration) -> Action {
    _ = remove(fence)
    return send(.fail(Message.Fail(fence: fence, code: code, message: message, isRetryable: isRetryable)), at: now)
  }

  /// Takes the refusal of a result: sends it again if that can help, and reports a failure if it cannot.
  mutating func rejected(_ reject: Message.Reject, of id: UInt64?, at now: Duration) -> [Action] {
    guard let fence = retained.first(where: { $0.value.message == id })?.key else { return [] }
    if reject.code == .incompleteTransfer || reject.code.rawValue == ProtocolError.Code.digestMismatch.rawValue {
      return [resend(fence, at: now)]
    }
    if let retryAfter = reject.retryAfter {
      retained[fence]!.lastSent = now + retryAfter - Limits.resendInterval
      return []
    }
    forget(fence)
    let fail = Message.Fail(
      fence: fence, code: reject.code.rawValue, message: "the result was refused: \(reject.message)", isRetryable: false)
    return [send(.fail(fail), at: now)]
  }

  private mutating func stopOrRemove(_ fence: Fence, _ reason: Held.StopReason) -> [Action] {
    guard let lease = held[fence] else { return [] }
    guard case .running(let slot, _) = lease.stage else {
      _ = remove(fence)
      return []
    }
    let wasTold = lease.stopReason != nil
    // A lease that was given up for another reason stays given up; one that the broker forgot is not reported.
    if lease.stopReason == nil || reason == .stale { held[fence]!.stopReason = reason }
    return wasTold ? [] : [.interrupt(slot: slot)]
  }

  private mutating func remove(_ fence: Fence) -> Held? {
    order.removeAll { $0 == fence }
    return held.removeValue(forKey: fence)
  }
}
