import Broker
import BrokerSimulation
import Protocol

/// A broker with one job, one client, one worker and a disk, as a value: it is copied at every choice, so that all orders in which
/// things can happen are gone through.
struct Interleaving {
  /// What may happen next.
  enum Action: Hashable, CaseIterable {
    /// The client says the next of what it has to say.
    case ask
    /// The worker is ready for a lease.
    case ready
    case start
    case complete
    /// All that is outstanding becomes durable.
    case commit
    /// The broker is killed, and what was not durable is lost.
    case kill
    /// The broker is killed after the store kept everything, and before anybody heard of it.
    case killAfterWrite
  }

  private static let client = Harness.client
  private static let reader = PeerID(identity: [5])
  private static let worker = Harness.worker

  private var state: BrokerState
  private var disk = StoreContents()
  private var uncommitted: [MutationBatch] = []
  private var now: Duration = .seconds(1_000)
  private(set) var checker = Checker()
  private(set) var path: [Action] = []

  private var questions: [Message.Content]
  private var nextQuestion = 0
  private var isReady = false
  private var lease: (lease: Message.Lease, payload: [UInt8])?
  private var hasStarted = false
  private var hasCompleted = false
  private var wasCommitted = false
  private var wasKilled = false
  private var lastEvent: UInt64 = 0
  private var bytes: [UInt8] = []
  private(set) var job = JobID(high: 0, low: 0)

  /// A broker that has accepted a job.
  ///
  /// - Parameter questions: What the client will say of it.
  init(confirmations: Int = 0, _ questions: (JobID) -> [Message.Content]) throws {
    disk.epoch = 1
    self.questions = []
    state = try BrokerState(disk.index, configuration: Self.configuration, seed: 1, at: Time(monotonic: now, unixNanoseconds: 1))
    greet()
    send(.putTemplate, TemplateBundle.encode([Harness.template]), from: Self.client)
    send(
      .submit(Message.Submit(idempotencyKey: "k", confirmations: confirmations)), JobBody.encode(Harness.items()), from: Self.client
    )
    commit()
    guard let id = disk.jobs.keys.first else { throw Harness.Refused(sent: []) }
    job = id
    checker.sawAccepted(id, key: "k", circuits: 1, confirmations: confirmations)
    self.questions = questions(id)
  }

  private static var configuration: BrokerConfiguration {
    var configuration = BrokerConfiguration()
    (configuration.goneTime, configuration.suspectTime) = (.seconds(100_000), .seconds(100_000))
    return configuration
  }

  // MARK: Choices

  /// What can happen now.
  var choices: [Action] {
    Action.allCases.filter { action in
      switch action {
      case .ask: nextQuestion < questions.count
      case .ready: !isReady
      case .start: lease != nil && !hasStarted && !hasCompleted
      case .complete: lease != nil && !hasCompleted
      case .commit: !uncommitted.isEmpty
      case .kill: !wasKilled
      // Without anything written that is the same.
      case .killAfterWrite: !wasKilled && !uncommitted.isEmpty
      }
    }
  }

  /// Whether nothing is left to happen but a restart.
  var isOver: Bool { choices.allSatisfy { $0 == .kill || $0 == .killAfterWrite } }

  mutating func happen(_ action: Action) throws {
    path.append(action)
    now += .milliseconds(1)
    switch action {
    case .ask: ask()
    case .ready:
      isReady = true
      send(.ready(Message.Ready(slots: 1)), from: Self.worker)
    case .start:
      hasStarted = true
      if let lease { send(.started(lease.lease.fence), from: Self.worker) }
    case .complete: try complete()
    case .commit: commit()
    case .kill, .killAfterWrite: try restart(keeps: action == .killAfterWrite)
    }
    look()
  }

  private mutating func ask() {
    let question = questions[nextQuestion]
    nextQuestion += 1
    if case .confirm(let confirm) = question { checker.willReport(confirm.job, confirmations: confirm.count) }
    send(question, from: Self.client)
  }

  private mutating func complete() throws {
    guard let (lease, payload) = lease else { return }
    hasCompleted = true
    let results = try Harness.results(lease, payload)
    send(
      .complete(Message.Complete(fence: lease.fence, job: lease.job, circuits: lease.circuits, busyTime: .milliseconds(1))),
      results,
      from: Self.worker)
  }

  private mutating func restart(keeps: Bool) throws {
    wasKilled = true
    if keeps { for batch in uncommitted { disk.apply(batch) } }
    uncommitted = []
    disk.epoch += 1
    state = try BrokerState(disk.index, configuration: Self.configuration, seed: 2, at: Time(monotonic: now, unixNanoseconds: 1))
    greet()
    // What was not answered is said again.
    nextQuestion = 0
    isReady = false
    if let lease {
      send(.renew([lease.lease.fence]), from: Self.worker)
      hasCompleted = false
    }
  }

  private mutating func greet() {
    for peer in [Self.client, Self.reader] { send(.hello(Message.Hello(role: .client, name: "c")), from: peer) }
    let device = DeviceSummary(name: "cpu", memoryByteCount: 1 << 30)
    send(.hello(Message.Hello(role: .worker, name: "w", devices: [device])), from: Self.worker)
  }

  /// Another client reads all there is to read.
  private mutating func look() {
    bytes = []
    send(.subscribe(Message.Subscribe(job: job, after: lastEvent)), from: Self.reader)
    send(.status(job), from: Self.reader)
    send(.fetch(Message.Fetch(job: job, limit: 1 << 20)), from: Self.reader)
  }

  // MARK: The end

  /// Lets time pass until the job has ended, and holds what was promised against what was seen.
  mutating func finish() throws {
    for _ in 0..<80 {
      commit()
      guard let entry = disk.jobs[job] else { break }
      if entry.state.isTerminal { break }
      if case .held = entry.state { break }
      now += .seconds(1)
      step(.tick)
      if lease != nil && !hasCompleted { try complete() }
      if !isReady { try happen(.ready) }
    }
    look()
    commit()
    look()
    commit()
    if disk.jobs[job]?.state != .held { checker.finish() }
    if wasCommitted && disk.jobs[job]?.parts.isEmpty ?? true { checker.fail("the worker was told that its results are kept") }
    let circuits = disk.jobs[job]?.parts.values.flatMap(\.circuits) ?? []
    if circuits.count > 1 { checker.fail("a circuit has two results") }
  }

  // MARK: Messages

  private mutating func send(_ content: Message.Content, _ payload: [UInt8] = [], from peer: PeerID) {
    let id: UInt64 = if case .retract = content { 3 } else if case .cancel = content { 2 } else { 1 }
    step(.message(peer, tenant: "t", Message(id: id, content, payload: payload)))
  }

  private mutating func commit() {
    guard let last = uncommitted.last?.sequence else { return }
    for batch in uncommitted { disk.apply(batch) }
    uncommitted = []
    step(.committed(upTo: last))
  }

  private mutating func step(_ event: BrokerState.Event) {
    let output = state.step(event, at: Time(monotonic: now, unixNanoseconds: UInt64(now / .nanoseconds(1))))
    if let batch = output.batch { uncommitted.append(batch) }
    for case .send(let peer, let message) in output.effects {
      if peer == Self.worker { receive(message) } else { receive(message, isReader: peer == Self.reader) }
    }
    for case .load(let jobs, let withResults) in output.effects {
      step(.loaded(disk.entries(of: jobs, withResults: withResults), asked: jobs, withResults: withResults))
    }
  }

  private mutating func receive(_ message: Message) {
    switch message.content {
    case .lease(let lease):
      self.lease = (lease, message.payload)
      (hasStarted, hasCompleted) = (false, false)
    case .committed:
      wasCommitted = true
      lease = nil
    case .stale, .revoke: lease = nil
    default: break
    }
  }

  private mutating func receive(_ message: Message, isReader: Bool) {
    switch message.content {
    case .state(let status):
      if message.replyTo == 2 && !isReader { checker.sawCancelAcknowledged(status.job, status.state) }
      if message.replyTo == 3 && !isReader { checker.sawRetractAcknowledged(status) }
      checker.sawStatus(status)
    case .event(let event) where isReader && event.sequence > lastEvent:
      checker.sawEvent(event, after: lastEvent)
      lastEvent = event.sequence
    case .result(let part) where part.offset == bytes.count: bytes += message.payload
    case .streamEnd(let end) where end.byteCount == bytes.count: checker.sawResult(bytes, end)
    default: break
    }
  }
}
