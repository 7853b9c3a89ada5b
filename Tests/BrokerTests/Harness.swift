import Broker
import Protocol
import Testing

/// A broker state with a clock in hand and a store that commits when told, or at once.
struct Harness {
  var state: BrokerState
  var disk: StoreContents
  var now: Duration = .seconds(1_000)
  /// By how much the wall clock was set on or back.
  var wallClockStep: Duration = .zero
  /// Whether every batch is committed right after its step.
  var commitsAtOnce = true
  /// Whether what is asked of the store is read at once.
  var readsAtOnce = true
  private(set) var uncommitted: [MutationBatch] = []

  static let client = PeerID(identity: [1])
  static let worker = PeerID(identity: [2])
  static let otherWorker = PeerID(identity: [3])
  static let template = Self.makeTemplate()

  private static func makeTemplate() -> Template {
    do {
      return try Template(openQASM: "OPENQASM 3.0; qubit q;")
    } catch {
      preconditionFailure("\(error)")
    }
  }

  init(
    _ contents: StoreContents = StoreContents(), at start: Duration = .seconds(1_000),
    configure: (inout BrokerConfiguration) -> Void = { _ in }
  ) throws {
    var configuration = BrokerConfiguration()
    configure(&configuration)
    disk = contents
    disk.epoch += 1
    now = start
    state = try BrokerState(disk.index, configuration: configuration, seed: 1, at: Self.time(start))
  }

  /// The wall clock goes as the other one does, but for its steps.
  private static func time(_ now: Duration, wallClockStep: Duration = .zero) -> Time {
    Time(
      monotonic: now,
      unixNanoseconds: UInt64(1_700_000_000_000_000_000 + Int64((now + wallClockStep - .seconds(1_000)) / .nanoseconds(1))))
  }

  /// One step; the messages that leave, in order.
  @discardableResult
  mutating func step(_ event: BrokerState.Event) -> [Sent] {
    let output = state.step(event, at: Self.time(now, wallClockStep: wallClockStep))
    effects += output.effects
    isAwaited = output.isAwaited
    var sent = output.effects.compactMap(Sent.init)
    if let batch = output.batch {
      uncommitted.append(batch)
      if commitsAtOnce { sent += commit() }
    }
    for case .load(let jobs, let withResults) in output.effects where readsAtOnce { sent += load(jobs, withResults: withResults) }
    return sent
  }

  private(set) var effects: [BrokerState.Effect] = []
  /// Whether the last step left somebody waiting for a commit.
  private(set) var isAwaited = false

  /// Reads jobs from the disk.
  mutating func load(_ jobs: [JobID], withResults: Bool) -> [Sent] {
    step(.loaded(disk.entries(of: jobs, withResults: withResults), asked: jobs, withResults: withResults))
  }

  /// Makes all that is outstanding durable.
  mutating func commit() -> [Sent] {
    guard let last = uncommitted.last?.sequence else { return [] }
    for batch in uncommitted { disk.apply(batch) }
    uncommitted = []
    return step(.committed(upTo: last))
  }

  struct Sent: Equatable {
    var peer: PeerID
    var message: Message

    init?(_ effect: BrokerState.Effect) {
      guard case .send(let peer, let message) = effect else { return nil }
      (self.peer, self.message) = (peer, message)
    }

    var content: Message.Content { message.content }
  }

  @discardableResult
  mutating func send(_ content: Message.Content, payload: [UInt8] = [], id: UInt64 = 5, from peer: PeerID, tenant: String = "t")
    -> [Sent]
  {
    step(.message(peer, tenant: tenant, Message(id: id, content, payload: payload)))
  }

  @discardableResult
  mutating func pass(_ duration: Duration) -> [Sent] {
    var sent: [Sent] = []
    let end = now + duration
    while now < end {
      now = min(end, now + .milliseconds(100))
      sent += step(.tick)
    }
    return sent
  }

  // MARK: Usual beginnings

  mutating func connectClient(_ peer: PeerID = client, tenant: String = "t") {
    send(.hello(Message.Hello(role: .client, name: "client")), from: peer, tenant: tenant)
    send(.putTemplate, payload: TemplateBundle.encode([Self.template]), from: peer, tenant: tenant)
  }

  /// A worker that is ready; what it is sent at once.
  @discardableResult
  mutating func connectWorker(
    _ peer: PeerID = worker, slots: Int = 1, device: DeviceSummary = DeviceSummary(name: "cpu", memoryByteCount: 1 << 30),
    name: String = "worker", signingKey: Digest? = nil
  )
    -> [Sent]
  {
    send(.hello(Message.Hello(role: .worker, name: name, devices: [device], signingKey: signingKey)), from: peer)
    return send(.ready(Message.Ready(slots: slots)), from: peer)
  }

  static func items(_ count: Int = 1, settings: ExecutionSettings = ExecutionSettings(), qubitCount: Int = 0) -> [Item] {
    (0..<count).map { Item(template: template.digest, circuit: UInt64($0), settings: settings, qubitCount: qubitCount) }
  }

  /// Submits and gives the job's name.
  mutating func submit(
    _ items: [Item] = items(), key: String = "k", priority: Int = 0, deadline: Duration? = nil, confirmations: Int = 0,
    session: SessionID? = nil, from peer: PeerID = client, tenant: String = "t"
  ) throws -> JobID {
    let submit = Message.Submit(
      idempotencyKey: key, priority: priority, deadline: deadline, confirmations: confirmations, session: session)
    let sent = send(.submit(submit), payload: JobBody.encode(items), from: peer, tenant: tenant)
    for case .accepted(let accepted) in sent.map(\.content) { return accepted.job }
    throw Refused(sent: sent)
  }

  struct Refused: Error { var sent: [Sent] }

  /// Results as a worker would send them.
  static func results(_ lease: Message.Lease, _ payload: [UInt8], note: String = "") throws -> [UInt8] {
    ResultBody.encode(
      try JobBody.decodeLease(payload).flatMap { item in
        (0..<item.rows.count).map { row in
          CircuitResult(item: item.index, row: item.firstRow + row, outcome: .values(CircuitValues(qubitCount: 1, notes: [note])))
        }
      })
  }

  @discardableResult
  mutating func complete(_ sent: Sent, from peer: PeerID = worker, busy: Duration = .milliseconds(10), note: String = "") throws
    -> [Sent]
  {
    let lease = try #require(sent.lease)
    let payload = try Self.results(lease, sent.message.payload, note: note)
    return send(
      .complete(Message.Complete(fence: lease.fence, job: lease.job, circuits: lease.circuits, busyTime: busy)), payload: payload,
      from: peer)
  }

  mutating func status(_ job: JobID) throws -> JobStatus {
    for case .state(let status) in send(.status(job), from: Self.client).map(\.content) { return status }
    throw Refused(sent: [])
  }
}

extension Harness {
  /// A job's events from the first on.
  mutating func events(_ job: JobID) -> [JobEvent] {
    send(.subscribe(Message.Subscribe(job: job)), from: Self.client).compactMap(\.event)
  }

  /// The status that a question about a job is answered with.
  mutating func answer(_ content: Message.Content) throws -> JobStatus {
    let sent = send(content, from: Self.client)
    for case .state(let status) in sent.map(\.content) { return status }
    throw Refused(sent: sent)
  }

  /// A broker that starts from what this one has kept, at the same time.
  func restarted(configure: (inout BrokerConfiguration) -> Void = { _ in }) throws -> Harness {
    var after = try Harness(disk, at: now, configure: configure)
    after.connectClient()
    return after
  }
}

extension Harness.Sent {
  var lease: Message.Lease? {
    guard case .lease(let lease) = content else { return nil }
    return lease
  }

  var rejection: Message.Reject? {
    guard case .reject(let rejection) = content else { return nil }
    return rejection
  }

  var event: JobEvent? {
    guard case .event(let event) = content else { return nil }
    return event
  }
}

extension [Harness.Sent] {
  var leases: [Harness.Sent] { filter { $0.lease != nil } }
  var contents: [Message.Content] { map(\.content) }
  var rejections: [Message.Reject] { compactMap(\.rejection) }
  func types(to peer: PeerID) -> [MessageType] { filter { $0.peer == peer }.map(\.content.type) }
}
