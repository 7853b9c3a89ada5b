internal import Circuits

extension BranchRunner where Register: ~Copyable {
  /// Branches that run one after the other, or, if they start from one state, side by side in the slots of a wide register.
  typealias Unit = ArraySlice<Branch<PlannedRegister<Register>>>

  /// A group by what runs together; it depends on the branches alone.
  func units(_ group: [Branch<PlannedRegister<Register>>]) -> [Unit] {
    guard let wideRegisters else { return group.indices.map { group[$0...$0] } }
    var units = [Unit]()
    for branch in group {
      if let family = branch.family, branch.hasDrawn, let last = units.last?.first, last.hasDrawn, last.family === family,
        units[units.count - 1].count < wideRegisters.mostSlots
      {
        units[units.count - 1].append(branch)
      } else {
        units.append([branch])
      }
    }
    return units
  }

  /// Runs the branches of a unit with all that part from them.
  func run(_ unit: Unit, _ accumulator: inout RowAccumulator) throws(SimulatorError) {
    if let wideRegisters, unit.count >= Limits.leastWideBranchCount {
      try runWide(unit, wideRegisters, &accumulator)
    } else {
      for branch in unit { try run(branch, &accumulator) }
    }
  }

  private func runWide(
    _ unit: Unit, _ wideRegisters: WideRegisters<Register>, _ accumulator: inout RowAccumulator
  ) throws(SimulatorError) {
    let slotCount = 1 << (Int.bitWidth - (unit.count - 1).leadingZeroBitCount)
    let box = try wideRegisters.take(slotCount: slotCount)
    let slots = StateSlots(qubitCount: wideRegisters.slotQubitCount, count: slotCount)
    var wide = WideBranches(unit, box, slots)
    try fill(&wide, &accumulator)
    while let segment = try segments?.segment(at: wide.position.step) {
      try stop.check()
      try part(&wide, at: segment, &accumulator)
      if wide.isEmpty { break }
      try apply(segment, &wide)
    }
    if case .end = program.steps[wide.position.step] {
      if isUnmoved { try box.register.restoreOrder() }
      try accumulator.add(wide, program, random)
    } else {
      for slot in wide.slots.indices { try leave(slot, &wide, &accumulator) { branch in branch.map { [$0] } ?? [] } }
    }
    wideRegisters.give(box, slotCount: slotCount)
  }

  /// Whether no plan moves the qubits of a state of this size that has a register of its own: draws fall on positions, and are to choose the same
  /// basis states wherever a branch runs.
  private var isUnmoved: Bool { program.qubitCount < Limits.leastTileQubitCount }

  /// Copies the state with which the branches start into every slot; it is computed anew if there was no room to keep it.
  private func fill(_ wide: inout WideBranches<Register>, _ accumulator: inout RowAccumulator) throws(SimulatorError) {
    guard var first = wide.first else { return }
    if let origin = first.origin {
      try wide.box.register.fillSlots(from: origin.box.register)
    } else {
      var replay = self
      replay.goal = (first.position.step, first.met)
      let box = try replay.state(of: &first, &accumulator)
      try wide.box.register.fillSlots(from: box.register)
      registers.give(box)
    }
    wide.forgetOrigins()
  }

  /// Draws what the shots of each branch find in a segment. Those that find what most do go on in their slot; the others leave it.
  private func part(
    _ wide: inout WideBranches<Register>, at segment: Segment, _ accumulator: inout RowAccumulator
  ) throws(SimulatorError) {
    for slot in wide.slots.indices {
      guard let branch = wide.slots[slot], branch.met == branch.history.count, !segment.sites.isEmpty else { continue }
      let parts = SegmentDraws(segment, random, first: branch.history.count).parts(branch.shots)
      let staying = parts.indices.filter { parts[$0].outcomes != nil }
        .max { (parts[$0].shots.count, $1) < (parts[$1].shots.count, $0) }
      if parts.count > (staying == nil ? 0 : 1) {
        try leave(slot, &wide, &accumulator) { branch in
          guard let branch else { return [] }
          return parts.indices.filter { $0 != staying }.map { branch.taking(parts[$0]) }
        }
      }
      wide.slots[slot] = staying.map { branch.taking(parts[$0]) }
    }
  }

  /// Runs branches that start from a slot's state, each by itself, and empties the slot.
  private func leave(
    _ slot: Int, _ wide: inout WideBranches<Register>, _ accumulator: inout RowAccumulator,
    _ branches: (Branch<PlannedRegister<Register>>?) -> [Branch<PlannedRegister<Register>>]
  ) throws(SimulatorError) {
    let leaving = branches(wide.slots[slot])
    wide.slots[slot] = nil
    guard !leaving.isEmpty else { return }
    // Nothing else computes this state again to the same bits, so there is always room for it: one a thread.
    let copy = try registers.takeNeeded()
    if isUnmoved { try wide.box.register.restoreOrder() } else { try wide.box.register.gather(copy.register.qubitCount) }
    try copy.register.copy(slot: slot, of: wide.slots.count, from: wide.box.register)
    let base = ReplayBase(SharedState(copy, of: registers), wide.position, met: leaving[0].met)
    for var branch in leaving {
      branch.base = base
      try run(branch, &accumulator)
    }
  }

  private func apply(_ segment: Segment, _ wide: inout WideBranches<Register>) throws(SimulatorError) {
    var outcomes = [Int: ArraySlice<UInt8>]()
    for (slot, branch) in wide.slots.enumerated() {
      if let branch { outcomes[slot] = branch.history[branch.met..<branch.met + segment.sites.count] }
    }
    let plan: PlannedRegister<Register>.Plan
    if outcomes.values.allSatisfy({ $0.allSatisfy { $0 == 0 } }), let segments {
      let box = wide.box
      plan = try segments.plan(of: segment, at: wide.position.step, layout: box.register.layout) { () throws(SimulatorError) in
        try box.register.plan(segment.operations)
      }
    } else {
      plan = try wide.box.register.plan(segment.operations(outcomes, wide.shape))
    }
    try wide.box.register.apply(plan, recorder: nil, check: stop.check)
    wide.pass(segment)
  }
}

extension Branch where Register: ~Copyable {
  /// Whether it is known what the shots find in the segment that comes next.
  fileprivate var hasDrawn: Bool { met < history.count }

  /// The branch of a part of the shots, with what they find.
  func taking(_ part: SegmentDraws.Part) -> Branch {
    var next = self
    next.shots = part.shots
    if let outcomes = part.outcomes { next.history += outcomes } else { next.stepwise.insert(met) }
    return next
  }
}
