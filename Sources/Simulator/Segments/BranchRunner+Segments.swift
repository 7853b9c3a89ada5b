internal import Circuits

extension BranchRunner where Register: ~Copyable {
  /// Goes through the segment that starts where a branch is, all its gates planned together; false if none does, or if the branch has to look at
  /// its state on the way.
  ///
  /// What shots find at sites where that does not depend on the state is drawn before: those that find the same go through the segment together,
  /// each with gates of its own, and what most of them find is planned once for all branches.
  func runSegment(
    _ branch: inout Branch<PlannedRegister<Register>>, _ queue: inout [StateOperation], _ box: Box,
    _ pending: inout [Branch<PlannedRegister<Register>>]
  ) throws(SimulatorError) -> SegmentEnding {
    guard let segments, let segment = try segments.segment(at: branch.position.step) else { return .none }
    // Here as well where the steps are looked at one by one: a branch that is replayed computes the same bits.
    try flush(&queue, box)
    if !segment.sites.isEmpty, branch.met == branch.history.count, !branch.isStepwise(segment) {
      try part(&branch, at: segment, box, &pending)
      if let grouping, grouping.putsAside(branch, pendingCount: pending.count) { return .putAside }
    }
    if branch.isStepwise(segment) { return .none }
    try apply(segment, branch, box)
    branch.met += segment.sites.count
    branch.position.step = segment.end
    return .passed
  }

  /// What becomes of a branch that comes to a segment.
  enum SegmentEnding {
    /// There is none, or it is gone through step by step.
    case none
    case passed
    case putAside
  }

  /// Draws what shots find in a segment, and pushes branches for all but those that go on in place.
  private func part(
    _ branch: inout Branch<PlannedRegister<Register>>, at segment: Segment, _ box: Box,
    _ pending: inout [Branch<PlannedRegister<Register>>]
  ) throws(SimulatorError) {
    let parts = SegmentDraws(segment, random, first: branch.history.count).parts(branch.shots)
    var branches = parts.map { branch.taking($0) }
    // Of the largest the first goes on.
    let largest = branches.indices.max { (branches[$0].shots.count, $1) < (branches[$1].shots.count, $0) } ?? 0
    branch = branches.remove(at: largest)
    putLeastFirst(&branch, &branches)
    if branches.isEmpty { return }
    let origin = try takeCopy(of: box).map { SharedState($0, of: registers) }
    let family = BranchFamily()
    for index in branches.indices { (branches[index].origin, branches[index].family) = (origin, family) }
    pending += branches
  }

  private func apply(_ segment: Segment, _ branch: Branch<PlannedRegister<Register>>, _ box: Box) throws(SimulatorError) {
    let outcomes = branch.history[branch.met..<branch.met + segment.sites.count]
    let plan: PlannedRegister<Register>.Plan
    if outcomes.allSatisfy({ $0 == 0 }), let segments {
      plan = try segments.plan(of: segment, at: branch.position.step, layout: box.register.layout) { () throws(SimulatorError) in
        try box.register.plan(segment.operations)
      }
    } else {
      plan = try box.register.plan(segment.operations(outcomes))
    }
    try box.register.apply(plan, recorder: recorder.flatMap { $0.isOpen ? $0 : nil }, check: stop.check)
  }
}

extension Branch where Register: ~Copyable {
  /// Whether the segment that comes next is gone through step by step.
  fileprivate func isStepwise(_ segment: Segment) -> Bool { !segment.sites.isEmpty && stepwise.contains(met) }
}
