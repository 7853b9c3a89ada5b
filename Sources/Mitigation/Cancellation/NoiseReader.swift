internal import Circuits

/// Reads from a noise model what it adds to instructions.
struct NoiseReader {
  private let model: NoiseModel
  private let qubitCount: Int

  /// A channel and its qubits.
  typealias Noise = (channel: Channel, qubits: [Int])

  init(_ model: NoiseModel, qubitCount: Int) { (self.model, self.qubitCount) = (model, qubitCount) }

  /// What comes with each of some instructions, in order.
  func noise(of instructions: [Instruction], classicalBitCount: Int) throws(CircuitError) -> [[Noise]] {
    var circuit = try Circuit(qubitCount: qubitCount, classicalBitCount: classicalBitCount)
    // Barriers of no qubits keep apart what belongs to one instruction and what to the next; those of the circuit have no noise.
    for instruction in instructions {
      if case .barrier = instruction {} else { try circuit.append(instruction) }
      try circuit.append(.barrier([]))
    }
    var result: [[Noise]] = [], current: [Noise] = []
    for instruction in try model.applied(to: circuit).instructions {
      switch instruction {
      case .channel(let channel, let qubits): current.append((channel, qubits))
      case .barrier([]):
        result.append(current)
        current = []
      default: continue
      }
    }
    return result
  }

  /// The transfer matrix of instructions with their noise on some qubits, the first the least significant.
  ///
  /// - Throws: ``MitigationError`` with code `unsupported_instruction` if their noise is on other qubits too.
  func transfer(of instructions: [Instruction], on qubits: [Int]) throws(MitigationError) -> PauliTransferMatrix {
    let technique = ProbabilisticErrorCancellation.technique
    let noise = try MitigationError.wrapping(technique) { () throws(CircuitError) in
      try self.noise(of: instructions, classicalBitCount: 0)
    }
    var result = PauliTransferMatrix(qubitCount: qubits.count)
    for (instruction, channels) in zip(instructions, noise) {
      result = try LocalMap.transfer(of: instruction, on: qubits) * result
      for (channel, places) in channels {
        guard places.allSatisfy(qubits.contains) else {
          throw MitigationError(
            .unsupportedInstruction,
            "\(technique): \(model.name) puts \(channel.name) on qubits \(places) after an operation on \(qubits) that cancels noise; noise on its own qubits alone is accepted"
          )
        }
        result = LocalMap.transfer(of: channel, at: places, on: qubits) * result
      }
    }
    return result
  }
}
