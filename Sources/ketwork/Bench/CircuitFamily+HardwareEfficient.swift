internal import Circuits

extension CircuitFamily {
  /// Layers of the ansatz; four is what the figures of peers in bench/ use.
  static let ansatzLayerCount = 4

  /// Four layers of ry and rz on every qubit, then cx along the line, with random angles.
  ///
  /// Source: Kandala et al. (2017), arXiv:1704.05018, with the entangler of a line of qubits.
  static func hardwareEfficientCircuit(qubitCount: Int, seed: UInt64) throws(CircuitError) -> Circuit {
    var circuit = try Circuit(qubitCount: qubitCount)
    var generator = SplitMix64(seed: seed)
    for _ in 0..<ansatzLayerCount {
      for qubit in 0..<qubitCount {
        try circuit.append(.ry, ClassicalExpression(generator.nextAngle()), on: qubit)
        try circuit.append(.rz, ClassicalExpression(generator.nextAngle()), on: qubit)
      }
      for qubit in 1..<max(qubitCount, 1) { try circuit.append(.cx, on: qubit - 1, qubit) }
    }
    return circuit
  }
}
