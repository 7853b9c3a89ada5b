package import Protocol

/// Everything the broker decides, as a pure function of what happens and when.
///
/// `step` takes one event and answers with what must be kept and what must be done. An effect that promises something is held
/// here until the batch it rests on is committed, so whatever a peer was told survives the broker:
///
///     let output = state.step(.message(peer, tenant: tenant, message), at: now)
///     if let batch = output.batch { store(batch) }         // later: .committed(upTo: batch.sequence)
///     for effect in output.effects { perform(effect) }
///
/// All a peer learns of a job is a promise, refusals excepted: state, events and results would otherwise show what a crash undoes.
package struct BrokerState: Sendable {
  /// What happens to the broker.
  package enum Event: Sendable {
    /// A whole message; the tenant is from the identity that the transport proved.
    case message(PeerID, tenant: String, Message)
    /// Bytes that were no message.
    case refused(PeerID, ProtocolError)
    /// The connection seems to be broken: a hint, not a verdict.
    case disconnected(PeerID)
    /// The peer reads too slowly: what it was sent is lost.
    case overflowed(PeerID)
    /// All batches up to this one are durable.
    case committed(upTo: UInt64)
    /// It is not known what is durable.
    case storeFailed
    /// Time passed.
    case tick
    /// Finish what is leased and take no more.
    case drain
  }

  /// What the service does.
  package enum Effect: Hashable, Sendable {
    case send(PeerID, Message)
    /// Nothing more is sent to this peer, and its queue is dropped.
    case forget(PeerID)
    /// No lease is out and none will be: the service may stop.
    case drained
  }

  /// The answer to an event.
  package struct Output: Sendable {
    package var batch: MutationBatch?
    package var effects: [Effect] = []
  }

  enum Timer: Sendable {
    case deadline(JobID)
    case retry(JobID, group: Int)
  }

  struct IdempotencyKey: Hashable, Sendable {
    var tenant: String
    var key: String
  }

  struct Usage: Sendable {
    var jobCount = 0
    var byteCount = 0
  }

  let configuration: BrokerConfiguration
  let epoch: UInt64
  var random: SplitMix64
  var now: Time

  var peers: [PeerID: PeerRecord] = [:]
  /// Peers not listened to any more, and those on the way there.
  var malformedCounts: [PeerID: Int] = [:]
  /// Workers with a free slot.
  var idleWorkers: Set<PeerID> = []
  var slotCount = 0

  var jobs: [JobID: JobRecord] = [:]
  var jobsByKey: [IdempotencyKey: JobID] = [:]
  var nextJobSequence: UInt64 = 1
  var subscribers: [JobID: Set<PeerID>] = [:]
  var usage: [String: Usage] = [:]
  var byteCount = 0
  var resultByteCount = 0
  var finishedJobs = FinishedJobs()
  /// Those of the finished jobs whose result is kept.
  var keptResults = FinishedJobs()

  var leases: [Fence: LeaseRecord] = [:]
  var nextFence: UInt64 = 1
  var ready = ReadyQueue()
  var timers = TimerQueue<Timer>()
  var lastTick: Duration

  var templates = TemplateStore()

  /// Jobs whose state is to be looked at before the step ends.
  var touched: Set<JobID> = []
  /// Jobs with circuits completed since their last event.
  var progressing: Set<JobID> = []
  var isDraining = false
  var hasReportedDrained = false
  var hasFailed = false

  // What the current step has gathered.
  var mutations: [Mutation] = []
  var effects: [Effect] = []
  var promises: [Effect] = []

  var nextMessage: UInt64 = 1
  var lastBatch: UInt64 = 0
  var committed: UInt64 = 0
  var held: [(batch: UInt64, effects: [Effect])] = []

  /// Takes one event.
  ///
  /// - Returns: What to keep, and what to do now; promises whose batch is not committed come with a later step.
  package mutating func step(_ event: Event, at now: Time) -> Output {
    self.now = now
    switch event {
    case .message(let peer, let tenant, let message): receive(message, from: peer, tenant: tenant)
    case .refused(let peer, let error): refuse(error, from: peer)
    case .disconnected(let peer): probe(peer)
    case .overflowed(let peer): remove(peer, isCrash: false)
    case .committed(let sequence): release(upTo: sequence)
    case .storeFailed: failStore()
    case .tick: tick()
    case .drain: drain()
    }
    dispatch()
    settle()
    return finishStep()
  }

  /// Batches not yet committed.
  package var outstandingBatchCount: Int { Int(lastBatch - committed) }

  /// Whether a peer has said HELLO.
  package func isConnected(_ peer: PeerID) -> Bool { peers[peer] != nil }

  private mutating func finishStep() -> Output {
    var output = Output(effects: effects)
    effects = []
    if !mutations.isEmpty {
      lastBatch += 1
      output.batch = MutationBatch(sequence: lastBatch, mutations: mutations)
      mutations = []
    }
    if !promises.isEmpty {
      if lastBatch > committed { held.append((lastBatch, promises)) } else { output.effects += promises }
      promises = []
    }
    if isDraining && leases.isEmpty && lastBatch == committed && !hasReportedDrained {
      hasReportedDrained = true
      output.effects.append(.drained)
    }
    return output
  }

  private mutating func release(upTo sequence: UInt64) {
    guard !hasFailed else { return }
    precondition(sequence <= lastBatch, "batch \(sequence) is committed, but \(lastBatch) is the last there is")
    committed = max(committed, sequence)
    let count = held.prefix { $0.batch <= committed }.count
    for entry in held.prefix(count) { effects += entry.effects }
    held.removeFirst(count)
  }

  /// Takes back what was about to be promised: whether it was kept is not known.
  private mutating func failStore() {
    hasFailed = true
    for effect in held.flatMap(\.effects) {
      guard case .send(let peer, let message) = effect, let replyTo = message.replyTo, peers[peer]?.worker == nil else { continue }
      reject(storageRejection, to: peer, replyTo: replyTo)
    }
    held = []
  }

  var storageRejection: Message.Reject {
    Message.Reject(
      .storage, "the broker's store failed; it is not known whether this was kept: ask again with the same key",
      retryAfter: configuration.drainTime)
  }

  private mutating func drain() {
    guard !isDraining else { return }
    isDraining = true
    for (peer, record) in peers.sorted(by: { $0.key < $1.key }) {
      if record.worker != nil {
        send(.drain, to: peer)
      } else {
        send(.goAway(Message.GoAway(reason: "the broker is stopping", retryAfter: configuration.retryAfter)), to: peer)
      }
    }
  }
}

extension BrokerState {
  /// Sends what promises nothing.
  mutating func send(_ content: Message.Content, to peer: PeerID, replyTo: UInt64? = nil, payload: [UInt8] = []) {
    effects.append(.send(peer, message(content, replyTo, payload)))
  }

  /// Sends what rests on all that was decided so far.
  mutating func promise(_ content: Message.Content, to peer: PeerID, replyTo: UInt64? = nil, payload: [UInt8] = []) {
    guard !hasFailed else {
      if replyTo != nil, peers[peer]?.worker == nil { reject(storageRejection, to: peer, replyTo: replyTo) }
      return
    }
    promises.append(.send(peer, message(content, replyTo, payload)))
  }

  mutating func reject(_ rejection: Message.Reject, to peer: PeerID, replyTo: UInt64?) {
    send(.reject(rejection), to: peer, replyTo: replyTo)
  }

  private mutating func message(_ content: Message.Content, _ replyTo: UInt64?, _ payload: [UInt8]) -> Message {
    defer { nextMessage += 1 }
    return Message(id: nextMessage, replyTo: replyTo, sentUnixNanoseconds: now.unixNanoseconds, content, payload: payload)
  }
}
