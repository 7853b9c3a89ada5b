package import Broker
internal import Protocol

/// A broker, its store, clients and workers in one thread, on a virtual clock, over a network that misbehaves as a seed says.
package final class World {
  /// What may go wrong, and how often.
  package struct Faults: Sendable {
    var dropProbability = 0.03
    var repeatProbability = 0.03
    var longDelayProbability = 0.05
    var workerDeathProbability = 0.01
    var workerPauseProbability = 0.003
    var clientReconnectProbability = 0.01
    var store = StoreFaults()
    var brokerRestartCount = 4

    package init() {}
  }

  /// The store's disk: what is on it outlives the broker.
  package internal(set) var disk = StoreContents()
  package internal(set) var state: BrokerState?
  package var random: SplitMix64
  var now: Duration = .seconds(100)
  let faults: Faults
  package var checker = Checker()
  var clients: [SimulatedClient] = []
  package internal(set) var workers: [SimulatedWorker] = []
  /// When the network and the processes start to behave.
  let calm: Duration = .seconds(160)
  let end: Duration = .seconds(1_000)
  package var configuration = BrokerConfiguration()
  package private(set) var stepCount = 0
  /// How often each way of failing to commit came about.
  package internal(set) var storeFailures: [StoreFaults.Fate: Int] = [:]

  private var queue: [(due: Duration, order: UInt64, action: () -> Void)] = []
  private var nextOrder: UInt64 = 0
  private var nextIdentity: UInt64 = 0
  /// Grows with each start and end of the broker: what an earlier one had planned does not happen.
  var brokerGeneration = 0
  var uncommitted: [MutationBatch] = []
  var isCommitting = false
  /// Whether a commit of this broker's has failed.
  var hasStoreFailed = false
  /// What was leased under which fence.
  private var leases: [Fence: (job: JobID, circuits: Range<Int>)] = [:]

  init(seed: UInt64, faults: Faults) {
    random = SplitMix64(seed: seed)
    self.faults = faults
    configuration.tenantJobCount = 6
    // So little that jobs are parked and read all the time.
    configuration.residentJobCount = Int.random(in: 0...3, using: &random)
    configuration.residentByteCount = Int.random(in: 0...1, using: &random) << 13
    configuration.tenantSessionCount = 2
    configuration.storeFailureTime = .seconds(Int.random(in: 0...5, using: &random))
    // In some worlds finished jobs give way at once, and leave tombstones.
    if seed % 4 == 3 { configuration.finishedJobCount = 2 }
  }

  package var isCalm: Bool { now >= calm }

  func chance(_ probability: Double) -> Bool { !isCalm && Double.random(in: 0..<1, using: &random) < probability }

  func after(_ delay: Duration, _ action: @escaping () -> Void) {
    nextOrder += 1
    queue.append((now + delay, nextOrder, action))
    var child = queue.count - 1
    while child > 0, isBefore(child, (child - 1) / 2) {
      queue.swapAt(child, (child - 1) / 2)
      child = (child - 1) / 2
    }
  }

  func milliseconds(_ range: ClosedRange<Int>) -> Duration { .milliseconds(Int.random(in: range, using: &random)) }

  func newIdentity() -> PeerID {
    nextIdentity += 1
    return PeerID(identity: (0..<8).map { UInt8(truncatingIfNeeded: nextIdentity >> (8 * $0)) })
  }

  /// Runs until nothing is left to do or the end of time.
  func run() {
    startBroker()
    for restart in 0..<faults.brokerRestartCount {
      after(.seconds(1 + 12 * restart) + milliseconds(0...10_000)) { [unowned self] in restartBroker() }
    }
    while now < end, !queue.isEmpty, !(isCalm && clients.allSatisfy(\.isDone)) {
      let (due, action) = pop()
      now = max(now, due)
      action()
    }
    checker.finish(disk, underWay: state?.diagnosis().jobCount)
  }

  // MARK: Broker

  var time: Time {
    let (seconds, attoseconds) = now.components
    return Time(monotonic: now, unixNanoseconds: UInt64(seconds) * 1_000_000_000 + UInt64(attoseconds / 1_000_000_000))
  }

  func step(_ event: BrokerState.Event) {
    guard let output = state?.step(event, at: time) else { return }
    stepCount += 1
    if let batch = output.batch {
      if hasStoreFailed { checker.fail("a batch is to be kept after a commit failed") }
      uncommitted.append(batch)
    }
    commit()
    for effect in output.effects {
      switch effect {
      case .send(let peer, let message):
        look(at: message)
        deliver(message, to: peer)
      case .load(let jobs, let withResults): load(jobs, withResults: withResults)
      case .failed: endFailedBroker()
      case .forget, .drained, .notice: break
      }
    }
  }

  /// What leaves the broker is held against the disk, before the network has its way with it.
  private func look(at message: Message) {
    if case .lease(let lease) = message.content { leases[lease.fence] = (lease.job, lease.circuits) }
    checker.willSend(message, kept: disk, leases: leases, hasStoreFailed: hasStoreFailed)
  }

  // MARK: Network

  /// A message on its way to the broker.
  func send(_ content: Message.Content, payload: [UInt8] = [], id: UInt64 = 1, from peer: PeerID, tenant: String = "t") {
    let message = Message(id: id, content, payload: payload)
    carry { [unowned self] in step(.message(peer, tenant: tenant, message)) }
  }

  private func deliver(_ message: Message, to peer: PeerID) {
    carry { [unowned self] in
      for client in clients where client.peer == peer { client.receive(message) }
      for worker in workers where worker.peer == peer { worker.receive(message) }
    }
  }

  private func carry(_ action: @escaping () -> Void) {
    if chance(faults.dropProbability) { return }
    let copies = chance(faults.repeatProbability) ? 2 : 1
    for _ in 0..<copies {
      let delay = chance(faults.longDelayProbability) ? milliseconds(1...4_000) : milliseconds(0...3)
      after(delay, action)
    }
  }

  // MARK: Heap

  private func isBefore(_ a: Int, _ b: Int) -> Bool {
    queue[a].due != queue[b].due ? queue[a].due < queue[b].due : queue[a].order < queue[b].order
  }

  private func pop() -> (Duration, () -> Void) {
    let first = queue[0]
    let last = queue.removeLast()
    if !queue.isEmpty {
      queue[0] = last
      var parent = 0
      while true {
        var least = parent
        for child in [2 * parent + 1, 2 * parent + 2] where child < queue.count && isBefore(child, least) { least = child }
        if least == parent { break }
        queue.swapAt(parent, least)
        parent = least
      }
    }
    return (first.due, first.action)
  }
}
