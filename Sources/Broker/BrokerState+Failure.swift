internal import Protocol

// What is left to do when a commit failed: to refuse, and to end. ``StoreFailure`` says why.
extension BrokerState {
  /// Takes back what was about to be promised, and refuses all who wait for something.
  mutating func failStore(_ reason: String) {
    guard failure == nil else { return }
    failure = StoreFailure(reason: reason, end: now.monotonic + configuration.storeFailureTime)
    let refused = refuseHeld()
    for number in waiters.keys.sorted() { if let waiter = endWait(number) { refuseUnkept(waiter.message, from: waiter.peer) } }
    (waitersByJob, loading) = ([:], [:])
    for peer in peers.keys.sorted() {
      let awaited = peers[peer]?.awaited.sorted { $0.key < $1.key } ?? []
      for message in awaited.flatMap(\.value) where refused[peer]?.contains(message.id) != true {
        refuseUnkept(message, from: peer)
      }
      peers[peer]?.awaited = [:]
    }
    awaiters = [:]
  }

  /// An answer of several messages is refused once.
  ///
  /// - Returns: The messages whose answers were.
  private mutating func refuseHeld() -> [PeerID: Set<UInt64>] {
    var refused: [PeerID: Set<UInt64>] = [:]
    for effect in held.flatMap(\.effects) {
      guard case .send(let peer, let message) = effect, let replyTo = message.replyTo, isClient(peer) else { continue }
      if refused[peer, default: []].insert(replyTo).inserted { reject(storageRejection, to: peer, replyTo: replyTo) }
    }
    held = []
    return refused
  }

  /// Refuses what a client asks; workers keep what they have until another start of the broker takes it.
  mutating func refuseUnkept(_ message: Message, from peer: PeerID) {
    switch message.content {
    case .pong, .challenge, .reject: break
    default: if isClient(peer) { reject(storageRejection, to: peer, replyTo: message.id) }
    }
  }

  private var storageRejection: Message.Reject {
    let left = (failure?.end ?? now.monotonic) - now.monotonic
    return Message.Reject(
      .storage, "the broker's store failed; it is not known whether this was kept: ask again with the same key",
      retryAfter: max(left, configuration.retryAfter))
  }

  /// Nothing is kept and nothing is promised; the end comes with its time, or when the broker was to stop anyway.
  mutating func finishFailedStep() -> Output {
    var output = Output(effects: effects)
    (effects, mutations, promises, touched) = ([], [], [], [])
    if let failure, !hasEnded, isDraining || now.monotonic >= failure.end {
      hasEnded = true
      output.effects.append(.failed(reason: failure.reason))
    }
    return output
  }
}
