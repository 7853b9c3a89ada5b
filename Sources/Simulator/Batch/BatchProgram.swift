package import Circuits

/// A circuit template with its observables, compiled once for all rows of parameters: a batch's plan.
///
/// The plan depends on the template and the observables alone. Angles stay functions of the parameters; what they become for a row is
/// computed where the row is run.
package struct BatchProgram: Sendable, RowColumns {
  /// One for each part of the observables; their values add up.
  let parts: [LaneProgram]
  let expressions: [DifferentiableExpression]
  package let parameterCount: Int
  package let observableCount: Int
  /// Strings whose values are products; their factors follow the observables in the values that parts add up to.
  let products: [TermProduct]
  /// Observables and factors: the values of a row before products are taken.
  let valueCount: Int
  /// Whether the rotations can be undone, for gradients.
  let isDifferentiable: Bool
  /// Multiply-adds of a row's states, of all parts: see ``LanePlan/multiplyAddCount``, and with ``LanePlan/undoingMultiplyAddCount`` where the
  /// rotations can be undone.
  package var multiplyAddCount: Int {
    parts.reduce(0) { $0 + $1.multiplyAddCount + (isDifferentiable ? $1.undoingMultiplyAddCount : 0) }
  }
  /// How outcomes follow from the states of the only part, where shots are drawn.
  let outcomes: LaneOutcomes?
  /// What is measured of each part, where values are estimated from shots.
  let measurements: [LaneMeasurement]
  /// Whether states are sampled.
  var drawsShots: Bool { outcomes != nil || !measurements.isEmpty }

  /// Compiles a circuit.
  ///
  /// - Parameter isDifferentiable: Whether gradients are wanted; values alone are computed in fewer passes without, and from the factors of
  ///   strings. With gradients strings stay whole: by the product rule what a part is undone under depends on the row's values of all others, so
  ///   that every part would have to be run before any is undone, and kept.
  /// - Throws: ``SimulatorError``: `unsupported` for what a batch does not take, `invalid_argument` for observables of another size.
  package init(_ circuit: Circuit, observables: [Observable], isDifferentiable: Bool = false) throws(SimulatorError) {
    for observable in observables where observable.qubitCount != circuit.qubitCount {
      throw SimulatorError(
        .invalidArgument, "observable '\(observable)' is on \(observable.qubitCount) qubits, the circuit has \(circuit.qubitCount)")
    }
    var rotations = try RotationCircuit(circuit)
    for (index, observable) in observables.enumerated() { rotations.append(observable, index: index) }
    var (cones, products) = (rotations.parts(), [TermProduct]())
    if !isDifferentiable, let factored = rotations.factored(observableCount: observables.count) {
      // Factors may be on single qubits, and no state is smaller than a block.
      let leastBits = Limits.laneComplexBlockQubitCount
      let smaller = factored.circuit.parts(leastBits: leastBits)
      if factored.circuit.cost(smaller, leastBits: leastBits) < rotations.cost(cones, leastBits: leastBits) {
        (rotations, cones, products) = (factored.circuit, smaller, factored.products)
      }
    }
    valueCount = max(observables.count, 1 + (products.flatMap(\.factors).max() ?? 0))
    self.products = products
    var parts = [LaneProgram]()
    for part in cones {
      parts.append(try LaneProgram(rotations, part, observableCount: valueCount, isDifferentiable: isDifferentiable))
    }
    self.parts = parts
    expressions = rotations.expressions
    (parameterCount, observableCount) = (circuit.parameters.count, observables.count)
    self.isDifferentiable = isDifferentiable
    (outcomes, measurements) = (nil, [])
  }

  /// Compiles a circuit whose shots are drawn; one that measures nothing is sampled on all its qubits.
  ///
  /// - Throws: ``SimulatorError`` with code `unsupported` for what a batch does not take, and for states that would be spread over the lanes.
  package init(sampling circuit: Circuit) throws(SimulatorError) {
    guard circuit.readout.isEmpty else { throw Self.noReadout }
    var rotations = try RotationCircuit(circuit, takesMeasurements: true)
    let (all, measured) = (Array(0..<circuit.qubitCount), rotations.measuredQubits)
    rotations.appendOutcomes(of: circuit.measures ? circuit.outputBits.map { measured[$0] } : all)
    let (_, coordinates, plan) = try rotations.sampledPlan()
    parts = [LaneProgram(plan, LaneObservables([], in: coordinates, plan), observableCount: 0)]
    outcomes = LaneOutcomes(rotations.terms, in: coordinates, plan)
    expressions = rotations.expressions
    (parameterCount, observableCount, isDifferentiable, measurements) = (circuit.parameters.count, 0, false, [])
    (products, valueCount) = ([], 0)
  }
}

extension LaneProgram {
  /// Plans a part of a circuit.
  convenience init(
    _ circuit: RotationCircuit, _ part: LightConePart, observableCount: Int, isDifferentiable: Bool
  ) throws(SimulatorError) {
    let (coordinates, plan) = try circuit.plan(part, isDifferentiable: isDifferentiable)
    self.init(
      plan, LaneObservables(part.terms.map { circuit.terms[$0] }, in: coordinates, plan), observableCount: observableCount)
  }
}

extension RotationCircuit {
  /// A plan for the states whose shots say what all terms are, and the rotations that it takes.
  ///
  /// - Throws: ``SimulatorError`` with code `unsupported` for states that would be spread over the lanes, of which none are drawn.
  func sampledPlan() throws(SimulatorError) -> (part: LightConePart, coordinates: LaneCoordinates, plan: LanePlan) {
    let all = Array(terms.indices)
    let part = LightConePart(rotations: lightCone(of: all), terms: all)
    let (coordinates, plan) = try plan(part, isDifferentiable: false)
    guard !plan.isSpread else {
      throw SimulatorError(
        .unsupported, "shots of a batch of states of \(plan.bits) qubits; at most \(Limits.leastSpreadQubitCount - 1)")
    }
    return (part, coordinates, plan)
  }

  /// Chooses coordinates for a part, and an order of its rotations.
  func plan(
    _ part: LightConePart, isDifferentiable: Bool
  ) throws(SimulatorError) -> (coordinates: LaneCoordinates, plan: LanePlan) {
    let rotations = part.rotations.map { self.rotations[$0] }
    let terms = part.terms.map { self.terms[$0] }
    var coordinates = LaneCoordinates(
      spanning: rotations.map(\.x), preferring: terms.filter { $0.x == 0 }.map(\.z), qubitCount: qubitCount)
    guard coordinates.count <= Limits.laneQubitCount else {
      throw SimulatorError(
        .unsupported,
        "a batch of states of \(coordinates.count) qubits; at most \(Limits.laneQubitCount) on which an observable depends")
    }
    let isSpread = coordinates.count >= Limits.leastSpreadQubitCount
    if isSpread { try coordinates.keepOffTop(Limits.laneSpreadQubitCount, rotations.map(\.x)) }
    let plan = LanePlanner.plan(
      rotations.map { LanePlan.Rotation($0, in: coordinates) }, bits: coordinates.count, isSpread: isSpread,
      isDifferentiable: isDifferentiable)
    return (coordinates, plan)
  }
}
