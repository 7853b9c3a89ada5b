package import Circuits

/// A circuit template with its observables, compiled once for all rows of parameters: a batch's plan.
///
/// The plan depends on the template and the observables alone. Angles stay functions of the parameters; what they become for a row is
/// computed where the row is run.
package struct BatchProgram: Sendable {
  /// One for each part of the observables; their values add up.
  let parts: [LaneProgram]
  let expressions: [DifferentiableExpression]
  package let parameterCount: Int
  package let observableCount: Int
  /// Whether the rotations can be undone, for gradients.
  let isDifferentiable: Bool
  /// Multiply-adds of a row's states, of all parts: see ``LanePlan/multiplyAddCount``, and with ``LanePlan/undoingMultiplyAddCount`` where the
  /// rotations can be undone.
  package var multiplyAddCount: Int {
    parts.reduce(0) { $0 + $1.multiplyAddCount + (isDifferentiable ? $1.undoingMultiplyAddCount : 0) }
  }

  /// Compiles a circuit.
  ///
  /// - Parameter isDifferentiable: Whether gradients are wanted; values alone are computed in fewer passes without.
  /// - Throws: ``SimulatorError``: `unsupported` for what a batch does not take, `invalid_argument` for observables of another size.
  package init(_ circuit: Circuit, observables: [Observable], isDifferentiable: Bool = false) throws(SimulatorError) {
    for observable in observables where observable.qubitCount != circuit.qubitCount {
      throw SimulatorError(
        .invalidArgument, "observable '\(observable)' is on \(observable.qubitCount) qubits, the circuit has \(circuit.qubitCount)")
    }
    var rotations = try RotationCircuit(circuit)
    for (index, observable) in observables.enumerated() { rotations.append(observable, index: index) }
    var parts = [LaneProgram]()
    for part in rotations.parts() {
      parts.append(try LaneProgram(rotations, part, observableCount: observables.count, isDifferentiable: isDifferentiable))
    }
    self.parts = parts
    expressions = rotations.expressions
    (parameterCount, observableCount) = (circuit.parameters.count, observables.count)
    self.isDifferentiable = isDifferentiable
  }
}

extension LaneProgram {
  /// Plans a part of a circuit.
  convenience init(
    _ circuit: RotationCircuit, _ part: LightConePart, observableCount: Int, isDifferentiable: Bool
  ) throws(SimulatorError) {
    let rotations = part.rotations.map { circuit.rotations[$0] }
    let terms = part.terms.map { circuit.terms[$0] }
    var coordinates = LaneCoordinates(
      spanning: rotations.map(\.x), preferring: terms.filter { $0.x == 0 }.map(\.z), qubitCount: circuit.qubitCount)
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
    self.init(plan, LaneObservables(terms, in: coordinates, plan), observableCount: observableCount)
  }
}
