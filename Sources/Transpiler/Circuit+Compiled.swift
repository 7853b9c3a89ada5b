internal import Circuits

extension Circuit {
  /// A circuit with the same classical registers, variables and parameters on a device's qubits.
  func rewritten(_ instructions: [Instruction], phase: ClassicalExpression, qubitCount: Int) throws(CircuitError) -> Circuit {
    var result = Circuit()
    try result.addQuantumRegister("q", count: qubitCount)
    for register in classicalRegisters {
      try result.addClassicalRegister(register.name, count: register.bits.count, isOutput: register.isOutput)
    }
    for variable in variables {
      try result.addVariable(variable.name, type: variable.type, elementCount: variable.elementCount)
    }
    for parameter in parameters { result.declare(parameter) }
    if phase.literal?.double != 0 {
      try result.append(.gate(GateOperation(.standard(.globalPhase), parameters: [phase], qubits: [])))
    }
    for instruction in instructions { try result.append(instruction) }
    return result
  }
}
