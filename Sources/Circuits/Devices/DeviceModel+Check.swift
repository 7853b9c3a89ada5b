extension DeviceModel {
  /// Checks that this device can run a circuit as it stands: that it has the qubits, and a gate for each operation on its qubits.
  ///
  /// Pairs that are not coupled are refused rather than given the noise of some other pair: on the device such a gate takes SWAPs along the
  /// way, and a result without theirs would look better than the device is.
  ///
  /// - Throws: ``CircuitError`` with code `not_on_device`, which says what the qubits are coupled with.
  public func check(_ circuit: Circuit) throws(CircuitError) {
    try check(circuit.instructions)
  }

  private func check(_ instructions: [Instruction]) throws(CircuitError) {
    for instruction in instructions {
      switch instruction {
      case .gate(let gate): try check(gate.name, gate.allQubits)
      case .measure(let qubit, _): try checkRange("measure", [qubit])
      case .reset(let qubit): try checkRange("reset", [qubit])
      case .delay(_, let qubits): try checkRange("delay", qubits)
      case .channel(let channel, let qubits): try checkRange(channel.name, qubits)
      default: for body in instruction.bodies { try check(body) }
      }
    }
  }

  private func check(_ name: String, _ operands: [Int]) throws(CircuitError) {
    try checkRange(name, operands)
    guard native(name, on: operands) == nil else { return }
    let place = "\(name) on \(operands.count == 1 ? "qubit" : "qubits") \(operands.map(String.init).joined(separator: ", "))"
    switch operands.count {
    case 1: throw CircuitError(.notOnDevice, "\(place): \(self.name) has no gate there that it could be made of")
    case 2:
      let couplings = operands.map { operand in
        let others = neighbors(of: operand).map(String.init).joined(separator: ", ")
        return "\(operand) with \(others.isEmpty ? "none" : others)"
      }
      throw CircuitError(.notOnDevice, "\(place): \(self.name) couples \(couplings.joined(separator: " and "))")
    default:
      throw CircuitError(
        .notOnDevice, "\(place): \(self.name) has gates of one and two qubits; the circuit has to be written in those")
    }
  }

  private func checkRange(_ name: String, _ operands: [Int]) throws(CircuitError) {
    for operand in operands where !qubits.indices.contains(operand) {
      throw CircuitError(.notOnDevice, "\(name) on qubit \(operand): \(self.name) has qubits 0 to \(qubitCount - 1)")
    }
  }
}
