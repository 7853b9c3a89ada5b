internal import Circuits

/// A circuit taken apart: resets of untouched qubits, then gates that can be undone, then measurements.
struct GateCircuit {
  /// The circuit it was made of.
  let circuit: Circuit
  /// Resets of qubits that nothing has touched.
  private(set) var head: [Instruction] = []
  /// Gates, barriers and delays.
  private(set) var body: [Instruction] = []
  /// Measurements; each was its qubit's last instruction.
  private(set) var tail: [Instruction] = []

  /// Takes a circuit apart.
  ///
  /// - Throws: ``MitigationError`` with code `unsupported_instruction`, with the place of an instruction that has no inverse.
  init(_ circuit: Circuit, for technique: String) throws(MitigationError) {
    self.circuit = circuit
    var (touched, measured) = (Set<Int>(), Set<Int>())
    for (index, instruction) in circuit.instructions.enumerated() {
      func refusal(_ what: String) -> MitigationError {
        MitigationError(
          .unsupportedInstruction,
          "\(technique): instruction \(index) is \(what); gates, barriers and delays, and measurements at the end, are accepted")
      }
      switch instruction {
      case .gate(let gate):
        if instruction.isClassical { throw refusal("a gate whose angle is measured") }
        if let qubit = gate.allQubits.first(where: measured.contains) { throw refusal("a gate on qubit \(qubit), measured before") }
        touched.formUnion(gate.allQubits)
        body.append(instruction)
      case .barrier(let qubits):
        let open = qubits.filter { !measured.contains($0) }
        if !open.isEmpty { body.append(.barrier(open)) }
      case .delay(let seconds, let qubits):
        let open = qubits.filter { !measured.contains($0) }
        if !open.isEmpty { body.append(.delay(seconds: seconds, qubits: open)) }
      case .measure(let qubit, _):
        guard measured.insert(qubit).inserted else { throw refusal("a second measurement of qubit \(qubit)") }
        tail.append(instruction)
      case .reset(let qubit):
        guard !touched.contains(qubit), !measured.contains(qubit) else {
          throw refusal("a reset of qubit \(qubit) after its start")
        }
        head.append(instruction)
      case .channel(let channel, _):
        throw refusal("noise (\(channel.name)), which is applied to the variants, not to the circuit that they are made of")
      default: throw refusal("control flow or classical memory")
      }
    }
  }

  /// The circuit with other gates.
  func with(body: [Instruction], for technique: String) throws(MitigationError) -> Circuit {
    let instructions = head + body + tail
    guard instructions.count <= Limits.variantInstructionCount else {
      throw MitigationError(
        .limitExceeded,
        "\(technique): a variant of \(instructions.count) instructions; at most \(Limits.variantInstructionCount) are accepted")
    }
    return try MitigationError.wrapping(technique) { () throws(CircuitError) in
      try circuit.replacingInstructions(by: instructions)
    }
  }
}

extension Circuit {
  /// Refuses batches that would not fit the memory.
  ///
  /// - Throws: ``MitigationError``: `invalid_option` unless there are 1 to ``Limits/variantCount`` variants, `limit_exceeded` if they have more than
  ///   ``Limits/batchInstructionCount`` instructions, each as many as the circuit.
  func checkBatch(of count: Int, for technique: String) throws(MitigationError) {
    guard (1...Limits.variantCount).contains(count) else {
      throw MitigationError(.invalidOption, "\(technique): \(count) variants; 1 to \(Limits.variantCount) are accepted")
    }
    let most = Limits.batchInstructionCount / max(instructions.count, 1)
    guard count <= most else {
      throw MitigationError(
        .limitExceeded, "\(technique): \(count) variants of \(instructions.count) instructions; at most \(most) are accepted")
    }
  }
}
