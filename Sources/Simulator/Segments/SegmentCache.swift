internal import Circuits

/// A row's segments and their plans, made when a branch first comes to them.
///
/// Belongs to one thread: several that count references to the same arrays wait for each other longer than each takes to plan.
final class SegmentCache<Register: StateRegister & ~Copyable> {
  typealias Plan = PlannedRegister<Register>.Plan

  /// What a plan is made for.
  private struct Key: Hashable {
    var step: Int
    var layout: QubitLayout
  }

  private let program: Program
  private let places: ProgramSegments
  private let memory: ClassicalMemory
  private var segments: [Int: Segment] = [:]
  private var plans: [Key: Plan] = [:]

  init(_ program: Program, _ places: ProgramSegments, _ memory: ClassicalMemory) {
    (self.program, self.places, self.memory) = (program, places, memory)
  }

  /// The segment that starts at a step; nil where none does.
  func segment(at step: Int) throws(SimulatorError) -> Segment? {
    guard let steps = places.segment(at: step) else { return nil }
    if let found = segments[step] { return found }
    let made = try Segment(program, steps, memory)
    segments[step] = made
    return made
  }

  /// The plan of a segment without errors, for a state whose qubits lie in some order.
  func plan(
    of segment: Segment, at step: Int, layout: QubitLayout, _ make: () throws(SimulatorError) -> Plan
  ) throws(SimulatorError) -> Plan {
    let key = Key(step: step, layout: layout)
    if let found = plans[key] { return found }
    let made = try make()
    if plans.count < Limits.segmentPlanCount { plans[key] = made }
    return made
  }
}
