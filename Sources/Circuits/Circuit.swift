/// Qubits, classical memory and the steps that act on them: an immutable description, run by a simulator.
///
///     var bell = try Circuit(qubitCount: 2, classicalBitCount: 2)
///     try bell.append(.h, on: 0)
///     try bell.append(.cx, on: 0, 1)
///     try bell.measure(0, into: 0)
///
/// Every instruction is checked as it is added, so a circuit that exists is well formed: qubits and bits in range, no qubit twice in an
/// instruction, arities right, matrices unitary. Angles may still hold parameters.
public struct Circuit: Hashable, Sendable {
  /// A named run of qubits.
  public struct QuantumRegister: Hashable, Sendable {
    /// The name, as in the source.
    public var name: String
    /// Its qubits.
    public var qubits: Range<Int>
  }

  /// A named run of classical bits.
  public struct ClassicalRegister: Hashable, Sendable {
    /// The name, as in the source.
    public var name: String
    /// Its bits.
    public var bits: Range<Int>
    /// Whether its bits are part of a result's bitstring; a subroutine's local bits are not.
    public var isOutput: Bool
  }

  /// A classical variable other than a bit register.
  public struct Variable: Hashable, Sendable {
    /// The name, as in the source.
    public var name: String
    /// The type of each element.
    public var type: ClassicalType
    /// The number of elements; 1 for a scalar. Arrays of more dimensions are flattened, the last index fastest.
    public var elementCount: Int
  }

  /// The number of qubits.
  public internal(set) var qubitCount = 0
  /// The number of classical bits, local ones included.
  public internal(set) var classicalBitCount = 0
  /// Quantum registers, in order of declaration; they cover all qubits.
  public internal(set) var quantumRegisters: [QuantumRegister] = []
  /// Classical registers, in order of declaration; they cover all bits.
  public internal(set) var classicalRegisters: [ClassicalRegister] = []
  /// Classical variables, in order of declaration.
  public private(set) var variables: [Variable] = []
  /// Parameters, in order of declaration, or of first use where they are not declared.
  public private(set) var parameters: [Parameter] = []
  /// The steps.
  public internal(set) var instructions: [Instruction] = []
  /// How qubits are misread; each is at most once in it.
  public internal(set) var readout: [Readout] = []

  /// Makes a circuit with no qubits; add registers.
  public init() {}

  /// Makes a circuit with a register `q` of qubits and, if there are any, a register `c` of classical bits.
  public init(qubitCount: Int, classicalBitCount: Int = 0) throws(CircuitError) {
    _ = try addQuantumRegister("q", count: qubitCount)
    if classicalBitCount > 0 { _ = try addClassicalRegister("c", count: classicalBitCount) }
  }

  /// Declares a quantum register and returns its qubits.
  ///
  /// - Throws: ``CircuitError`` with code `limit_exceeded` above ``Limits/declaredQubitCount`` qubits in all.
  @discardableResult
  public mutating func addQuantumRegister(_ name: String, count: Int) throws(CircuitError) -> Range<Int> {
    guard count >= 0, count <= Limits.declaredQubitCount - qubitCount else {
      throw CircuitError(
        .limitExceeded, "register '\(name)' of \(count) qubits; a circuit holds at most \(Limits.declaredQubitCount)")
    }
    let qubits = qubitCount..<qubitCount + count
    quantumRegisters.append(QuantumRegister(name: name, qubits: qubits))
    qubitCount += count
    return qubits
  }

  /// Declares a register of classical bits and returns them.
  @discardableResult
  public mutating func addClassicalRegister(_ name: String, count: Int, isOutput: Bool = true) throws(CircuitError) -> Range<Int> {
    guard count >= 0, count <= Limits.classicalBitCount - classicalBitCount else {
      throw CircuitError(.limitExceeded, "register '\(name)' of \(count) bits; a circuit holds at most \(Limits.classicalBitCount)")
    }
    let bits = classicalBitCount..<classicalBitCount + count
    classicalRegisters.append(ClassicalRegister(name: name, bits: bits, isOutput: isOutput))
    classicalBitCount += count
    return bits
  }

  /// Declares a classical variable and returns its index.
  @discardableResult
  public mutating func addVariable(_ name: String, type: ClassicalType, elementCount: Int = 1) throws(CircuitError) -> Int {
    let total = variables.reduce(0) { $0 + $1.elementCount }
    guard elementCount >= 1, elementCount <= Limits.variableElementCount - total, (1...64).contains(type.width) else {
      throw CircuitError(
        .limitExceeded,
        "variable '\(name)' of \(elementCount) × \(type); at most \(Limits.variableElementCount) elements of at most 64 bits")
    }
    variables.append(Variable(name: name, type: type, elementCount: elementCount))
    return variables.count - 1
  }

  /// Declares a parameter; its place in the order of declaration is its column in a parameter array.
  public mutating func declare(_ parameter: Parameter) {
    if !parameters.contains(parameter) { parameters.append(parameter) }
  }

  /// Checks an instruction and adds it.
  ///
  /// - Throws: ``CircuitError``; the circuit is unchanged.
  public mutating func append(_ instruction: Instruction) throws(CircuitError) {
    try validate(instruction, loopDepth: 0, depth: 0)
    noteParameters(of: instruction)
    instructions.append(instruction)
  }

  private mutating func noteParameters(of instruction: Instruction) {
    for expression in instruction.expressions { for parameter in expression.parameters { declare(parameter) } }
    for body in instruction.bodies { for inner in body { noteParameters(of: inner) } }
  }
}

extension Circuit {
  /// Adds a gate of the table.
  public mutating func append(_ gate: Gate, _ parameters: ClassicalExpression..., on qubits: Int..., controls: [Control] = [])
    throws(CircuitError)
  {
    try append(.gate(GateOperation(.standard(gate), parameters: parameters, qubits: qubits, controls: controls)))
  }

  /// Adds noise; the first qubit is under the channel's qubit 0.
  public mutating func append(_ channel: Channel, on qubits: Int...) throws(CircuitError) {
    try append(.channel(channel, qubits: qubits))
  }

  /// Adds a unitary on at most six qubits; the first is the least significant bit of an index.
  public mutating func append(unitary matrix: Matrix, on qubits: [Int], controls: [Control] = []) throws(CircuitError) {
    try append(.gate(GateOperation(.unitary(matrix), qubits: qubits, controls: controls)))
  }

  /// Adds exp(−iθP/2); `qubits[j]` is under the string's qubit j.
  public mutating func append(
    rotation angle: ClassicalExpression, about pauli: PauliString, on qubits: [Int], controls: [Control] = []
  ) throws(CircuitError) {
    try append(.gate(GateOperation(.pauliRotation(pauli), parameters: [angle], qubits: qubits, controls: controls)))
  }

  /// Adds a measurement of a qubit into a classical bit.
  public mutating func measure(_ qubit: Int, into bit: Int?) throws(CircuitError) {
    try append(.measure(qubit: qubit, bit: bit))
  }

  /// Adds a reset of a qubit to |0⟩.
  public mutating func reset(_ qubit: Int) throws(CircuitError) { try append(.reset(qubit: qubit)) }
}

extension Circuit {
  /// The bits of a result's bitstring, least significant first: those of output registers, in order of declaration.
  public var outputBits: [Int] { classicalRegisters.filter(\.isOutput).flatMap { Array($0.bits) } }

  /// Memory as it is when the circuit starts: zeros, and the parameters' values in the order of ``parameters``.
  ///
  /// - Throws: ``CircuitError`` with code `wrong_arity` for another number of values, `not_finite` for NaN or infinity.
  public func initialMemory(_ values: [Double]) throws(CircuitError) -> ClassicalMemory {
    guard values.count == parameters.count else {
      let names = parameters.map(\.name).joined(separator: ", ")
      throw CircuitError(.wrongArity, "\(values.count) parameter values for \(parameters.count) parameters (\(names))")
    }
    for (parameter, value) in zip(parameters, values) where !value.isFinite {
      throw CircuitError(.notFinite, "parameter '\(parameter.name)' is \(value); a finite number is needed")
    }
    var memory = ClassicalMemory(
      parameters: Dictionary(uniqueKeysWithValues: zip(parameters, values)),
      bits: Array(repeating: false, count: classicalBitCount))
    for variable in variables {
      let zero = try ClassicalValue.bits(0, width: variable.type.width).converted(to: variable.type)
      memory.variables.append(Array(repeating: zero, count: variable.elementCount))
    }
    return memory
  }

  /// Whether an outcome can change what happens later: a measurement or reset before the end of a qubit's life, or any classical control.
  public var isDynamic: Bool {
    var finished = Set<Int>()
    var written = Set<Int>()
    for instruction in instructions {
      switch instruction {
      case .gate(let operation):
        if instruction.isClassical || operation.allQubits.contains(where: finished.contains) { return true }
      case .measure(let qubit, let bit):
        if !finished.insert(qubit).inserted { return true }
        if let bit, !written.insert(bit).inserted { return true }
      case .channel(_, let qubits): if qubits.contains(where: finished.contains) { return true }
      case .barrier, .delay: continue
      default: return true
      }
    }
    return false
  }
}
