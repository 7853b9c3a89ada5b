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
    operations = Self.merged(gates, places) { firstOperations[$0] }
  }

  /// What is done if the sites have these outcomes.
  func operations(_ outcomes: ArraySlice<UInt8>) -> [StateOperation] {
    Self.merged(gates, places) { site in
      let outcome = outcomes[outcomes.startIndex + site]
      return outcome == 0 ? firstOperations[site] : sites[site].operation(Int(outcome))
    }
  }

  private static func merged(_ gates: [StateOperation], _ places: [Int], _ operation: (Int) -> StateOperation?) -> [StateOperation]
  {
    var result = [StateOperation]()
    result.reserveCapacity(gates.count + places.count)
    var done = 0
    for (site, place) in places.enumerated() {
      guard let operation = operation(site) else { continue }
      result += gates[done..<place]
      done = place
      result.append(operation)
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
