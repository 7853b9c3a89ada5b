internal import Circuits

/// The registers and variables that the circuit will have.
struct Storage {
  private(set) var quantumRegisters: [(name: String, qubits: Range<Int>)] = []
  private(set) var classicalRegisters: [(name: String, bits: Range<Int>, isOutput: Bool)] = []
  private(set) var variables: [(name: String, type: ClassicalType, elementCount: Int)] = []
  private(set) var parameters: [Parameter] = []
  private(set) var elementCount = 0
  private var freeVariables: [VariableKey: [Int]] = [:]
  private var freeBits: [Int: [Range<Int>]] = [:]

  private struct VariableKey: Hashable {
    var type: ClassicalType
    var count: Int
  }

  var qubitCount: Int { quantumRegisters.last?.qubits.upperBound ?? 0 }
  var bitCount: Int { classicalRegisters.last?.bits.upperBound ?? 0 }

  mutating func addQubits(_ name: String, _ count: Int, at range: SourceRange) throws(Failure) -> Range<Int> {
    let limit = Circuits.Limits.declaredQubitCount
    guard count <= limit - qubitCount, quantumRegisters.count < Limits.registerCount else {
      throw Failure(.limitExceeded, "\(qubitCount + count) qubits; a circuit has at most \(limit)", at: range)
    }
    quantumRegisters.append((name, qubitCount..<qubitCount + count))
    return quantumRegisters[quantumRegisters.count - 1].qubits
  }

  /// New classical bits, or for local ones some that are no longer used.
  mutating func addBits(_ name: String, _ count: Int, isOutput: Bool, at range: SourceRange) throws(Failure)
    -> (bits: Range<Int>, isFresh: Bool)
  {
    if !isOutput, let bits = freeBits[count]?.popLast() { return (bits, false) }
    let limit = Circuits.Limits.classicalBitCount
    guard count <= limit - bitCount else {
      throw Failure(.limitExceeded, "\(bitCount + count) classical bits; a circuit has at most \(limit)", at: range)
    }
    guard classicalRegisters.count < Limits.registerCount else {
      throw .fatal("more than \(Limits.registerCount) classical registers", at: range)
    }
    classicalRegisters.append((name, bitCount..<bitCount + count, isOutput))
    return (classicalRegisters[classicalRegisters.count - 1].bits, true)
  }

  /// A new variable, or one that is no longer used.
  mutating func addVariable(_ name: String, _ type: ClassicalType, _ count: Int, at range: SourceRange) throws(Failure)
    -> (variable: Int, isFresh: Bool)
  {
    if let variable = freeVariables[VariableKey(type: type, count: count)]?.popLast() { return (variable, false) }
    guard variables.count < Limits.variableCount, count <= Circuits.Limits.variableElementCount - elementCount else {
      throw .fatal(
        "more than \(Limits.variableCount) variables or \(Circuits.Limits.variableElementCount) array elements", at: range)
    }
    variables.append((name, type, count))
    elementCount += count
    return (variables.count - 1, true)
  }

  mutating func addParameter(_ name: String, at range: SourceRange) throws(Failure) -> Parameter {
    guard parameters.count < Limits.parameterCount else {
      throw .fatal("more than \(Limits.parameterCount) parameters", at: range)
    }
    parameters.append(Parameter(name))
    return parameters[parameters.count - 1]
  }

  mutating func release(variable: Int) {
    let key = VariableKey(type: variables[variable].type, count: variables[variable].elementCount)
    freeVariables[key, default: []].append(variable)
  }

  mutating func release(bits: Range<Int>) { freeBits[bits.count, default: []].append(bits) }

  /// A circuit with these registers, variables and parameters and no instructions.
  ///
  /// - Parameter hidesPlainRegisters: Whether only registers declared `output` count as output.
  func circuit() throws(CircuitError) -> Circuit {
    var circuit = Circuit()
    for register in quantumRegisters { try circuit.addQuantumRegister(register.name, count: register.qubits.count) }
    for register in classicalRegisters {
      try circuit.addClassicalRegister(register.name, count: register.bits.count, isOutput: register.isOutput)
    }
    for variable in variables { try circuit.addVariable(variable.name, type: variable.type, elementCount: variable.elementCount) }
    for parameter in parameters { circuit.declare(parameter) }
    return circuit
  }

  /// Makes every output register local unless its bits are among those given.
  mutating func keepAsOutput(_ outputs: Set<Int>) {
    for index in classicalRegisters.indices where !outputs.contains(index) { classicalRegisters[index].isOutput = false }
  }
}
