internal import Circuits

/// Runs the branches of one row, depth first.
struct BranchRunner<Register: StateRegister & ~Copyable> {
  typealias Box = RegisterBox<PlannedRegister<Register>>

  let program: Program
  let first: Branch<PlannedRegister<Register>>
  let random: RandomStream
  /// Whether branches carry probabilities instead of shots.
  let isExact: Bool
  let stop: StopFlag
  /// Watches the plans of the first branch, which goes where most shots or most of the probability go.
  var recorder: PlanRecorder?
  let take: () throws(SimulatorError) -> Box?
  let give: (Box) -> Void

  /// Runs everything and returns the device's name.
  func run(_ accumulator: inout RowAccumulator) throws(SimulatorError) -> String {
    var pending = [first]
    var device = ""
    var leafCount = 0
    while var branch = pending.popLast() {
      let box = try prepare(&branch)
      let isWhole = try advance(&branch, box, &pending, &accumulator)
      if let recorder, recorder.isOpen { recorder.close(idleQubits: idleQubits(of: box), outcomes: branch.history) }
      if isWhole {
        if accumulator.request.wantsStatevector { try box.register.restoreOrder() }
        try accumulator.add(branch, program, box.register, random)
      } else {
        accumulator.discarded += branch.weight
      }
      device = box.register.deviceName
      give(box)
      leafCount += 1
      guard !isExact || leafCount <= Limits.exactBranchCount else {
        throw SimulatorError(
          .limitExceeded, "more than \(Limits.exactBranchCount) measurement histories; ask for shots to sample them")
      }
    }
    return device
  }

  /// Those of the circuit: one without qubits runs on a register that has one.
  private func idleQubits(of box: Box) -> [Int] { box.register.idleQubits.filter { $0 < program.qubitCount } }

  /// Gives a branch its state; one without is started anew, and its history repeated.
  private func prepare(_ branch: inout Branch<PlannedRegister<Register>>) throws(SimulatorError) -> Box {
    if let box = branch.state {
      branch.state = nil
      return box
    }
    guard let box = try take() else { throw SimulatorError(.outOfMemory, "no register for a measurement history") }
    try box.register.reset(to: 0)
    (branch.position, branch.met, branch.queue) = (first.position, 0, [])
    return box
  }

  /// Runs until the branch ends; pushes the other side wherever it splits.
  ///
  /// Returns false for a branch left on the way: one that stays in a loop for as long as a measurement says so has no end, only a weight
  /// that falls with every pass.
  private func advance(
    _ branch: inout Branch<PlannedRegister<Register>>, _ box: Box, _ pending: inout [Branch<PlannedRegister<Register>>],
    _ accumulator: inout RowAccumulator
  ) throws(SimulatorError) -> Bool {
    var budget = StepBudget()
    var queue = branch.queue
    branch.queue = []
    while true {
      try stop.check()
      try budget.spend()
      let step = program.steps[branch.position.step]
      if isExact, branch.weight <= Limits.discardedBranchWeight { return false }
      branch.position.step += 1
      switch step {
      case .operation(let operation): queue.append(operation)
      case .gate(let operation): if let bound = try bound(operation, branch) { queue.append(bound) }
      case .measure, .reset, .end: try flush(&queue, box)
      default: break
      }
      if queue.count >= Limits.planWindow { try flush(&queue, box) }
      switch step {
      case .operation, .gate: break
      case .noise(let noise) where passes(noise, &branch, &queue): break
      case .measure, .reset, .noise: try decide(step, &queue, &branch, box, &pending, &accumulator)
      case .end: return true
      default: try SimulatorError.translating { () throws(CircuitError) in try branch.position.run(step) }
      }
    }
  }

  private func bound(_ operation: GateOperation, _ branch: Branch<PlannedRegister<Register>>) throws(SimulatorError)
    -> StateOperation?
  {
    let resolved = try SimulatorError.translating { () throws(CircuitError) in try operation.resolved(in: branch.position.memory) }
    return StateOperation.lowered(resolved)
  }

  /// Applies what has gathered since the last measurement.
  func flush(_ queue: inout [StateOperation], _ box: Box) throws(SimulatorError) {
    guard !queue.isEmpty else { return }
    try box.register.apply(queue, recorder: recorder.flatMap { $0.isOpen ? $0 : nil }, check: stop.check)
    queue.removeAll(keepingCapacity: true)
  }
}
