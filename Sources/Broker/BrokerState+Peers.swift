internal import Protocol

// Who is there: HELLO and CHALLENGE, liveness, garbage.
extension BrokerState {
  mutating func receive(_ message: Message, from peer: PeerID, tenant: String) {
    guard malformedCounts[peer, default: 0] < Limits.malformedCount else { return }
    switch message.content {
    case .hello(let hello): greet(hello, from: peer, tenant: tenant, replyTo: message.id)
    case .bye: remove(peer, isCrash: false)
    default:
      guard peers[peer] != nil else {
        // Answering a CHALLENGE with a CHALLENGE would go on for ever.
        if message.content.type != .challenge { send(.challenge, to: peer, replyTo: message.id) }
        return
      }
      peers[peer]?.lastHeard = now.monotonic
      peers[peer]?.probeUntil = nil
      if case .ping = message.content {
        send(.pong, to: peer, replyTo: message.id)
      } else if failure != nil {
        refuseUnkept(message, from: peer)
      } else if peers[peer]?.worker != nil {
        receiveFromWorker(message, peer)
      } else {
        receiveFromClient(message, peer)
      }
    }
  }

  private mutating func greet(_ hello: Message.Hello, from peer: PeerID, tenant: String, replyTo: UInt64) {
    guard peers[peer] != nil || peers.count < Limits.peerCount else {
      return reject(
        Message.Reject(.busy, "peers: \(Limits.peerCount) are connected already", retryAfter: configuration.retryAfter), to: peer,
        replyTo: replyTo)
    }
    // A repeated HELLO keeps what the peer holds: it is the answer to a CHALLENGE, or came twice.
    if peers[peer] == nil {
      peers[peer] = PeerRecord(name: hello.name, tenant: tenant, lastHeard: now.monotonic, lastPinged: now.monotonic)
    }
    peers[peer]?.lastHeard = now.monotonic
    peers[peer]?.probeUntil = nil
    if hello.role == .worker {
      var worker = peers[peer]?.worker ?? WorkerRecord(devices: [], methods: [])
      worker.devices = hello.devices
      worker.methods = hello.methods
      worker.signingKey = hello.signingKey
      worker.sentTemplates = []
      peers[peer]?.worker = worker
    }
    send(
      .welcome(
        Message.Welcome(
          epoch: epoch, pingInterval: configuration.pingInterval, suspectTime: configuration.suspectTime,
          goneTime: configuration.goneTime, leaseTime: configuration.leaseTime, renewInterval: configuration.renewInterval)),
      to: peer, replyTo: replyTo)
    if isDraining, hello.role == .worker { send(.drain, to: peer) }
  }

  mutating func refuse(_ error: ProtocolError, from peer: PeerID) {
    // Identities are new with each connection, so forgetting all counts now and then costs a flooder one more round.
    if malformedCounts.count >= Limits.peerCount { malformedCounts = [:] }
    let count = malformedCounts[peer, default: 0] + 1
    malformedCounts[peer] = count
    guard count <= Limits.malformedCount else { return }
    if count == Limits.malformedCount {
      remove(peer, isCrash: true)
    } else {
      reject(Message.Reject(error), to: peer, replyTo: nil)
    }
  }

  /// A broken connection gets a short time to prove that it is not.
  mutating func probe(_ peer: PeerID) {
    guard let record = peers[peer], record.probeUntil == nil else { return }
    peers[peer]?.probeUntil = now.monotonic + configuration.probeTime
    updateIdle(peer)
    send(.ping, to: peer)
  }

  /// Pings who is silent and gives up who stays so.
  mutating func checkPeers() {
    // In one order in every run, so that a simulation repeats.
    let silent = peers.filter { $0.value.probeUntil != nil || now.monotonic - $0.value.lastHeard >= configuration.pingInterval }
    for (peer, record) in silent.sorted(by: { $0.key < $1.key }) {
      let silence = now.monotonic - record.lastHeard
      if silence >= configuration.goneTime || record.probeUntil.map({ $0 <= now.monotonic }) ?? false {
        giveUp(peer)
      } else if silence >= configuration.pingInterval, now.monotonic - record.lastPinged >= configuration.pingInterval {
        peers[peer]?.lastPinged = now.monotonic
        send(.ping, to: peer)
      }
      updateIdle(peer)
    }
  }

  /// Lets go of a peer that is silent or whose connection broke.
  ///
  /// Just after the broker's own pause that is no sign of its death: it hung up on a broker that did not answer, and is about to come back.
  /// The leases it had then are kept for it as after a restart, until they lapse.
  private mutating func giveUp(_ peer: PeerID) {
    if let pause = lastPause, now.monotonic < pause.forgivenUntil {
      for fence in peers[peer]?.worker?.leases ?? [] where fence < pause.nextFence && leases[fence] != nil {
        peers[peer]?.worker?.leases.remove(fence)
        leases[fence]?.worker = nil
        leases[fence]?.expires = now.monotonic + configuration.leaseTime
      }
    }
    remove(peer, isCrash: true)
  }

  mutating func remove(_ peer: PeerID, isCrash: Bool) {
    guard let record = peers.removeValue(forKey: peer) else { return }
    effects.append(.forget(peer))
    idleWorkers.remove(peer)
    for job in record.subscriptions.keys {
      subscribers[job]?.remove(peer)
      if subscribers[job]?.isEmpty ?? false { subscribers[job] = nil }
    }
    for job in record.awaited.keys {
      awaiters[job]?.remove(peer)
      if awaiters[job]?.isEmpty ?? false { awaiters[job] = nil }
    }
    guard let worker = record.worker else { return }
    slotCount -= worker.slots
    for fence in worker.leases.sorted() { lose(fence, isCrash: isCrash) }
  }

  /// Keeps the set of workers that can take a lease.
  mutating func updateIdle(_ peer: PeerID) {
    guard let record = peers[peer], let worker = record.worker, !worker.isDraining, record.probeUntil == nil,
      worker.leases.count < worker.slots, now.monotonic - record.lastHeard < configuration.suspectTime
    else {
      idleWorkers.remove(peer)
      return
    }
    idleWorkers.insert(peer)
  }
}
