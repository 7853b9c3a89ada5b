extension Circuit {
  /// A circuit with the same registers, memory, parameters and errors of reading, and other instructions, each checked as it is added.
  ///
  /// Parameters that no instruction has any more stay declared, so that rows of values fit both circuits.
  ///
  /// - Throws: ``CircuitError`` for an instruction that the circuit does not accept.
  package func replacingInstructions(by instructions: [Instruction]) throws(CircuitError) -> Circuit {
    var result = self
    result.instructions = []
    result.instructions.reserveCapacity(instructions.count)
    for instruction in instructions { try result.append(instruction) }
    return result
  }
}
