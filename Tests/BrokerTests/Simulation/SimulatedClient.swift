import Broker
import Protocol

/// A client that submits some jobs, follows, cancels and fetches them, and says everything again until it is answered.
final class SimulatedClient {
  struct Task {
    var key: String
    var template: Template
    var circuits: Int
    var priority: Int
    var deadline: Duration?
    var poison: Int?
    var cancels: Bool
    var job: JobID?
    var lastEvent: UInt64 = 0
    var isTerminal = false
    var isCancelAcknowledged = false
    var bytes: [UInt8] = []
    var hasResult = false
  }

  unowned let world: World
  var peer: PeerID
  var tasks: [Task] = []
  private var isWelcome = false
  private var isSuspended = false

  init(_ world: World, tasks: [Task]) {
    self.world = world
    self.tasks = tasks
    peer = world.newIdentity()
    work()
  }

  var isDone: Bool { tasks.allSatisfy(\.hasResult) }

  /// Says what is still unanswered, again and again.
  private func work() {
    if world.chance(world.faults.clientReconnectProbability) {
      peer = world.newIdentity()
      isWelcome = false
    }
    if !isWelcome {
      world.send(.hello(Message.Hello(role: .client, name: "c")), from: peer)
    } else {
      for index in tasks.indices where !tasks[index].hasResult { advance(index) }
    }
    world.after(world.milliseconds(200...700)) { [unowned self] in work() }
  }

  private func advance(_ index: Int) {
    let task = tasks[index]
    let id = UInt64(index + 1)
    guard let job = task.job else { return submit(index) }
    if task.cancels && !task.isCancelAcknowledged && world.chance(0.3) {
      world.send(.cancel(job), id: id + 1_000, from: peer)
    } else if !task.isTerminal {
      world.send(.subscribe(Message.Subscribe(job: job, after: task.lastEvent)), id: id, from: peer)
      world.send(.status(job), id: id, from: peer)
    } else {
      tasks[index].bytes = []
      world.send(.fetch(Message.Fetch(job: job, limit: 1 << 20)), id: id, from: peer)
    }
  }

  private func submit(_ index: Int) {
    let task = tasks[index]
    world.send(.putTemplate, payload: TemplateBundle.encode([task.template]), from: peer)
    let items = (0..<task.circuits).map {
      Item(template: task.template.digest, name: $0 == task.poison ? "poison" : "", circuit: UInt64($0))
    }
    world.send(
      .submit(Message.Submit(idempotencyKey: task.key, priority: task.priority, deadline: task.deadline)),
      payload: JobBody.encode(items), id: UInt64(index + 1), from: peer)
  }

  func receive(_ message: Message) {
    switch message.content {
    case .welcome: isWelcome = true
    case .challenge: isWelcome = false
    case .accepted(let accepted):
      guard let index = index(of: message) else { return }
      tasks[index].job = accepted.job
      world.checker.sawAccepted(accepted.job, key: tasks[index].key, circuits: tasks[index].circuits)
      world.checker.sawState(accepted.job, accepted.state)
    case .event(let event): receive(event)
    case .state(let status): receive(status, isCancel: (message.replyTo ?? 0) > 1_000)
    case .result(let part):
      guard let index = tasks.firstIndex(where: { $0.job == part.job }), tasks[index].bytes.count == part.offset else { return }
      tasks[index].bytes += message.payload
    case .streamEnd(let end):
      guard let index = tasks.firstIndex(where: { $0.job == end.job }), tasks[index].bytes.count == end.byteCount else { return }
      world.checker.sawResult(tasks[index].bytes, end)
      tasks[index].hasResult = true
    case .reject(let reject): world.checker.sawRejected(reject)
    default: break
    }
  }

  private func receive(_ event: JobEvent) {
    guard let index = tasks.firstIndex(where: { $0.job == event.job }), event.sequence == tasks[index].lastEvent + 1 else { return }
    world.checker.sawEvent(event, after: tasks[index].lastEvent)
    tasks[index].lastEvent = event.sequence
    if event.state.isTerminal { tasks[index].isTerminal = true }
  }

  private func receive(_ status: JobStatus, isCancel: Bool) {
    guard let index = tasks.firstIndex(where: { $0.job == status.job }) else { return }
    if isCancel {
      world.checker.sawCancelAcknowledged(status.job, status.state)
      tasks[index].isCancelAcknowledged = true
    } else if status.state.isTerminal {
      world.checker.sawState(status.job, status.state)
    }
  }

  private func index(of message: Message) -> Int? {
    guard let replyTo = message.replyTo, (1...UInt64(tasks.count)).contains(replyTo) else { return nil }
    return Int(replyTo) - 1
  }
}
