import Circuits
import Simulator

/// A short computation with a known result, run on a device before it takes work; it also makes the device build its kernels.
enum SelfTest {
  /// Runs the test in both precisions.
  ///
  /// Three qubits: a rotation on each and a ring of controlled gates, after which ⟨Z⟩ of the first is cos 0.3 · cos 0.5 · cos 0.7.
  ///
  /// - Throws: ``SimulatorError`` with code `device_failure` when the result is another.
  static func run(on simulator: CircuitSimulator) throws {
    var circuit = try Circuit(qubitCount: 3)
    for (qubit, angle) in [0.3, 0.5, 0.7].enumerated() { try circuit.append(.ry, .literal(.float(angle)), on: qubit) }
    try circuit.append(.cx, on: 2, 1)
    try circuit.append(.cx, on: 1, 0)
    let expected = 0.955336489125606 * 0.8775825618903728 * 0.7648421872844885
    for (precision, tolerance) in [(Precision.single, 1e-5), (.double, 1e-12)] {
      let request = SimulationRequest(circuit: circuit, observables: [try Observable("IIZ")], precision: precision)
      let value = try simulator.run(request)[0].expectations[0].value
      guard abs(value - expected) <= tolerance else {
        throw SimulatorError(
          .deviceFailure, "self-test in \(precision.rawValue) precision: \(value), \(expected) ± \(tolerance) expected")
      }
    }
  }
}
