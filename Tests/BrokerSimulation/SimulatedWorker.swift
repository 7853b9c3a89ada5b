internal import Broker
internal import Protocol

/// A worker that executes leases one after the other, dies, pauses, and keeps results until the broker has them.
package final class SimulatedWorker {
  private struct Held {
    var lease: Message.Lease
    var items: [Item]
    var result: [UInt8]?
  }

  unowned let world: World
  private(set) var peer: PeerID
  private var isWelcome = false
  private var held: [Fence: Held] = [:]
  private var order: [Fence] = []
  private var isBusy = false
  private var isPaused = false
  /// Grows with each death: what the dead one had planned does not happen.
  private var life = 0
  private var executions = 0
  package private(set) var deathCount = 0

  init(_ world: World) {
    self.world = world
    peer = world.newIdentity()
    work(0)
    renew(0)
  }

  private func work(_ life: Int) {
    guard life == self.life else { return }
    if !isPaused {
      if world.chance(world.faults.workerDeathProbability) { return die() }
      if world.chance(world.faults.workerPauseProbability) { pause() }
      if !isWelcome {
        world.send(
          .hello(Message.Hello(role: .worker, name: "w", devices: [DeviceSummary(name: "cpu", memoryByteCount: 1 << 30)])),
          from: peer)
      } else {
        world.send(.ready(Message.Ready(slots: 2)), from: peer)
        for fence in order { if let result = held[fence]?.result { complete(fence, result) } }
      }
    }
    world.after(world.milliseconds(200...600)) { [unowned self] in work(life) }
  }

  private func renew(_ life: Int) {
    guard life == self.life else { return }
    if !isPaused && isWelcome && !order.isEmpty { world.send(.renew(order), from: peer) }
    world.after(.seconds(4)) { [unowned self] in renew(life) }
  }

  private func pause() {
    isPaused = true
    let life = life
    world.after(world.milliseconds(100...30_000)) { [unowned self] in
      guard life == self.life else { return }
      isPaused = false
      executeNext()
    }
  }

  private func die() {
    deathCount += 1
    life += 1
    held = [:]
    order = []
    (isBusy, isWelcome, isPaused) = (false, false, false)
    if Bool.random(using: &world.random) { world.step(.disconnected(peer)) }
    peer = world.newIdentity()
    let life = life
    world.after(world.milliseconds(50...2_000)) { [unowned self] in
      work(life)
      renew(life)
    }
  }

  func receive(_ message: Message) {
    guard !isPaused else { return }
    switch message.content {
    case .welcome:
      isWelcome = true
      if !order.isEmpty { world.send(.renew(order), from: peer) }
    case .challenge: isWelcome = false
    case .ping: world.send(.pong, from: peer)
    case .lease(let lease): receive(lease, message.payload)
    case .committed(let fences), .stale(let fences): fences.forEach(forget)
    case .revoke(let fences):
      world.send(.release(fences.filter { held[$0] != nil }), from: peer)
      fences.forEach(forget)
    default: break
    }
  }

  private func receive(_ lease: Message.Lease, _ payload: [UInt8]) {
    guard held[lease.fence] == nil else { return }
    do {
      held[lease.fence] = Held(lease: lease, items: try JobBody.decodeLease(payload))
      order.append(lease.fence)
      executeNext()
    } catch {
      world.checker.fail("lease \(lease.fence) does not read: \(error)")
    }
  }

  private func executeNext() {
    guard !isBusy, !isPaused, let fence = order.first(where: { held[$0]?.result == nil }), let next = held[fence] else { return }
    isBusy = true
    world.send(.started(fence), from: peer)
    let life = life
    world.after(world.milliseconds(1...150)) { [unowned self] in
      guard life == self.life else { return }
      isBusy = false
      if next.items.contains(where: { $0.name == "poison" }) { return die() }
      guard !isPaused else { return }
      if world.chance(0.02) {
        world.send(.fail(Message.Fail(fence: fence, code: "device_failure", message: "", isRetryable: true)), from: peer)
        forget(fence)
      } else if held[fence] != nil {
        let result = results(next)
        held[fence]?.result = result
        complete(fence, result)
      }
      executeNext()
    }
  }

  /// Results that tell two executions apart, so that two visible results could not look like one.
  private func results(_ held: Held) -> [UInt8] {
    executions += 1
    let note = "\(peer) \(executions)"
    return ResultBody.encode(
      held.items.flatMap { item in
        (0..<item.rows.count).map { row in
          CircuitResult(item: item.index, row: item.firstRow + row, outcome: .values(values(note, isRow: !item.rows.names.isEmpty)))
        }
      })
  }

  /// Rows have an expectation value, so that they are written together.
  private func values(_ note: String, isRow: Bool) -> CircuitValues {
    CircuitValues(qubitCount: 1, expectations: isRow ? [.init(value: 0.5)] : [], notes: [note])
  }

  private func complete(_ fence: Fence, _ result: [UInt8]) {
    guard let lease = held[fence]?.lease else { return }
    world.send(
      .complete(Message.Complete(fence: fence, job: lease.job, circuits: lease.circuits, busyTime: .milliseconds(50))),
      payload: result,
      from: peer)
  }

  private func forget(_ fence: Fence) {
    held[fence] = nil
    order.removeAll { $0 == fence }
  }
}
