internal import Circuits

/// A stretch of a program with the numbers of a row, and what is planned of it once for all branches.
final class Segment: Sendable {
  /// The step behind it.
  let end: Int
  /// Its noise, in order.
  let sites: [NoiseStep]
  /// Draws below it give a site's first outcome.
  let bounds: [UInt64]
  /// What is done if each site has its first outcome.
  let operations: [StateOperation]
  private let gates: [StateOperation]
  /// Before which gate each site lies, by its number.
  private let places: [Int]
  /// What a site's first outcome does.
  private let firstOperations: [StateOperation?]

  /// - Parameter memory: What parameters of gates are read from.
  init(_ program: Program, _ steps: Range<Int>, _ memory: ClassicalMemory) throws(SimulatorError) {
    var (gates, sites, places) = ([StateOperation](), [NoiseStep](), [Int]())
    for step in program.steps[steps] {
      switch step {
      case .operation(let operation): gates.append(operation)
      case .gate(let operation): if let lowered = try StateOperation.lowered(operation, in: memory) { gates.append(lowered) }
      case .noise(let noise):
        sites.append(noise)
        places.append(gates.count)
      default: preconditionFailure("a step that belongs to no segment")
      }
    }
    (end, self.sites, self.gates, self.places) = (steps.upperBound, sites, gates, places)
    let firstOperations = sites.map { $0.operation(0) }
    self.firstOperations = firstOperations
    bounds = sites.map(\.certainDraw)
    operations = Self.merged(gates, places) { site, result in
      if let operation = firstOperations[site] { result.append(operation) }
    }
  }

  /// What is done if the sites have these outcomes.
  func operations(_ outcomes: ArraySlice<UInt8>) -> [StateOperation] {
    Self.merged(gates, places) { site, result in
      let outcome = outcomes[outcomes.startIndex + site]
      if let operation = outcome == 0 ? firstOperations[site] : sites[site].operation(Int(outcome)) { result.append(operation) }
    }
  }

  /// What is done to the states in the slots of a wide register if the sites have these outcomes in each; in slots that are left out, whatever is
  /// simplest.
  func operations(_ outcomes: [Int: ArraySlice<UInt8>], _ slots: StateSlots) -> [StateOperation] {
    var deviations = [[UInt8: [Int]]](repeating: [:], count: sites.count)
    for (slot, outcomes) in outcomes.sorted(by: { $0.key < $1.key }) {
      for (site, outcome) in outcomes.enumerated() where outcome != 0 { deviations[site][outcome, default: []].append(slot) }
    }
    return Self.merged(gates, places) { site, result in
      let found = deviations[site]
      if let operation = firstOperations[site] {
        let others = Set(0..<slots.count).subtracting(found.values.joined())
        Self.append(operation, in: found.isEmpty ? nil : others.sorted(), slots, to: &result)
      }
      for (outcome, members) in found.sorted(by: { $0.key < $1.key }) {
        guard let operation = sites[site].operation(Int(outcome)) else { continue }
        Self.append(operation, in: members.count == outcomes.count ? nil : members, slots, to: &result)
      }
    }
  }

  /// Adds an operation on the states in some slots, or in all.
  private static func append(
    _ operation: StateOperation, in members: [Int]?, _ slots: StateSlots, to result: inout [StateOperation]
  ) {
    guard let members else { return result.append(operation) }
    let own = operation.controls
    for controls in slots.controls(members) {
      result.append(
        operation.with(controls: Controls(mask: own.mask | controls.mask, values: own.values | controls.values)))
    }
  }

  /// The gates, and what is appended for each site in its place.
  private static func merged(
    _ gates: [StateOperation], _ places: [Int], _ append: (Int, inout [StateOperation]) -> Void
  ) -> [StateOperation] {
    var result = [StateOperation]()
    result.reserveCapacity(gates.count + places.count)
    var done = 0
    for (site, place) in places.enumerated() {
      result += gates[done..<place]
      done = place
      append(site, &result)
    }
    return result + gates[done...]
  }
}

extension StateOperation {
  /// A gate with the numbers that a memory gives its parameters; nil if it does nothing.
  static func lowered(_ operation: GateOperation, in memory: borrowing ClassicalMemory) throws(SimulatorError) -> StateOperation? {
    do throws(CircuitError) { return lowered(try operation.resolved(in: memory)) } catch {
      throw SimulatorError(error)
    }
  }
}
