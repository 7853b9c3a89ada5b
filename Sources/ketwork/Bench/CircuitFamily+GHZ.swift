internal import Circuits

extension CircuitFamily {
  /// Prepares (|0…0⟩ + |1…1⟩)/√2: h on qubit 0, then cx from each qubit to the next.
  ///
  /// Source: Greenberger, Horne and Zeilinger (1989), arXiv:0712.0921.
  static func ghzCircuit(qubitCount: Int) throws(CircuitError) -> Circuit {
    var circuit = try Circuit(qubitCount: qubitCount)
    try circuit.append(.h, on: 0)
    for qubit in 1..<max(qubitCount, 1) { try circuit.append(.cx, on: qubit - 1, qubit) }
    return circuit
  }
}
