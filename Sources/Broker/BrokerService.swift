internal import FoundationEssentials
package import Logging
internal import Protocol
package import ZeroMQ

/// A broker on its sockets: one thread, which is this actor's executor, carries messages to the state and its effects out.
///
///     let broker = try BrokerService(store: MemoryStore())
///     let endpoints = try await broker.start(at: ["tcp://127.0.0.1:*"])
///     try await broker.run()            // until the task is cancelled, then drains
///
/// Every endpoint serves clients and workers alike: a peer says in HELLO what it is. So one URL is all that anybody is told.
/// Routing identities are libzmq's, new with each connection; who a peer is comes from the identity that the transport proved.
package actor BrokerService {
  /// How the service ends.
  private enum End {
    case running
    case awaited(CheckedContinuation<Void, any Error>)
    case ended(Result<Void, BrokerError>)
  }

  private let loop: SocketLoop
  private let store: any Store
  private let configuration: BrokerConfiguration
  private let security: SocketSecurity
  private let gate: Gate?
  private let logger: Logger

  private var state: BrokerState?
  private var sockets: [LoopSocket] = []
  private var channels: [PeerID: PeerChannel] = [:]
  private var peersByDescriptor: [Gatekeeper.Connection: PeerID] = [:]
  /// Peers with something in their outbox.
  private var waitingPeers: Set<PeerID> = []
  private var assemblyByteCount = 0
  private var isFlushPending = false
  private var admission: Admission
  private var reportedCounters = SecurityCounters()
  private var lastReport = Duration.zero
  private var started = Duration.zero
  private var uncommitted: [MutationBatch] = []
  private var isCommitting = false
  private var isCommitScheduled = false
  private var end = End.running

  /// The thread of the sockets.
  package nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe loop.asUnownedSerialExecutor() }

  /// Makes a broker that has not started.
  ///
  /// - Parameter keys: By which peers are known; `nil` lets in everybody, and is for endpoints that nobody else reaches.
  /// - Throws: ``ZeroMQError`` when no thread can be had.
  package init(
    configuration: BrokerConfiguration = BrokerConfiguration(), store: any Store, keys: BrokerKeys? = nil,
    logger: Logger = Logger(label: "ketwork.broker")
  ) throws(ZeroMQError) {
    loop = try SocketLoop(name: "ketwork-broker")
    self.configuration = configuration
    self.store = store
    self.logger = logger
    admission = Admission(keys?.authorized, configuration)
    gate = keys.map { Gate(Gatekeeper($0.authorized, configuration)) }
    if let keys, let gate { security = .curveServer(keys.secretKey, domain: gate.domain) } else { security = .none }
  }

  /// Reads the store, binds the endpoints and begins to serve.
  ///
  /// - Parameter endpoints: ZeroMQ endpoints; `tcp://127.0.0.1:*` lets the system choose the port.
  /// - Returns: The endpoints as they are bound.
  /// - Throws: What the store throws, ``ZeroMQError`` when an endpoint cannot be bound, ``BrokerError`` when called twice.
  package func start(at endpoints: [String]) async throws -> [String] {
    guard state == nil, case .running = end else { throw BrokerError(.alreadyStarted, "a broker starts once") }
    let index = try await store.open()
    state = try BrokerState(index, configuration: configuration, seed: UInt64.random(in: 0...UInt64.max), at: time)
    started = loop.now
    gate?.open()
    watchStore()
    do {
      let bound = try endpoints.map(bind)
      logger.info(
        "serving",
        metadata: ["endpoints": "\(bound)", "epoch": "\(index.epoch)", "jobs": "\(index.parked.count + index.entries.count)"])
      tick()
      return bound
    } catch {
      close()
      throw error
    }
  }

  /// Serves until the broker is stopped; when the task is cancelled, the broker drains first.
  ///
  /// - Throws: ``BrokerError`` when the store or a socket failed.
  package func run() async throws {
    let result: Result<Void, any Error>
    do { result = .success(try await serve()) } catch { result = .failure(error) }
    await loop.stop()
    // Whoever starts another broker on the same store finds it free, whatever became of this one.
    await store.close()
    try result.get()
  }

  private func serve() async throws {
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        switch end {
        case .running: end = .awaited(continuation)
        case .awaited: preconditionFailure("a broker is run once")
        case .ended(let result): continuation.resume(with: result)
        }
      }
    } onCancel: {
      Task { await self.drain() }
    }
  }

  /// Takes no more jobs, lets leases finish for a while, then stops.
  package func drain() {
    guard state != nil, case .running = end else {
      if case .awaited = end { beginDrain() }
      return
    }
    beginDrain()
  }

  /// Stops at once.
  package func stop() async {
    finish(.success(()))
    await loop.stop()
    await store.close()
  }

  /// Peers of which something is kept.
  package var channelCount: Int { channels.count }

  private func beginDrain() {
    logger.info("draining")
    loop.schedule(at: loop.now + configuration.drainTime) { [weak self] in self?.assumeIsolated { $0.finish(.success(())) } }
    step(.drain)
  }

  private func finish(_ result: Result<Void, BrokerError>) {
    close()
    switch end {
    case .ended: break
    case .running: end = .ended(result)
    case .awaited(let continuation):
      end = .ended(result)
      continuation.resume(with: result)
    }
  }

  private func close() {
    for socket in sockets where !socket.isClosed { socket.close() }
    gate?.close()
    sockets = []
    channels = [:]
    state = nil
  }
}

// MARK: Sockets

extension BrokerService {
  private func bind(_ endpoint: String) throws -> String {
    var options = SocketOptions(security: security)
    options.maximumFrameByteCount = Int64(Protocol.Limits.socketFrameByteCount)
    let number = sockets.count
    let socket = loop.attach(try Socket(.router, options: options)) { [weak self] frames in
      self?.assumeIsolated { $0.receive(frames, socket: number) }
    } onFailure: { [weak self] error in
      self?.assumeIsolated { $0.finish(.failure(BrokerError(.socket, "\(endpoint): \(error)"))) }
    }
    sockets.append(socket)
    try socket.monitor { [weak self] event in self?.assumeIsolated { $0.observe(event, socket: number) } }
    return try socket.bind(endpoint)
  }

  /// Takes note of what became of a connection.
  ///
  /// That one has ended is a hint only that its peer has: descriptors are used again, and on a busy machine the next one's first message comes before
  /// the news. So it is looked at whether the peer can still be reached, for a short time, in which libzmq lets go of a connection that has ended.
  package func observe(_ event: MonitorEvent, socket: Int) {
    gate?.observe(event, socket: socket)
    if let failure = HandshakeFailure(event, security: security), let reason = failure.reason { admission.count(reason) }
    let connection = Gatekeeper.Connection(socket: socket, descriptor: event.value)
    guard event.kind == .disconnected, let peer = peersByDescriptor[connection] else { return }
    confirmEnd(of: peer, checks: Limits.endCheckCount)
  }

  private func confirmEnd(of peer: PeerID, checks: Int) {
    guard checks > 0, state?.isConnected(peer) ?? false, let ping = try? Message(.ping).encode() else { return }
    if write(ping, to: peer) == .hostUnreachable { return step(.disconnected(peer)) }
    loop.schedule(at: loop.now + Limits.endCheckInterval) { [weak self] in
      self?.assumeIsolated { $0.confirmEnd(of: peer, checks: checks - 1) }
    }
  }

  private func receive(_ frames: [Frame], socket: Int) {
    guard let first = frames.first else { return }
    let peer = PeerID(socket: socket, identity: first.contents)
    guard let principal = admission.principal(frames.last?.userID) else { return }
    do throws(ProtocolError) {
      let message = try Message.decode(frames.dropFirst().map(\.contents))
      note(peer, frames[1])
      if let refusal = admission.refusal(of: message, from: peer, principal, at: loop.now) {
        return send(Message(replyTo: message.id, .reject(refusal)), to: peer)
      }
      guard let whole = try assemble(message, from: peer) else { return }
      if case .diagnose = whole.content, state?.isClient(peer) ?? false { return diagnose(principal, for: peer, whole.id) }
      step(.message(peer, tenant: principal.tenant, whole))
      // The state may have refused the HELLO that was let through.
      if state?.isConnected(peer) == false { admission.forget(peer) }
    } catch {
      admission.count(.malformed)
      logger.debug("refused", metadata: ["peer": "\(peer)", "error": "\(error)"])
      step(.refused(peer, error))
    }
  }

  private func note(_ peer: PeerID, _ frame: Frame) {
    guard let descriptor = frame.sourceDescriptor, channels[peer] != nil, channels[peer]?.descriptor != descriptor else { return }
    channels[peer]?.descriptor = descriptor
    peersByDescriptor[Gatekeeper.Connection(socket: peer.socket, descriptor: descriptor)] = peer
  }

  /// Puts chunked payloads together, for peers that said HELLO; from others nothing is held.
  private func assemble(_ message: Message, from peer: PeerID) throws(ProtocolError) -> Message? {
    guard state?.isConnected(peer) ?? false else { return message }
    let before = channels[peer]?.assembler.byteCount ?? 0
    defer { assemblyByteCount += (channels[peer]?.assembler.byteCount ?? 0) - before }
    guard message.content.type != .body || assemblyByteCount + message.payload.count <= Limits.assemblyByteCount else {
      channels[peer]?.assembler = PayloadAssembler()
      let rejection = Message.Reject(.busy, "payloads: as much is on its way as can be held", retryAfter: configuration.retryAfter)
      send(Message(replyTo: message.id, .reject(rejection)), to: peer)
      return nil
    }
    do throws(ProtocolError) {
      return try channels[peer, default: PeerChannel()].assembler.accept(message)
    } catch {
      // Pieces get lost when the broker restarts in between: no sign of a broken peer.
      guard error.code != .incompleteTransfer else {
        send(Message(replyTo: message.id, .reject(Message.Reject(error))), to: peer)
        return nil
      }
      throw error
    }
  }

  private func send(_ message: Message, to peer: PeerID) {
    guard sockets.indices.contains(peer.socket), !admission.isCutOff(peer) else { return }
    do throws(ProtocolError) {
      // A stranger hears what it is told if its connection takes it now; nothing is kept of it.
      guard state?.isConnected(peer) ?? false else {
        _ = write(try message.encode(), to: peer)
        return
      }
      for frames in try channels[peer, default: PeerChannel()].encode(message) {
        transmit(frames, to: peer, isBulk: message.content.isBulk)
      }
    } catch {
      logger.error("a message that cannot be written", metadata: ["type": "\(message.content.type)", "error": "\(error)"])
    }
  }

  private func transmit(_ frames: [[UInt8]], to peer: PeerID, isBulk: Bool) {
    if channels[peer]?.outbox.isEmpty ?? true {
      switch write(frames, to: peer) {
      case .sent: return
      case .hostUnreachable: return lose(peer)
      case .wouldBlock: break
      }
    }
    guard channels[peer]?.outbox.append(frames, isBulk: isBulk) ?? true else {
      logger.warning("a peer reads too slowly", metadata: ["peer": "\(peer)"])
      forget(peer)
      return loop.post { [weak self] in self?.assumeIsolated { $0.step(.overflowed(peer)) } }
    }
    waitingPeers.insert(peer)
    flushLater()
  }

  private func write(_ frames: [[UInt8]], to peer: PeerID) -> SendResult {
    do {
      return try sockets[peer.socket].send([Frame(peer.identity)] + frames.map { try Frame($0) })
    } catch {
      logger.error("sending failed", metadata: ["peer": "\(peer)", "error": "\(error)"])
      return .hostUnreachable
    }
  }

  /// The connection is gone; the state learns of it after what it decided is carried out.
  private func lose(_ peer: PeerID) {
    channels[peer]?.outbox = Outbox()
    waitingPeers.remove(peer)
    loop.post { [weak self] in self?.assumeIsolated { $0.step(.disconnected(peer)) } }
  }

  /// Routers do not say when a peer can take more, so who waits is tried every few milliseconds.
  private func flushLater() {
    guard !isFlushPending else { return }
    isFlushPending = true
    loop.schedule(at: loop.now + Limits.flushInterval) { [weak self] in self?.assumeIsolated { $0.flush() } }
  }

  private func flush() {
    isFlushPending = false
    for peer in waitingPeers {
      guard var outbox = channels[peer]?.outbox else {
        waitingPeers.remove(peer)
        continue
      }
      var isLost = false
      outbox.flush { frames in
        let result = write(frames, to: peer)
        isLost = isLost || result == .hostUnreachable
        return result == .sent
      }
      channels[peer]?.outbox = outbox
      if isLost { lose(peer) } else if outbox.isEmpty { waitingPeers.remove(peer) }
    }
    if !waitingPeers.isEmpty { flushLater() }
  }
}

// MARK: State

extension BrokerService {
  private var time: Time {
    Time(monotonic: loop.now, unixNanoseconds: UInt64(Date().timeIntervalSince1970 * 1e9))
  }

  private func tick() {
    guard state != nil else { return }
    step(.tick)
    reportRefusals()
    loop.schedule(at: loop.now + Limits.tickInterval) { [weak self] in self?.assumeIsolated { $0.tick() } }
  }

  private func step(_ event: BrokerState.Event) {
    guard let output = state?.step(event, at: time) else { return }
    if let batch = output.batch { uncommitted.append(batch) }
    if output.isAwaited || uncommitted.count >= Limits.uncommittedBatchCount { commit() } else { commitLater() }
    for effect in output.effects {
      switch effect {
      case .send(let peer, let message): send(message, to: peer)
      case .forget(let peer): forget(peer)
      case .load(let jobs, let withResults): load(jobs, withResults: withResults)
      case .drained: finish(.success(()))
      case .failed(let reason): finish(.failure(BrokerError(.storage, "the store failed: \(reason)")))
      case .notice(let notice): log(notice)
      }
    }
  }

  /// Reads jobs; when that fails, one by one, so that a damaged one hurts nobody else.
  private func load(_ jobs: [JobID], withResults: Bool) {
    if let memory = store as? MemoryStore {
      let entries = memory.load(jobs, withResults: withResults)
      return loop.post { [weak self] in
        self?.assumeIsolated { $0.step(.loaded(entries, asked: jobs, withResults: withResults)) }
      }
    }
    Task {
      do {
        let entries = try await store.load(jobs, withResults: withResults)
        step(.loaded(entries, asked: jobs, withResults: withResults))
      } catch  where jobs.count > 1 {
        for job in jobs { load([job], withResults: withResults) }
      } catch {
        logger.error("a job cannot be read", metadata: ["job": "\(jobs[0])", "error": "\(error)"])
        step(.loadFailed(jobs[0], LoadFailure("\(error)", isDamage: (error as? BrokerError)?.code == .storeDamaged)))
      }
    }
  }

  private func log(_ notice: BrokerState.Notice) {
    switch notice {
    case .auditMismatch(let mismatch):
      logger.error(
        "an audit contradicts a result",
        metadata: [
          "job": "\(mismatch.job)", "circuits": "\(mismatch.circuits)", "circuit": "\(mismatch.circuit)",
          "difference": "\(mismatch.difference)", "first": "\(mismatch.first.text)", "second": "\(mismatch.second.text)",
        ])
    case .receiptRefused(let worker, let job, let circuits, let reason):
      logger.error(
        "a receipt is refused",
        metadata: ["worker": "\(worker)", "job": "\(job)", "circuits": "\(circuits)", "reason": "\(reason)"])
    }
  }

  private func forget(_ peer: PeerID) {
    waitingPeers.remove(peer)
    admission.forget(peer)
    guard let channel = channels.removeValue(forKey: peer) else { return }
    assemblyByteCount -= channel.assembler.byteCount
    guard let descriptor = channel.descriptor else { return }
    let connection = Gatekeeper.Connection(socket: peer.socket, descriptor: descriptor)
    if peersByDescriptor[connection] == peer { peersByDescriptor[connection] = nil }
  }

  /// Commits soon: what is going on is most often done, and waited for, within that time.
  private func commitLater() {
    guard !uncommitted.isEmpty, !isCommitScheduled else { return }
    isCommitScheduled = true
    loop.schedule(at: loop.now + Limits.commitDelay) { [weak self] in
      self?.assumeIsolated {
        $0.isCommitScheduled = false
        $0.commit()
      }
    }
  }

  /// Commits all there is, one commit at a time: what comes meanwhile goes into the next.
  private func commit() {
    guard !isCommitting, let last = uncommitted.last?.sequence else { return }
    isCommitting = true
    let batches = uncommitted
    uncommitted = []
    if let memory = store as? MemoryStore {
      memory.commit(batches)
      return loop.post { [weak self] in self?.assumeIsolated { $0.committed(upTo: last) } }
    }
    Task {
      do {
        try await store.commit(batches)
        committed(upTo: last)
      } catch {
        storeFailed(error)
      }
    }
  }

  private func committed(upTo sequence: UInt64) {
    isCommitting = false
    // Commits what came meanwhile, now if anybody waits for it.
    step(.committed(upTo: sequence))
  }

  /// Hears of a store that fails while nothing is committed.
  private func watchStore() {
    Task { [weak self, store] in
      if let error = await store.lost() { await self?.storeFailed(error) }
    }
  }

  /// Nothing is promised from here on. The state says when to end; where another broker took over, that is at once: there it goes on.
  private func storeFailed(_ error: any Error) {
    logger.critical("the store failed; nothing is promised any more", metadata: ["error": "\(error)"])
    if let error = error as? BrokerError, error.code == .deposed { return finish(.failure(error)) }
    step(.commitFailed(reason: "\(error)"))
  }
}

// MARK: Security

extension BrokerService {
  /// What was refused since the broker was made.
  package var counters: SecurityCounters { admission.counters + (gate?.counters ?? SecurityCounters()) }

  /// Changes who may connect, at once: whoever holds a key that is no longer in the list is not listened to, hears nothing more, and
  /// its leases go back.
  package func setAuthorizedKeys(_ keys: AuthorizedKeys) {
    guard let gate, keys != admission.keys else { return }
    gate.setKeys(keys)
    let changed = admission.setKeys(keys)
    for peer in changed { step(.revoked(peer)) }
    logger.info("authorized keys changed", metadata: ["keys": "\(keys.count)", "peers": "\(changed.count)"])
  }

  /// Grants tenants something else from now on.
  package func setPolicies(_ policies: TenantPolicies) {
    guard policies != state?.policies else { return }
    step(.policies(policies))
    logger.info("tenants' policies changed", metadata: ["named": "\(policies.named.count)"])
  }

  private func diagnose(_ principal: Admission.Principal, for peer: PeerID, _ replyTo: UInt64) {
    guard var diagnosis = state?.diagnosis() else { return }
    diagnosis.uptime = loop.now - started
    diagnosis.isSecured = admission.isSecured
    (diagnosis.name, diagnosis.tenant) = (principal.name, principal.tenant)
    let counters = counters
    diagnosis.counters = SecurityCounters.Reason.allCases.map { .init($0.rawValue, counters[$0]) }
    send(Message(replyTo: replyTo, .diagnosis(diagnosis)), to: peer)
  }

  /// Says what was refused since it was said last, with the sums; a flood of refusals is one line a second.
  private func reportRefusals() {
    guard loop.now - lastReport >= Limits.refusalReportInterval else { return }
    let counters = counters
    let reasons = counters.reasons(since: reportedCounters)
    guard !reasons.isEmpty else { return }
    var metadata: Logger.Metadata = [:]
    for reason in reasons { metadata[reason.rawValue] = "\(counters[reason])" }
    logger.warning("refused; sums since the start", metadata: metadata)
    (reportedCounters, lastReport) = (counters, loop.now)
  }
}

extension HandshakeFailure {
  /// What is counted at the listening end; a key that was refused is counted where it was decided.
  fileprivate var reason: SecurityCounters.Reason? {
    switch self {
    case .keyRefused: nil
    case .keyNeeded, .keyNotAsked: .mechanism
    case .undeciphered: .wrongServerKey
    case .protocolBroken: .brokenHandshake
    case .hungUp: .unfinishedHandshake
    }
  }
}
