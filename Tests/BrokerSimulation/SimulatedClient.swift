internal import Broker
internal import Protocol

/// A client that submits some jobs, follows, confirms, cancels, retracts, fetches and retries them, and says everything again until
/// it is answered.
final class SimulatedClient {
  struct Task {
    var key: String
    var template: Template
    var circuits: Int
    var priority: Int
    var deadline: Duration?
    var poison: Int?
    var cancels: Bool
    /// Confirmations that the job is held for.
    var confirmations = 0
    var retracts = false
    var isInSession = false
    /// Whether a dead job is tried again, once.
    var retries = false
    /// The job that it runs again.
    var source: JobID?
    var job: JobID?
    var lastEvent: UInt64 = 0
    var isTerminal = false
    var isCancelAcknowledged = false
    var isRetractAcknowledged = false
    var sawRetraction = false
    var reported = 0
    /// Whether it was seen not to be held.
    var isReleased = false
    var bytes: [UInt8] = []
    var partial: (circuits: Range<Int>, bytes: [UInt8])?
    var hasResult = false
    /// Whether the broker has let the job go.
    var isGone = false
    /// Whether it was submitted in its session while that was not known to be closed.
    var wasInTime = false

    var isDone: Bool { hasResult && !retries && (!retracts || isRetractAcknowledged && sawRetraction) }
  }

  /// What a message asks, beside its task's number.
  private enum Question: UInt64 {
    case ask, cancel, requeue, retract, confirm, session, fetchRetracted, partial, forgotten
  }

  unowned let world: World
  var peer: PeerID
  var tasks: [Task] = []
  private let sessionKey: String
  private var session: SessionID?
  private var isSessionClosed = false
  private var isWelcome = false

  init(_ world: World, tasks: [Task], sessionKey: String) {
    self.world = world
    self.tasks = tasks
    self.sessionKey = sessionKey
    peer = world.newIdentity()
    work()
  }

  var isDone: Bool { tasks.allSatisfy(\.isDone) }

  private func roll(_ probability: Double) -> Bool { Double.random(in: 0..<1, using: &world.random) < probability }

  /// Says what is still unanswered, again and again.
  private func work() {
    if world.chance(world.faults.clientReconnectProbability) {
      peer = world.newIdentity()
      isWelcome = false
    }
    if !isWelcome {
      world.send(.hello(Message.Hello(role: .client, name: "c")), from: peer)
    } else {
      useSession()
      for index in tasks.indices where !tasks[index].isDone { advance(index) }
    }
    world.after(world.milliseconds(200...700)) { [unowned self] in work() }
  }

  private func useSession() {
    guard tasks.contains(where: \.isInSession) else { return }
    let id = message(.session, 0)
    if let session, !isSessionClosed {
      if world.chance(0.03) {
        world.send(.sessionClose(Message.SessionClose(session: session, cancelsJobs: roll(0.3))), id: id, from: peer)
      } else if roll(0.1) {
        world.send(.sessionExtend(session), id: id, from: peer)
      }
    } else if session == nil {
      world.send(.sessionOpen(Message.SessionOpen(idempotencyKey: sessionKey, idleTime: .seconds(5))), id: id, from: peer)
    }
  }

  private func message(_ question: Question, _ index: Int) -> UInt64 { question.rawValue * 1_000 + UInt64(index) + 1 }

  private func advance(_ index: Int) {
    let task = tasks[index]
    guard let job = task.job else { return submit(index) }
    if task.retracts && !task.isRetractAcknowledged && roll(task.isTerminal ? 0.5 : 0.05) {
      world.send(.retract(Message.Retract(job: job, reason: "reorganisation")), id: message(.retract, index), from: peer)
    } else if task.cancels && !task.isCancelAcknowledged && world.chance(0.3) {
      world.send(.cancel(job), id: message(.cancel, index), from: peer)
    } else if task.confirmations > 0 && !task.isReleased && roll(0.3) {
      confirm(index, job)
    } else if !task.isTerminal || task.isRetractAcknowledged && !task.sawRetraction {
      world.send(.subscribe(Message.Subscribe(job: job, after: task.lastEvent)), id: message(.ask, index), from: peer)
      world.send(.status(job), id: message(.ask, index), from: peer)
      if task.waits && !task.isTerminal {
        tasks[index].bytes = []
        world.send(.fetch(Message.Fetch(job: job, limit: 1 << 20, waits: true)), id: message(.ask, index), from: peer)
      }
    } else if task.hasResult && task.retries {
      world.send(
        .requeue(Message.Requeue(job: job, idempotencyKey: "again \(task.key)")), id: message(.requeue, index), from: peer)
    } else if !task.hasResult {
      tasks[index].bytes = []
      let question: Question = task.isRetractAcknowledged ? .fetchRetracted : .ask
      world.send(.fetch(Message.Fetch(job: job, limit: 1 << 20)), id: message(question, index), from: peer)
    }
  }

  private func confirm(_ index: Int, _ job: JobID) {
    tasks[index].reported = min(tasks[index].reported + 1, tasks[index].confirmations)
    world.checker.willReport(job, confirmations: tasks[index].reported)
    world.send(.confirm(Message.Confirm(job: job, count: tasks[index].reported)), id: message(.confirm, index), from: peer)
  }

  private func submit(_ index: Int) {
    let task = tasks[index]
    if let source = task.source {
      let requeue = Message.Requeue(job: source, idempotencyKey: task.key)
      return world.send(.requeue(requeue), id: message(task.isGone ? .forgotten : .ask, index), from: peer)
    }
    if task.isInSession && session == nil { return }
    world.send(.putTemplate, payload: TemplateBundle.encode([task.template]), from: peer)
    if task.isInSession && !isSessionClosed { tasks[index].wasInTime = true }
    let submit = Message.Submit(
      idempotencyKey: task.key, priority: task.priority, deadline: task.deadline, confirmations: task.confirmations,
      session: task.isInSession ? session : nil)
    world.send(
      .submit(submit), payload: JobBody.encode(task.items), id: message(task.isGone ? .forgotten : .ask, index), from: peer)
  }

  // MARK: What comes

  func receive(_ message: Message) {
    switch message.content {
    case .welcome: isWelcome = true
    case .challenge: isWelcome = false
    case .accepted(let accepted): receive(accepted, message)
    case .event(let event): receive(event)
    case .state(let status): receive(status, question(of: message))
    case .result(let part): receive(part, message.payload)
    case .streamEnd(let end): receive(end, question(of: message))
    case .sessionState(let status):
      session = status.session
      isSessionClosed = isSessionClosed || !status.isOpen
      world.checker.sawSession(status.session, key: sessionKey)
    case .reject(let reject): receive(reject, message)
    default: break
    }
  }

  private func receive(_ accepted: Message.Accepted, _ message: Message) {
    guard let index = index(of: message) else { return }
    guard question(of: message) != .requeue else { return receiveRequeued(accepted, index) }
    let task = tasks[index]
    // An answer from before the job went may still come.
    guard !task.isGone || question(of: message) == .forgotten else { return }
    if task.isInSession && !task.wasInTime && !accepted.isDuplicate {
      world.checker.fail("job \(accepted.job): accepted into a session after it was seen to be closed")
    }
    tasks[index].job = accepted.job
    world.checker.sawAccepted(accepted.job, key: task.key, circuits: task.circuits, confirmations: task.confirmations)
    // Its cause may be another reader's confirmation, so the state says only whether it has ended.
    if accepted.state.isTerminal { world.checker.sawState(accepted.job, accepted.state) }
    if task.isGone {
      world.checker.sawForgotten(accepted.state, of: accepted.job)
      (tasks[index].hasResult, tasks[index].retries, tasks[index].retracts) = (true, false, false)
    }
  }

  /// The new job is followed like any other.
  private func receiveRequeued(_ accepted: Message.Accepted, _ index: Int) {
    guard tasks[index].retries, let old = tasks[index].job else { return }
    tasks[index].retries = false
    var task = Task(
      key: "again \(tasks[index].key)", template: tasks[index].template, circuits: tasks[index].circuits, priority: 0, poison: nil,
      cancels: false)
    (task.source, task.job) = (tasks[index].job, accepted.job)
    tasks.append(task)
    world.checker.sawAccepted(accepted.job, key: task.key, circuits: task.circuits)
    world.checker.sawRequeued(accepted.job, from: old)
  }

  private func receive(_ event: JobEvent) {
    guard let index = tasks.firstIndex(where: { $0.job == event.job }), event.sequence == tasks[index].lastEvent + 1 else { return }
    world.checker.sawEvent(event, after: tasks[index].lastEvent)
    tasks[index].lastEvent = event.sequence
    if event.state != .held { tasks[index].isReleased = true }
    if event.isRetracted { tasks[index].sawRetraction = true }
    if event.state.isTerminal {
      tasks[index].isTerminal = true
      if event.state != .dead && event.state != .failed { tasks[index].retries = false }
    } else if let circuits = event.circuits.first {
      tasks[index].partial = (circuits, [])
      world.send(
        .fetch(Message.Fetch(job: event.job, limit: 1 << 20, circuits: circuits)), id: message(.partial, index), from: peer)
    }
  }

  private func receive(_ status: JobStatus, _ question: Question) {
    guard let index = tasks.firstIndex(where: { $0.job == status.job }) else { return }
    switch question {
    case .cancel:
      world.checker.sawCancelAcknowledged(status.job, status.state)
      tasks[index].isCancelAcknowledged = true
    case .retract:
      world.checker.sawRetractAcknowledged(status)
      tasks[index].isRetractAcknowledged = true
    default: world.checker.sawStatus(status)
    }
  }

  private func receive(_ part: Message.ResultPart, _ payload: [UInt8]) {
    guard let index = tasks.firstIndex(where: { $0.job == part.job }) else { return }
    if let circuits = part.circuits {
      guard tasks[index].partial?.circuits == circuits, tasks[index].partial?.bytes.count == part.offset else { return }
      tasks[index].partial?.bytes += payload
    } else if tasks[index].bytes.count == part.offset {
      tasks[index].bytes += payload
    }
  }

  private func receive(_ end: Message.StreamEnd, _ question: Question) {
    guard let index = tasks.firstIndex(where: { $0.job == end.job }) else { return }
    if let circuits = end.circuits {
      guard let partial = tasks[index].partial, partial.circuits == circuits, partial.bytes.count == end.byteCount else { return }
      world.checker.sawPartial(partial.bytes, end, of: circuits)
      tasks[index].partial = nil
    } else if tasks[index].bytes.count == end.byteCount {
      world.checker.sawResult(tasks[index].bytes, end, mustBeRetracted: question == .fetchRetracted)
      tasks[index].hasResult = true
    }
  }

  private func receive(_ reject: Message.Reject, _ message: Message) {
    world.checker.sawRejected(reject)
    guard let index = index(of: message) else { return }
    switch (question(of: message), reject.code) {
    case (.ask, .sessionClosed): tasks[index].isInSession = false
    // What there was may still be asked for by the key.
    case (.ask, .gone), (.fetchRetracted, .gone), (.retract, .gone), (.cancel, .gone), (.confirm, .gone), (.requeue, .gone):
      guard !tasks[index].isGone else { return }
      (tasks[index].isGone, tasks[index].job, tasks[index].isInSession) = (true, nil, false)
    case (.requeue, .invalidValue): tasks[index].retries = false
    default: break
    }
  }

  private func question(of message: Message) -> Question {
    message.replyTo.flatMap { Question(rawValue: $0 / 1_000) } ?? .ask
  }

  private func index(of message: Message) -> Int? {
    guard let replyTo = message.replyTo, (1...UInt64(tasks.count)).contains(replyTo % 1_000) else { return nil }
    return Int(replyTo % 1_000) - 1
  }
}

extension SimulatedClient.Task {
  /// Whether its result is asked for before its end.
  fileprivate var waits: Bool { circuits.isMultiple(of: 3) }

  /// Its circuits: items of their own, or rows of one.
  fileprivate var items: [Item] {
    let values = (0..<circuits).map(Double.init)
    if poison == nil, circuits.isMultiple(of: 2), let rows = try? ParameterRows(names: ["t"], values: values, count: circuits) {
      return [Item(template: template.digest, rows: rows)]
    }
    return (0..<circuits).map { Item(template: template.digest, name: $0 == poison ? "poison" : "", circuit: UInt64($0)) }
  }
}
