extension BranchRunner where Register: ~Copyable {
  /// Whether branches run beside each other: where there may be several, and a pass over a state keeps to one thread.
  func sharesThreads(_ first: Branch<PlannedRegister<Register>>) -> Bool {
    !isExact && program.hasOutcomes && first.shots.count > 1
      && program.qubitCount < Limits.serialAmplitudeCount.trailingZeroBitCount
  }

  /// Runs a branch with all that part from it, those of few shots beside each other.
  func runGroups(
    _ first: Branch<PlannedRegister<Register>>, _ accumulator: inout RowAccumulator, threadCount: Int
  ) throws(SimulatorError) {
    let grouping = BranchGrouping(shotCount: first.shots.count)
    let places = ProgramSegments(program)
    let caches = (0..<threadCount).map { _ in SegmentCache<Register>(program, places, start.memory) }
    var follower = self
    follower.segments = caches[0]
    var (waiting, group) = ([first], [Branch<PlannedRegister<Register>>]())
    while let branch = waiting.popLast() {
      var parted = [Branch<PlannedRegister<Register>>]()
      follower.grouping = grouping
      follower.grouping?.room -= group.count
      if let rest = try follower.follow(branch, &parted, &accumulator) { parted.append(rest) }
      group += parted.filter(grouping.isSmall)
      waiting += parted.filter { !grouping.isSmall($0) }
      guard group.count >= Limits.branchGroupCount || waiting.isEmpty else { continue }
      let units = units(group)
      group.removeAll(keepingCapacity: true)
      for start in stride(from: 0, to: units.count, by: Limits.branchPartCount) {
        try runTogether(units[start..<min(start + Limits.branchPartCount, units.count)], &accumulator, caches)
      }
    }
  }

  private func runTogether(
    _ units: ArraySlice<Unit>, _ accumulator: inout RowAccumulator, _ caches: [SegmentCache<Register>]
  ) throws(SimulatorError) {
    let parts = units.map { BranchPart($0, accumulator.empty) }
    let runners = caches.map { cache in
      var runner = self
      (runner.recorder, runner.segments) = (nil, cache)
      return runner
    }
    ThreadPool.shared.run(partCount: parts.count, threadCount: caches.count) { part, place in parts[part].run(runners[place]) }
    for part in parts { accumulator.merge(try part.outcome.get()) }
  }
}

/// One unit of a group, with what its end gives: written by the thread that runs it, and read when all have run.
private final class BranchPart<Register: StateRegister & ~Copyable> {
  private(set) var outcome: Result<RowAccumulator, SimulatorError>
  private var unit: BranchRunner<Register>.Unit?

  init(_ unit: BranchRunner<Register>.Unit, _ accumulator: RowAccumulator) { (self.unit, outcome) = (unit, .success(accumulator)) }

  func run(_ runner: BranchRunner<Register>) {
    guard let unit, case .success(var accumulator) = outcome else { return }
    self.unit = nil
    do throws(SimulatorError) {
      try runner.run(unit, &accumulator)
      outcome = .success(accumulator)
    } catch {
      outcome = .failure(error)
    }
  }
}
