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
    (branch.position, branch.met) = (first.position, 0)
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
    var executed = 0
    var queue = [StateOperation]()
    while true {
      try stop.check()
      executed += 1
      guard executed <= Limits.dynamicStepCount else {
        throw SimulatorError(
          .limitExceeded, "a circuit that runs more than \(Limits.dynamicStepCount) steps; is there a loop without an end?")
      }
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
      case .measure(let qubit, let bit):
        let outcome = try decide(qubit, &branch, box, &pending, &accumulator)
        if let bit { branch.position.memory.bits[bit] = outcome }
      case .reset(let qubit):
        if try decide(qubit, &branch, box, &pending, &accumulator) {
          try box.register.apply(.permutation([1, 0], targets: [qubit], controls: .none))
        }
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
  private func flush(_ queue: inout [StateOperation], _ box: Box) throws(SimulatorError) {
    guard !queue.isEmpty else { return }
    try box.register.apply(queue, recorder: recorder.flatMap { $0.isOpen ? $0 : nil }, check: stop.check)
    queue.removeAll(keepingCapacity: true)
  }

  // MARK: Outcomes

  /// Chooses a qubit's outcome for this branch, collapses the state, and pushes a branch for the other outcome if any shot (or probability) goes there.
  private func decide(
    _ qubit: Int, _ branch: inout Branch<PlannedRegister<Register>>, _ box: Box,
    _ pending: inout [Branch<PlannedRegister<Register>>],
    _ accumulator: inout RowAccumulator
  ) throws(SimulatorError) -> Bool {
    let distribution = try box.register.probabilities(of: [qubit])
    let total = distribution[0] + distribution[1]
    let one = total > 0 ? distribution[1] / total : 0
    if branch.met < branch.history.count {
      let outcome = branch.history[branch.met]
      branch.met += 1
      try collapse(qubit, outcome, distribution, box)
      return outcome
    }
    let outcome = try split(one, qubit, distribution, &branch, box, &pending, &accumulator)
    branch.history.append(outcome)
    branch.met += 1
    try collapse(qubit, outcome, distribution, box)
    return outcome
  }

  private func split(
    _ one: Double, _ qubit: Int, _ distribution: [Double], _ branch: inout Branch<PlannedRegister<Register>>, _ box: Box,
    _ pending: inout [Branch<PlannedRegister<Register>>], _ accumulator: inout RowAccumulator
  ) throws(SimulatorError) -> Bool {
    var other = branch
    let outcome: Bool
    if isExact {
      outcome = one >= 0.5
      let larger = outcome ? one : 1 - one
      other.weight = branch.weight * (1 - larger)
      branch.weight *= larger
      guard other.weight > Limits.discardedBranchWeight else {
        accumulator.discarded += other.weight
        return outcome
      }
    } else {
      let site = UInt32(branch.history.count)
      let threshold = one >= 1 ? nil : UInt64(one * 0x1p64)
      let ones = branch.shots.filter { shot in threshold.map { random.draw(shot: shot, site: site) < $0 } ?? true }
      guard !ones.isEmpty, ones.count < branch.shots.count else { return !ones.isEmpty }
      let chosen = Set(ones)
      let zeros = branch.shots.filter { !chosen.contains($0) }
      outcome = ones.count >= zeros.count
      (branch.shots, other.shots) = outcome ? (ones, zeros) : (zeros, ones)
    }
    try push(&other, outcome: !outcome, qubit, distribution, box, &pending)
    return outcome
  }

  /// Pushes the other side, with a copy of the state if one more register may live.
  private func push(
    _ other: inout Branch<PlannedRegister<Register>>, outcome: Bool, _ qubit: Int, _ distribution: [Double], _ box: Box,
    _ pending: inout [Branch<PlannedRegister<Register>>]
  ) throws(SimulatorError) {
    other.history.append(outcome)
    if let copy = try takeCopy(of: box) {
      other.met += 1
      try finish(&other, outcome, qubit, distribution, copy)
      other.state = copy
    }
    pending.append(other)
  }

  /// A copy of a state; nil, and the branch is replayed later, if there is no room for one.
  private func takeCopy(of box: Box) throws(SimulatorError) -> Box? {
    do throws(SimulatorError) {
      guard let copy = try take() else { return nil }
      try copy.register.copy(from: box.register)
      return copy
    } catch {
      guard error.code == .outOfMemory else { throw error }
      return nil
    }
  }

  /// Does for a copied branch what the step does after the outcome is known; the step counter is already past it.
  private func finish(
    _ branch: inout Branch<PlannedRegister<Register>>, _ outcome: Bool, _ qubit: Int, _ distribution: [Double], _ box: Box
  ) throws(SimulatorError) {
    try collapse(qubit, outcome, distribution, box)
    switch program.steps[branch.position.step - 1] {
    case .measure(_, let bit?): branch.position.memory.bits[bit] = outcome
    case .reset where outcome: try box.register.apply(.permutation([1, 0], targets: [qubit], controls: .none))
    default: break
    }
  }

  private func collapse(_ qubit: Int, _ outcome: Bool, _ distribution: [Double], _ box: Box) throws(SimulatorError) {
    let mask = UInt64(1) << UInt64(qubit)
    let probability = distribution[outcome ? 1 : 0]
    precondition(probability > 0, "collapse on an outcome of probability 0")
    try box.register.collapse(mask: mask, values: outcome ? mask : 0, scale: 1 / probability.squareRoot())
  }
}
