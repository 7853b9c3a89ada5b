internal import Circuits

/// Runs the branches of one row, depth first or in groups.
struct BranchRunner<Register: StateRegister & ~Copyable> {
  typealias Box = RegisterBox<PlannedRegister<Register>>

  let program: Program
  let start: ProgramPosition
  let random: RandomStream
  /// Whether branches carry probabilities instead of shots.
  let isExact: Bool
  let stop: StopFlag
  /// Watches the plans of the first branch, which goes where most shots or most of the probability go.
  var recorder: PlanRecorder?
  let registers: RegisterPool<PlannedRegister<Register>>
  /// What is gone through at once; nil where each step is looked at.
  var segments: SegmentCache<Register>?
  /// When a branch is put aside, so that others can run beside it; nil if it runs to its end.
  var grouping: BranchGrouping?
  /// Where several states lie side by side, for branches that start from one; nil where each runs by itself.
  var wideRegisters: WideRegisters<Register>?
  /// Where a branch is put aside whose state is wanted as it was there: the next step, and how many outcomes were met.
  var goal: (step: Int, met: Int)?

  /// What becomes of a branch that is followed.
  enum Ending {
    /// It is at the end of the program.
    case whole
    /// It is too improbable to be followed further.
    case discarded
    /// It goes on later.
    case putAside
  }

  /// Runs a branch with all that part from it, depth first.
  func run(_ branch: Branch<PlannedRegister<Register>>, _ accumulator: inout RowAccumulator) throws(SimulatorError) {
    var pending = [branch]
    var leafCount = 0
    while let branch = pending.popLast() {
      if let rest = try follow(branch, &pending, &accumulator) {
        pending.append(rest)
        continue
      }
      leafCount += 1
      guard !isExact || leafCount <= Limits.exactBranchCount else {
        throw SimulatorError(
          .limitExceeded, "more than \(Limits.exactBranchCount) measurement histories; ask for shots to sample them")
      }
    }
  }

  /// Follows one branch and adds what it ends with; returns it if it is put aside.
  func follow(
    _ branch: Branch<PlannedRegister<Register>>, _ pending: inout [Branch<PlannedRegister<Register>>],
    _ accumulator: inout RowAccumulator
  ) throws(SimulatorError) -> Branch<PlannedRegister<Register>>? {
    var branch = branch
    let box = try prepare(&branch)
    let ending = try advance(&branch, box, &pending, &accumulator)
    if case .putAside = ending {
      branch.state = box
      return branch
    }
    if let recorder, recorder.isOpen { recorder.close(idleQubits: idleQubits(of: box), outcomes: branch.history) }
    if case .whole = ending {
      if accumulator.request.wantsStatevector { try box.register.restoreOrder() }
      try accumulator.add(branch, program, box.register, random)
    } else {
      accumulator.discarded += branch.weight
    }
    accumulator.device = box.register.deviceName
    registers.give(box)
    return nil
  }

  /// The state of a branch that has none, where ``goal`` says: before it goes on, to the bits that it would have there.
  func state(
    of branch: inout Branch<PlannedRegister<Register>>, _ accumulator: inout RowAccumulator
  ) throws(SimulatorError) -> Box {
    var pending = [Branch<PlannedRegister<Register>>]()
    let box = try prepare(&branch)
    guard case .putAside = try advance(&branch, box, &pending, &accumulator), pending.isEmpty else {
      preconditionFailure("a branch that does not come where it was")
    }
    return box
  }

  /// Those of the circuit: one without qubits runs on a register that has one.
  private func idleQubits(of box: Box) -> [Int] { box.register.idleQubits.filter { $0 < program.qubitCount } }

  /// Gives a branch its state; one that has none to copy is started anew, and its history repeated.
  private func prepare(_ branch: inout Branch<PlannedRegister<Register>>) throws(SimulatorError) -> Box {
    if let box = branch.state {
      branch.state = nil
      return box
    }
    let box = try registers.takeNeeded()
    if let origin = branch.origin {
      (branch.origin, branch.family) = (nil, nil)
      try box.register.copy(from: origin.box.register)
      return box
    }
    branch.family = nil
    if let base = branch.base {
      try box.register.copy(from: base.state.box.register)
      (branch.position, branch.met, branch.queue) = (base.position, base.met, [])
      return box
    }
    try box.register.reset(to: 0)
    (branch.position, branch.met, branch.queue) = (start, 0, [])
    return box
  }

  /// Runs until the branch ends, or is put aside; pushes the other side wherever it splits.
  ///
  /// A branch that stays in a loop for as long as a measurement says so has no end, only a weight that falls with every pass: it is discarded.
  private func advance(
    _ branch: inout Branch<PlannedRegister<Register>>, _ box: Box, _ pending: inout [Branch<PlannedRegister<Register>>],
    _ accumulator: inout RowAccumulator
  ) throws(SimulatorError) -> Ending {
    var budget = StepBudget()
    var queue = branch.queue
    branch.queue = []
    while true {
      try stop.check()
      try budget.spend()
      if let goal, branch.position.step == goal.step, branch.met == goal.met {
        try flush(&queue, box)
        return .putAside
      }
      switch try runSegment(&branch, &queue, box, &pending) {
      case .none: break
      case .passed: continue
      case .putAside: return .putAside
      }
      let step = program.steps[branch.position.step]
      if isExact, branch.weight <= Limits.discardedBranchWeight { return .discarded }
      branch.position.step += 1
      switch step {
      case .operation(let operation): queue.append(operation)
      case .gate(let operation):
        if let bound = try StateOperation.lowered(operation, in: branch.position.memory) { queue.append(bound) }
      case .measure, .reset, .end: try flush(&queue, box)
      default: break
      }
      if queue.count >= Limits.planWindow { try flush(&queue, box) }
      switch step {
      case .operation, .gate: break
      case .noise(let noise) where passes(noise, &branch, &queue): break
      case .measure, .reset, .noise:
        try decide(step, &queue, &branch, box, &pending, &accumulator)
        if let grouping, grouping.putsAside(branch, pendingCount: pending.count) {
          branch.queue = queue
          return .putAside
        }
      case .end: return .whole
      default: try SimulatorError.translating { () throws(CircuitError) in try branch.position.run(step) }
      }
    }
  }

  /// Applies what has gathered since the last measurement.
  func flush(_ queue: inout [StateOperation], _ box: Box) throws(SimulatorError) {
    guard !queue.isEmpty else { return }
    try box.register.apply(queue, recorder: recorder.flatMap { $0.isOpen ? $0 : nil }, check: stop.check)
    queue.removeAll(keepingCapacity: true)
  }
}
