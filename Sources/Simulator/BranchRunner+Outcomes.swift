internal import Circuits

extension BranchRunner where Register: ~Copyable {
  /// Goes past noise of which all shots find the same, whatever the state is: no norm is computed, and gates before and behind it are applied
  /// together. False if the state has to be looked at, or shots part.
  ///
  /// The norm falls meanwhile, until the state is looked at again. Its square stays above the product of the bounds, and draws are below all of
  /// them with just that probability: a norm that could be lost is as improbable.
  ///
  /// Source: the bounds are those of qsim (Quantum AI team, github.com/quantumlib/qsim, docs/noise.md).
  func passes(
    _ noise: NoiseStep, _ branch: inout Branch<PlannedRegister<Register>>, _ queue: inout [StateOperation]
  ) -> Bool {
    guard !isExact else { return false }
    if branch.met < branch.history.count {
      guard !branch.partings.contains(branch.met), !branch.looks.contains(branch.met) else { return false }
    } else {
      guard !branch.shots.isEmpty, finds(noise.certainDraw, branch) else { return false }
      branch.history.append(0)
    }
    let outcome = Int(branch.history[branch.met])
    if let operation = noise.operation(outcome) { queue.append(operation) }
    branch.met += 1
    return true
  }

  /// Whether the draws of all shots for the next outcome are below a bound.
  private func finds(_ bound: UInt64, _ branch: Branch<PlannedRegister<Register>>) -> Bool {
    let site = UInt32(branch.history.count)
    if branch.shots.count <= Limits.singleDrawCount { return branch.shots.allSatisfy { random.draw(shot: $0, site: site) < bound } }
    return random.draws(shots: branch.shots, site: site).allSatisfy { $0 < bound }
  }

  /// Chooses what happens at a step in this branch, and pushes branches for what else happens to any shot (or has any probability).
  func decide(
    _ step: Program.Step, _ queue: inout [StateOperation], _ branch: inout Branch<PlannedRegister<Register>>, _ box: Box,
    _ pending: inout [Branch<PlannedRegister<Register>>], _ accumulator: inout RowAccumulator
  ) throws(SimulatorError) {
    if case .noise(let noise) = step, !noise.isFixed, !queue.isEmpty { try flush(&queue, box) }
    let probabilities = try probabilities(of: step, box)
    let outcome: Int
    if branch.met < branch.history.count {
      outcome = Int(branch.history[branch.met])
      if branch.partings.contains(branch.met) { try flush(&queue, box) }
    } else {
      var others = split(step, probabilities, &branch, &accumulator)
      if !isExact { branch.looks.insert(branch.met) }
      putLeastFirst(&branch, &others)
      outcome = Int(branch.history[branch.met])
      if !others.isEmpty { try flush(&queue, box) }
      for index in others.indices { try push(&others[index], step, probabilities, box, &pending) }
    }
    branch.met += 1
    try settle(step, outcome, probabilities, &branch, box, &queue)
  }

  /// Lets the branch of the fewest shots go on in place, and the others wait, the largest for longest: what goes on has at most half of the
  /// shots, so that few states are alive at a time. Groups are gathered beside the largest, and whoever watches the plan follows it too.
  func putLeastFirst(
    _ branch: inout Branch<PlannedRegister<Register>>, _ others: inout [Branch<PlannedRegister<Register>>]
  ) {
    guard recorder == nil, grouping == nil, !others.isEmpty else { return }
    var all = [branch] + others
    all.sort { $0.share > $1.share }
    branch = all.removeLast()
    others = all
  }

  /// How probable each outcome of a step is, up to a common factor.
  private func probabilities(of step: Program.Step, _ box: Box) throws(SimulatorError) -> [Double] {
    switch step {
    case .measure(let qubit, _, let readout?):
      Program.joint(try box.register.probabilities(of: [qubit]), readout)
    case .measure(let qubit, _, nil), .reset(let qubit): try box.register.probabilities(of: [qubit])
    case .noise(let noise): noise.probabilities(noise.isFixed ? [] : try box.register.expectations(noise.paulis))
    default: preconditionFailure("a step without outcomes")
    }
  }

  /// Adds to a branch's history what most of its shots find, or what is most probable, and returns the branches of the others.
  private func split(
    _ step: Program.Step, _ probabilities: [Double], _ branch: inout Branch<PlannedRegister<Register>>,
    _ accumulator: inout RowAccumulator
  ) -> [Branch<PlannedRegister<Register>>] {
    let total = probabilities.reduce(0, +)
    var parts = [Branch<PlannedRegister<Register>>]()
    func add(_ outcome: Int, shots: [UInt32], weight: Double) {
      var part = branch
      part.history.append(UInt8(outcome))
      (part.shots, part.weight) = (shots, weight)
      parts.append(part)
    }
    if isExact {
      for (outcome, probability) in probabilities.enumerated() where probability > 0 {
        add(outcome, shots: [], weight: branch.weight * probability / total)
      }
    } else if branch.shots.isEmpty {
      // Nobody looks: the likeliest history is as good as any.
      add(probabilities.indices.max { probabilities[$0] < probabilities[$1] } ?? 0, shots: [], weight: branch.weight)
    } else {
      let draws = OutcomeDraws(probabilities.map { $0 / total }, startsWithLast: !step.isNoise)
      let found = draws.outcomes(random.draws(shots: branch.shots, site: UInt32(branch.history.count)))
      for (outcome, shots) in OutcomeDraws.grouped(branch.shots, by: found) { add(outcome, shots: shots, weight: branch.weight) }
    }
    let largest = parts.indices.reversed().max { parts[$0].share < parts[$1].share } ?? 0
    branch = parts.remove(at: largest)
    if isExact {
      accumulator.discarded += parts.filter { $0.weight <= Limits.discardedBranchWeight }.reduce(0) { $0 + $1.weight }
      parts.removeAll { $0.weight <= Limits.discardedBranchWeight }
    }
    if !parts.isEmpty { branch.partings.insert(branch.met) }
    for index in parts.indices { parts[index].partings.insert(branch.met) }
    return parts
  }

  /// Pushes another branch, with a copy of the state if one more register may live.
  private func push(
    _ other: inout Branch<PlannedRegister<Register>>, _ step: Program.Step, _ probabilities: [Double], _ box: Box,
    _ pending: inout [Branch<PlannedRegister<Register>>]
  ) throws(SimulatorError) {
    if let copy = try takeCopy(of: box) {
      let outcome = Int(other.history[other.met])
      other.met += 1
      // The step counter is already past this step.
      var queue = [StateOperation]()
      try settle(step, outcome, probabilities, &other, copy, &queue)
      (other.state, other.queue) = (copy, queue)
    }
    pending.append(other)
  }

  /// A copy of a state; nil, and the branch is replayed later, if there is no room for one.
  func takeCopy(of box: Box) throws(SimulatorError) -> Box? {
    do throws(SimulatorError) {
      guard let copy = try registers.take() else { return nil }
      try copy.register.copy(from: box.register)
      return copy
    } catch {
      guard error.code == .outOfMemory else { throw error }
      return nil
    }
  }

  /// Does what an outcome does: collapses the state, or queues what noise makes of it, and remembers a measured bit.
  private func settle(
    _ step: Program.Step, _ outcome: Int, _ probabilities: [Double], _ branch: inout Branch<PlannedRegister<Register>>, _ box: Box,
    _ queue: inout [StateOperation]
  ) throws(SimulatorError) {
    precondition(probabilities[outcome] > 0, "an outcome of probability 0")
    switch step {
    case .measure(let qubit, let bit, let readout):
      let found = outcome & 1
      try collapse(qubit, found, readout == nil ? probabilities[outcome] : probabilities[found] + probabilities[found | 2], box)
      if let bit { branch.position.memory.bits[bit] = readout == nil ? found == 1 : outcome >> 1 == 1 }
    case .reset(let qubit):
      try collapse(qubit, outcome, probabilities[outcome], box)
      if outcome == 1 { queue.append(.permutation([1, 0], targets: [qubit], controls: .none)) }
    case .noise(let noise):
      if let operation = noise.operation(outcome, probability: probabilities[outcome]) { queue.append(operation) }
    default: preconditionFailure("a step without outcomes")
    }
  }

  private func collapse(_ qubit: Int, _ outcome: Int, _ probability: Double, _ box: Box) throws(SimulatorError) {
    let mask = UInt64(1) << UInt64(qubit)
    try box.register.collapse(mask: mask, values: outcome == 1 ? mask : 0, scale: 1 / probability.squareRoot())
  }
}

extension Branch where Register: ~Copyable {
  /// What decides which of several branches goes on in place.
  fileprivate var share: Double { shots.isEmpty ? weight : Double(shots.count) }
}

extension Program.Step {
  fileprivate var isNoise: Bool { if case .noise = self { true } else { false } }
}
