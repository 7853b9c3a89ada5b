internal import Circuits

extension BatchProgram {
  /// Compiles a circuit whose observables are estimated from shots: a part for each group of strings that are measured together.
  ///
  /// A part has the rotations of the light cone of its strings. A group that depends on more qubits than the lanes
  /// sample is taken apart by observables, each of which then has shots of its own.
  ///
  /// - Throws: ``SimulatorError`` with code `unsupported` for what a batch does not take, and for observables whose strings of one group depend
  ///   on so many qubits that their states would be spread over the lanes.
  init(_ circuit: Circuit, measuring groups: [MeasurementGroup], observableCount: Int) throws(SimulatorError) {
    guard circuit.readout.isEmpty else { throw Self.noReadout }
    let rotations = try RotationCircuit(circuit)
    var (parts, measurements) = ([LaneProgram](), [LaneMeasurement]())
    var tableByteCount = Limits.outcomeTableByteCount
    func append(_ group: MeasurementGroup, splits: Bool) throws(SimulatorError) {
      do throws(SimulatorError) {
        let (part, measurement) = try Self.measured(group, of: rotations, &tableByteCount)
        parts.append(part)
        measurements.append(measurement)
      } catch {
        let smaller = splits && error.code == .unsupported ? group.byObservable() : []
        guard smaller.count > 1 else { throw error }
        for group in smaller { try append(group, splits: false) }
      }
    }
    for group in groups { try append(group, splits: true) }
    guard parts.count <= Limits.measuredPartCount else {
      throw SimulatorError(.limitExceeded, "\(parts.count) parts of observables in a batch; at most \(Limits.measuredPartCount)")
    }
    (self.parts, self.measurements, expressions) = (parts, measurements, rotations.expressions)
    (parameterCount, self.observableCount) = (circuit.parameters.count, observableCount)
    (products, valueCount) = ([], observableCount)
    (isDifferentiable, outcomes) = (false, nil)
  }

  /// Rows whose shots are misread run one after the other.
  static var noReadout: SimulatorError { SimulatorError(.unsupported, "a batch of shots that are misread") }

  private static func measured(
    _ group: MeasurementGroup, of circuit: RotationCircuit, _ tableByteCount: inout Int
  ) throws(SimulatorError) -> (LaneProgram, LaneMeasurement) {
    var rotations = circuit
    rotations.appendOutcomes(of: group.members.map(\.pauli))
    let (part, coordinates, plan) = try rotations.sampledPlan()
    let measurement = LaneMeasurement(
      rotations, group.members, part, in: coordinates, plan, tableByteCount: &tableByteCount)
    return (LaneProgram(plan, LaneObservables([], in: coordinates, plan), observableCount: 0), measurement)
  }
}
