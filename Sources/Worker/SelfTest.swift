import Circuits
package import Simulator

/// A short computation with a known result, run on a device before it takes work; it also makes the device build its kernels.
package enum SelfTest {
  /// Runs the test in both precisions.
  ///
  /// Three qubits: a rotation on each and a ring of controlled gates, after which ⟨Z⟩ of the first is cos 0.3 · cos 0.5 · cos 0.7.
  ///
  /// - Throws: ``SimulatorError`` with code `device_failure` when the result is another.
  package static func run(on simulator: CircuitSimulator) throws {
    let angles = [0.3, 0.5, 0.7]
    // With the angles in the circuit, and with the angles as a row of parameters, which may run by another method.
    let requests = [
      SimulationRequest(circuit: try circuit(angles.map { .literal(.float($0)) })),
      SimulationRequest(circuit: try circuit(["a", "b", "c"].map { .parameter(Parameter($0)) }), rows: [angles]),
    ]
    let expected = 0.955336489125606 * 0.8775825618903728 * 0.7648421872844885
    for (precision, tolerance) in [(Precision.single, 1e-5), (.double, 1e-12)] {
      for var request in requests {
        (request.observables, request.precision) = ([try Observable("IIZ")], precision)
        let value = try simulator.run(request)[0].expectations[0].value
        guard abs(value - expected) <= tolerance else {
          throw SimulatorError(
            .deviceFailure, "self-test in \(precision.rawValue) precision: \(value), \(expected) ± \(tolerance) expected")
        }
      }
    }
  }

  private static func circuit(_ angles: [ClassicalExpression]) throws -> Circuit {
    var circuit = try Circuit(qubitCount: 3)
    for (qubit, angle) in angles.enumerated() { try circuit.append(.ry, angle, on: qubit) }
    try circuit.append(.cx, on: 2, 1)
    try circuit.append(.cx, on: 1, 0)
    return circuit
  }
}
