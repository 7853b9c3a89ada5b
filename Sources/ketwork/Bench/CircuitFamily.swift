internal import Circuits

/// A kind of circuit that exists for every number of qubits, so that time can be plotted against it.
///
/// Each member is a pure function of the number of qubits and a seed, in a file of its own.
enum CircuitFamily: String, CaseIterable, Encodable {
  case ghz
  case qft
  case quantumVolume = "qv"
  case hardwareEfficient = "hea"

  /// What a figure calls the family.
  var title: String {
    switch self {
    case .ghz: "GHZ state"
    case .qft: "Quantum Fourier transform"
    case .quantumVolume: "Quantum volume"
    case .hardwareEfficient: "Hardware-efficient ansatz"
    }
  }

  /// The member for so many qubits.
  ///
  /// - Parameter seed: Chooses angles and unitaries; circuits without any ignore it.
  func circuit(qubitCount: Int, seed: UInt64) throws(CircuitError) -> Circuit {
    precondition(qubitCount >= 1, "a circuit family starts at one qubit")
    return switch self {
    case .ghz: try Self.ghzCircuit(qubitCount: qubitCount)
    case .qft: try Self.qftCircuit(qubitCount: qubitCount)
    case .quantumVolume: try Self.quantumVolumeCircuit(qubitCount: qubitCount, seed: seed)
    case .hardwareEfficient: try Self.hardwareEfficientCircuit(qubitCount: qubitCount, seed: seed)
    }
  }
}
