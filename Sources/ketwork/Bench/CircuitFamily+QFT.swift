internal import Circuits
internal import RealModule

extension CircuitFamily {
  /// Maps |x⟩ to 2^(−n/2) Σ_y exp(2πi·xy/2ⁿ) |y⟩, without approximation and with the final swaps.
  ///
  /// n gates h, n(n−1)/2 gates cp and ⌊n/2⌋ gates swap.
  ///
  /// Source: Nielsen and Chuang (2010), §5.1.
  static func qftCircuit(qubitCount: Int) throws(CircuitError) -> Circuit {
    var circuit = try Circuit(qubitCount: qubitCount)
    for target in (0..<qubitCount).reversed() {
      try circuit.append(.h, on: target)
      for control in (0..<target).reversed() {
        let angle = Double.pi / Double.exp2(Double(target - control))
        try circuit.append(.cp, ClassicalExpression(angle), on: control, target)
      }
    }
    for qubit in 0..<qubitCount / 2 { try circuit.append(.swap, on: qubit, qubitCount - 1 - qubit) }
    return circuit
  }
}
