internal import Circuits

/// Circuits that measure a Pauli string's letters.
enum ReadoutBasis {
  /// The gates of a circuit, what turns the string's letters into Z, and a measurement of every qubit.
  ///
  /// - Throws: ``Failure`` for a circuit that measures on the way.
  static func measuring(_ string: PauliString, after circuit: Circuit) throws -> Circuit {
    guard !circuit.isDynamic else {
      throw Failure(
        .invalidData, "--mitigation readout: measurements, resets or control flow on the way; measurements at the end are accepted")
    }
    var instructions = circuit.instructions.filter { if case .measure = $0 { false } else { true } }
    for qubit in 0..<string.qubitCount where string.x >> UInt64(qubit) & 1 == 1 {
      let isY = string.z >> UInt64(qubit) & 1 == 1
      for gate in isY ? [Gate.sdg, .h] : [.h] { instructions.append(.gate(GateOperation(.standard(gate), qubits: [qubit]))) }
    }
    return try circuit.replacingInstructions(by: instructions).measuringAllQubits()
  }
}
