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
/// All a peer learns of a job is a promise: state, events, results, and that they are gone or its key is taken, would otherwise show
/// what a crash undoes. Refusals that say nothing of a job are sent at once. After a commit that failed nothing is promised at all: see
/// ``StoreFailure``.
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
    /// The peer's key is no longer authorized, or stands for something else.
    case revoked(PeerID)
    /// All batches up to this one are durable.
    case committed(upTo: UInt64)
    /// A commit failed: it is not known which of the batches that were not committed are durable.
    case commitFailed(reason: String)
    /// Jobs that a `load` asked for; those that are missing are not in the store.
    case loaded([StoreContents.Entry], asked: [JobID], withResults: Bool)
    /// A job that a `load` asked for is not what was written, or could not be read this time.
    case loadFailed(JobID, LoadFailure)
    /// An operator grants tenants something else.
    case policies(TenantPolicies)
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
    /// Read jobs from the store, and answer with `loaded`, or `loadFailed` for each that cannot be read.
    case load([JobID], withResults: Bool)
    /// No lease is out and none will be: the service may stop.
    case drained
    /// The store failed, and those who asked were told for a while: the service ends with this as its error.
    case failed(reason: String)
    /// Something that an operator wants to read in the log.
    case notice(Notice)
  }

  /// What an operator wants to know of.
  package enum Notice: Hashable, Sendable {
    /// Two workers do not agree: one of them is wrong.
    case auditMismatch(AuditMismatch)
    /// Results were not taken, or taken without their receipt.
    case receiptRefused(worker: String, job: JobID, circuits: Range<Int>, reason: String)
  }

  /// The answer to an event.
  package struct Output: Sendable {
    package var batch: MutationBatch?
    /// Whether somebody waits for a batch to be committed.
    package var isAwaited = false
    package var effects: [Effect] = []
  }

  enum Timer: Sendable {
    case deadline(JobID)
    case retry(JobID, group: Int)
    case read(JobID)
    case sessionIdle(SessionID)
    case sessionEnd(SessionID)
  }

  /// A time in which the broker itself did not run.
  struct Pause: Sendable {
    /// Whoever is lost before this has most likely hung up on the broker's silence.
    var forgivenUntil: Duration
    /// The first lease given out after it.
    var nextFence: Fence
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
  /// What each tenant is granted, as an operator said last.
  var policies: TenantPolicies
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
  /// Who waits for the results of jobs that have not ended.
  var awaiters: [JobID: Set<PeerID>] = [:]
  var usage: [String: Usage] = [:]
  var byteCount = 0
  var resultByteCount = 0
  var finishedJobs = Queue<JobID>()
  /// Those of the finished jobs whose result is kept.
  var keptResults = Queue<JobID>()

  /// Jobs that are in the store alone.
  var parked: [JobID: ParkedLine] = [:]
  /// The templates of parked jobs that came to nothing and keep their items.
  var parkedTemplates: [JobID: Set<Digest>] = [:]
  /// Of parked jobs that wait: how many there are, and their bytes and circuits.
  var parkedWaitingCount = 0
  var parkedByteCount = 0
  var parkedCircuitCount = 0
  /// Jobs that are being read, and whether with results.
  var loading: [JobID: Bool] = [:]
  var waiters: [UInt64: Waiter] = [:]
  var waitersByJob: [JobID: [UInt64]] = [:]
  var nextWaiter: UInt64 = 0
  /// How many waiters a job has, which keep it in memory.
  var pins: [JobID: Int] = [:]
  /// Accepted jobs that are to be parked once they are durable.
  var candidates = Queue<JobID>()
  /// Uses of finished jobs, the longest past first; of a job the last counts.
  var uses = Queue<(job: JobID, use: UInt64)>()
  var nextUse: UInt64 = 0
  /// Finished jobs in memory, and the bytes of their results.
  var residentFinishedCount = 0
  var residentByteCount = 0
  /// Finished jobs that gave way before their time.
  var tombstones: [JobID: Tombstone] = [:]
  var tombstonesByKey: [IdempotencyKey: JobID] = [:]
  var buried = Queue<JobID>()

  var sessions: [SessionID: SessionRecord] = [:]
  var sessionsByKey: [IdempotencyKey: SessionID] = [:]
  var openSessionCounts: [String: Int] = [:]
  var closedSessions = Queue<SessionID>()

  var leases: [Fence: LeaseRecord] = [:]
  var nextFence: UInt64 = 1
  /// Of what waits for another try; see ``keep(_:of:)``.
  var nextRetry: UInt64 = 1
  var ready: ReadyQueue
  var timers = TimerQueue<Timer>()
  var lastTick: Duration
  var lastPause: Pause?

  var templates = TemplateStore()

  /// Results that are run a second time, for comparison.
  var audits: AuditBook

  /// Jobs whose state is to be looked at before the step ends.
  var touched: Set<JobID> = []
  /// Jobs with circuits completed since their last event.
  var progressing: Set<JobID> = []
  var isDraining = false
  /// Whether the service was told to stop.
  var hasEnded = false
  /// Since when, and why, nothing is promised any more.
  var failure: StoreFailure?

  // What the current step has gathered.
  var mutations: [Mutation] = []
  var effects: [Effect] = []
  var promises: [Effect] = []

  var nextMessage: UInt64 = 1
  var lastBatch: UInt64 = 0
  var committed: UInt64 = 0
  var held: [(batch: UInt64, effects: [Effect], isPatient: Bool)] = []
  /// Jobs that the current step accepted from peers that wait for their end.
  var patientJobs: [JobID] = []

  /// Takes one event.
  ///
  /// - Returns: What to keep, and what to do now; promises whose batch is not committed come with a later step.
  package mutating func step(_ event: Event, at now: Time) -> Output {
    self.now = now
    forgivePause()
    switch event {
    case .message(let peer, let tenant, let message): receive(message, from: peer, tenant: tenant)
    case .refused(let peer, let error): refuse(error, from: peer)
    case .disconnected(let peer): probe(peer)
    case .overflowed(let peer): remove(peer, isCrash: false)
    case .revoked(let peer): revoke(peer)
    case .committed(let sequence): release(upTo: sequence)
    case .commitFailed(let reason): failStore(reason)
    case .loaded(let entries, let asked, let withResults): take(entries, asked: asked, withResults: withResults)
    case .loadFailed(let job, let failure): refuseDamaged(job, failure)
    case .policies(let policies): grant(policies)
    case .tick: tick()
    case .drain: drain()
    }
    guard failure == nil else { return finishFailedStep() }
    dispatch()
    dispatchAudits()
    settle()
    park()
    return finishStep()
  }

  /// Batches not yet committed.
  package var outstandingBatchCount: Int { Int(lastBatch - committed) }

  /// Jobs of which more than a line is in memory.
  package var residentJobCount: Int { jobs.count }

  /// How audits ended, and how many receipts were refused.
  package var auditCounts: AuditCounts { audits.currentCounts }

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
      if lastBatch > committed { held.append((lastBatch, promises, arePatient)) } else { output.effects += promises }
      promises = []
    }
    patientJobs = []
    output.isAwaited = isDraining || held.contains { !$0.isPatient }
    if isDraining && leases.isEmpty && lastBatch == committed && !hasEnded {
      hasEnded = true
      output.effects.append(.drained)
    }
    return output
  }

  /// Whether this step promised nothing but to keep jobs that are about to end, to peers that wait for that: what each is told then rests on
  /// a commit of both.
  private var arePatient: Bool {
    promises.count == patientJobs.count
      && patientJobs.allSatisfy { id in
        guard let job = jobs[id], job.leasedCount == job.total else { return false }
        return job.leases.allSatisfy { fence in
          guard let lease = leases[fence], let worker = lease.worker else { return false }
          return lease.expectedSeconds <= Limits.patience && leaseCount(worker) == 1
        }
      }
  }

  private mutating func release(upTo sequence: UInt64) {
    guard failure == nil else { return }
    precondition(sequence <= lastBatch, "batch \(sequence) is committed, but \(lastBatch) is the last there is")
    committed = max(committed, sequence)
    let count = held.prefix { $0.batch <= committed }.count
    for entry in held.prefix(count) { effects += entry.effects }
    held.removeFirst(count)
  }

  private mutating func grant(_ policies: TenantPolicies) {
    self.policies = policies
    ready.set(policies)
  }

  private mutating func drain() {
    guard !isDraining else { return }
    isDraining = true
    guard failure == nil else { return }
    abandonAudits()
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
