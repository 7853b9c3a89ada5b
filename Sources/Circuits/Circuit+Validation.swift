extension Circuit {
  /// The deepest nesting of control flow.
  static let maximumNesting = 64

  func validate(_ instruction: Instruction, loopDepth: Int, depth: Int) throws(CircuitError) {
    guard depth <= Circuit.maximumNesting else {
      throw CircuitError(.limitExceeded, "control flow nested deeper than \(Circuit.maximumNesting)")
    }
    for expression in instruction.expressions { try validate(expression) }
    switch instruction {
    case .gate(let operation): try validate(operation)
    case .measure(let qubit, let bit):
      try validate(qubits: [qubit], of: "measure")
      if let bit { try validate(bit: bit) }
    case .reset(let qubit): try validate(qubits: [qubit], of: "reset")
    case .channel(let channel, let qubits):
      try validate(qubits: qubits, of: channel.name)
      guard qubits.count == channel.qubitCount else {
        throw CircuitError(.wrongArity, "\(channel.name) acts on \(channel.qubitCount) qubits, not \(qubits.count)")
      }
    case .barrier(let qubits): try validate(qubits: qubits, of: "barrier")
    case .delay(_, let qubits): try validate(qubits: qubits, of: "delay")
    case .assign(let target, _): try validate(target)
    case .forLoop(let variable, _, _): try validate(variable: variable)
    case .breakLoop, .continueLoop:
      guard loopDepth > 0 else { throw CircuitError(.invalidArithmetic, "break or continue outside a loop") }
    case .ifElse, .whileLoop, .iterations, .switchCase, .end: break
    }
    let inner = loopDepth + (instruction.isLoop ? 1 : 0)
    for body in instruction.bodies { for step in body { try validate(step, loopDepth: inner, depth: depth + 1) } }
  }

  private func validate(_ operation: GateOperation) throws(CircuitError) {
    try validate(qubits: operation.allQubits, of: operation.name)
    if case .unitary(let matrix) = operation.kind { try validate(matrix) }
    let arity = operation.arity
    guard operation.qubits.count == arity.qubits else {
      throw CircuitError(.wrongArity, "\(operation.name) acts on \(arity.qubits) qubits, not \(operation.qubits.count)")
    }
    guard operation.parameters.count == arity.parameters else {
      throw CircuitError(.wrongArity, "\(operation.name) takes \(arity.parameters) parameters, not \(operation.parameters.count)")
    }
    guard operation.exponent.isFinite else {
      throw CircuitError(.notFinite, "\(operation.name) to the power \(operation.exponent)")
    }
    for parameter in operation.parameters {
      if let value = parameter.literal?.double, !value.isFinite {
        throw CircuitError(.notFinite, "\(operation.name) with parameter \(value); a finite number is needed")
      }
    }
  }

  private func validate(_ matrix: Matrix) throws(CircuitError) {
    let count = matrix.dimension.trailingZeroBitCount
    guard matrix.dimension == 1 << count, (1...Limits.unitaryQubitCount).contains(count) else {
      throw CircuitError(.invalidMatrix, "a unitary of dimension \(matrix.dimension); 2, 4, 8, 16, 32 and 64 are accepted")
    }
    guard matrix.isUnitary() else {
      throw CircuitError(.invalidMatrix, "the matrix is not unitary: U·U† differs from 1 by more than 1e-8")
    }
  }

  func validate(qubits: [Int], of name: String) throws(CircuitError) {
    var seen = Set<Int>()
    for qubit in qubits {
      guard qubit >= 0, qubit < qubitCount else {
        throw CircuitError(.qubitOutOfRange, "\(name) on qubit \(qubit) of a circuit with \(qubitCount) qubits")
      }
      guard seen.insert(qubit).inserted else { throw CircuitError(.duplicateQubit, "\(name) names qubit \(qubit) twice") }
    }
  }

  private func validate(bit: Int) throws(CircuitError) {
    guard bit >= 0, bit < classicalBitCount else {
      throw CircuitError(.bitOutOfRange, "classical bit \(bit) of a circuit with \(classicalBitCount)")
    }
  }

  private func validate(bits: Range<Int>) throws(CircuitError) {
    guard bits.lowerBound >= 0, bits.upperBound <= classicalBitCount else {
      throw CircuitError(.bitOutOfRange, "classical bits \(bits) of a circuit with \(classicalBitCount)")
    }
  }

  private func validate(variable: Int) throws(CircuitError) {
    guard variables.indices.contains(variable) else {
      throw CircuitError(.bitOutOfRange, "variable \(variable) of a circuit with \(variables.count)")
    }
  }

  private func validate(_ target: ClassicalTarget) throws(CircuitError) {
    switch target {
    case .bit(let bit): try validate(bit: bit)
    case .bits(let range): try validateValue(range)
    case .bitAt(let range, let index):
      try validate(bits: range)
      try validate(index)
    case .variable(let variable): try validate(variable: variable)
    case .element(let variable, let index):
      try validate(variable: variable)
      try validate(index)
    case .variableBit(let variable, let element, let bit):
      try validate(variable: variable)
      try validate(element)
      try validate(bit)
    }
  }

  private func validateValue(_ range: Range<Int>) throws(CircuitError) {
    try validate(bits: range)
    guard range.count <= 64 else { throw CircuitError(.limitExceeded, "\(range.count) classical bits as one value; at most 64") }
  }

  private func validate(_ expression: ClassicalExpression) throws(CircuitError) {
    switch expression {
    case .variable(let variable), .element(let variable, _): try validate(variable: variable)
    case .bit(let bit): try validate(bit: bit)
    case .bits(let range): try validateValue(range)
    case .bitAt(let range, _): try validate(bits: range)
    case .literal, .parameter, .unary, .binary, .call, .cast: break
    }
    for operand in expression.operands { try validate(operand) }
  }
}

extension Instruction {
  var isLoop: Bool {
    switch self {
    case .whileLoop, .forLoop, .iterations: true
    default: false
    }
  }

  /// The expressions of this instruction itself, not of its bodies.
  package var expressions: [ClassicalExpression] {
    switch self {
    case .gate(let operation): operation.parameters
    case .delay(let seconds, _): [seconds]
    case .assign(_, let value): [value]
    case .ifElse(let condition, _, _), .whileLoop(let condition, _), .switchCase(let condition, _, _): [condition]
    case .forLoop(_, .range(let start, let step, let end), _): [start, step, end]
    case .forLoop(_, .list(let values), _): values
    case .measure, .reset, .channel, .barrier, .iterations, .breakLoop, .continueLoop, .end: []
    }
  }
}
