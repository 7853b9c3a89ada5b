internal import Circuits
internal import Mitigation

/// Circuits that measure a Pauli string's letters.
enum ReadoutBasis {
  /// The gates of a circuit, what turns the string's letters into Z, and a measurement of every qubit.
  ///
  /// - Throws: `MitigationError` for a circuit that measures on the way.
  static func measuring(_ string: PauliString, after circuit: Circuit) throws -> Circuit {
    if circuit.measures { _ = try OutcomeBits(circuit) }
    var instructions = circuit.instructions.filter { if case .measure = $0 { false } else { true } }
    for qubit in 0..<string.qubitCount where string.x >> UInt64(qubit) & 1 == 1 {
      let isY = string.z >> UInt64(qubit) & 1 == 1
      for gate in isY ? [Gate.sdg, .h] : [.h] { instructions.append(.gate(GateOperation(.standard(gate), qubits: [qubit]))) }
    }
    return try circuit.replacingInstructions(by: instructions).measuringAllQubits()
  }
}
