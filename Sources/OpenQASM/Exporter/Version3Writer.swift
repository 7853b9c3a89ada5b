internal import Circuits

/// Writes a circuit as OpenQASM 3.
struct Version3Writer {
  let circuit: Circuit
  var names: ExportNames
  let places: ExportPlaces
  var definitions: GateDefinitionsWriter
  /// Lines of the program, without the header and the gate definitions.
  private var lines: [String] = []
  private var indentation = ""

  init(_ circuit: Circuit) {
    self.circuit = circuit
    names = ExportNames(circuit, version: .v3)
    places = ExportPlaces(circuit, names)
    definitions = GateDefinitionsWriter(version: .v3)
  }

  mutating func text() throws(ExportFailure) -> String {
    if !circuit.readout.isEmpty { throw ExportFailure("errors of reading have no form in OpenQASM 3") }
    writeDeclarations()
    try write(circuit.instructions)
    let head = ["OPENQASM 3.0;", "include \"stdgates.inc\";"]
    return (head + definitions.lines + lines).joined(separator: "\n") + "\n"
  }

  private mutating func write(_ line: String) { lines.append(indentation + line) }

  // MARK: Declarations

  private mutating func writeDeclarations() {
    for parameter in circuit.parameters { write("input float[64] \(names.parameters[parameter] ?? parameter.name);") }
    for (register, name) in zip(circuit.quantumRegisters, names.quantumRegisters) where !register.qubits.isEmpty {
      write("qubit[\(register.qubits.count)] \(name);")
    }
    // As soon as something is not output, what is must say so.
    let isExplicit = circuit.classicalRegisters.contains { !$0.isOutput } || circuit.variables.contains(where: \.isBits)
    for (register, name) in zip(circuit.classicalRegisters, names.classicalRegisters) where !register.bits.isEmpty {
      write("\(isExplicit && register.isOutput ? "output " : "")bit[\(register.bits.count)] \(name);")
    }
    if isExplicit, !circuit.classicalRegisters.contains(where: \.isOutput) { write("output bool \(names.unique("no_output"));") }
    for (variable, name) in zip(circuit.variables, names.variables) {
      let type = variable.type.description
      write(variable.elementCount == 1 ? "\(type) \(name);" : "array[\(type), \(variable.elementCount)] \(name);")
    }
  }

  // MARK: Instructions

  private mutating func write(_ instructions: [Instruction]) throws(ExportFailure) {
    for instruction in instructions { try write(instruction) }
  }

  private mutating func write(_ instruction: Instruction) throws(ExportFailure) {
    switch instruction {
    case .gate(let operation): try write(operation)
    case .measure(let qubit, let bit?): write("\(places.bit(bit)) = measure \(places.qubit(qubit));")
    case .measure(let qubit, nil): write("measure \(places.qubit(qubit));")
    case .reset(let qubit): write("reset \(places.qubit(qubit));")
    case .channel(let channel, _): throw ExportFailure("noise (\(channel.name)) has no form in OpenQASM 3")
    case .barrier(let qubits): if !qubits.isEmpty { write("barrier \(operands(qubits));") }
    case .delay(let seconds, let qubits): if !qubits.isEmpty { write("delay[\(try duration(seconds))] \(operands(qubits));") }
    case .assign(let target, let value): write("\(try text(target)) = \(try text(value));")
    case .breakLoop: write("break;")
    case .continueLoop: write("continue;")
    case .end: write("end;")
    case .ifElse, .whileLoop, .forLoop, .iterations, .switchCase: try writeControl(instruction)
    }
  }

  private mutating func writeControl(_ instruction: Instruction) throws(ExportFailure) {
    switch instruction {
    case .ifElse(let condition, let then, let otherwise):
      try write(then, in: "if (\(try text(condition)))", closing: otherwise.isEmpty ? "}" : "} else {")
      if !otherwise.isEmpty { try writeBody(otherwise, closing: "}") }
    case .whileLoop(let condition, let body): try write(body, in: "while (\(try text(condition)))")
    case .forLoop(let variable, let values, let body):
      let name = names.unique("i")
      let line = "\(names.variables[variable]) = \(name);"
      let type = circuit.variables[variable].type
      write("for \(type) \(name) in \(try text(values)) {")
      indentation += "  "
      write(line)
      indentation.removeLast(2)
      try writeBody(body, closing: "}")
    case .iterations(let bodies): try write(bodies)
    case .switchCase(let value, let cases, let otherwise): try write(value, cases, otherwise)
    default: preconditionFailure("no control flow: \(instruction)")
    }
  }

  private mutating func write(_ body: [Instruction], in head: String, closing: String = "}") throws(ExportFailure) {
    write(head + " {")
    try writeBody(body, closing: closing)
  }

  private mutating func writeBody(_ body: [Instruction], closing: String) throws(ExportFailure) {
    indentation += "  "
    try write(body)
    indentation.removeLast(2)
    write(closing)
  }

  /// Rounds of an unrolled loop: a loop over their numbers that chooses among them, so that `break` and `continue` keep their meaning.
  private mutating func write(_ rounds: [[Instruction]]) throws(ExportFailure) {
    guard !rounds.isEmpty else { return }
    let name = names.unique("round")
    write("for int \(name) in [0:\(rounds.count - 1)] {")
    indentation += "  "
    write("switch (\(name)) {")
    for (index, round) in rounds.enumerated() { try write(round, in: "  case \(index)", closing: "  }") }
    write("}")
    indentation.removeLast(2)
    write("}")
  }

  private mutating func write(_ value: ClassicalExpression, _ cases: [Instruction.SwitchCase], _ otherwise: [Instruction])
    throws(ExportFailure)
  {
    write("switch (\(try text(value))) {")
    // The first case that holds a value is the one that runs: a value in a later case says nothing.
    var seen = Set<Int64>()
    for item in cases {
      let values = item.values.filter { seen.insert($0).inserted }
      guard !values.isEmpty else { continue }
      try write(item.body, in: "  case \(values.map(String.init).joined(separator: ", "))", closing: "  }")
    }
    if !otherwise.isEmpty || seen.isEmpty { try write(otherwise, in: "  default", closing: "  }") }
    write("}")
  }

  // MARK: Gates

  private mutating func write(_ operation: GateOperation) throws(ExportFailure) {
    switch operation.kind {
    case .standard(let gate):
      let name = try definitions.name(of: gate)
      try write(name, operation, operation.parameters)
    case .unitary(let matrix):
      try write(try definitions.name(of: matrix), operation, [])
    case .pauliRotation(let string):
      for step in pauliSteps(string, operation) { try write(step) }
    }
  }

  private mutating func write(_ name: String, _ operation: GateOperation, _ parameters: [ClassicalExpression]) throws(ExportFailure)
  {
    var modifiers = operation.controls.map { $0.isPositive ? "ctrl @ " : "negctrl @ " }.joined()
    if operation.exponent == -1 {
      modifiers += "inv @ "
    } else if operation.exponent != 1 {
      modifiers += "pow(\(numberText(operation.exponent))) @ "
    }
    var arguments = [String]()
    for parameter in parameters { arguments.append(try text(parameter)) }
    let list = arguments.isEmpty ? "" : "(\(arguments.joined(separator: ", ")))"
    let qubits = operation.allQubits
    write("\(modifiers)\(name)\(list)\(qubits.isEmpty ? "" : " " + operands(qubits));")
  }

  private func operands(_ qubits: [Int]) -> String { qubits.map(places.qubit).joined(separator: ", ") }

  private func duration(_ seconds: ClassicalExpression) throws(ExportFailure) -> String {
    if let value = seconds.literal?.double { return "\(value)s" }
    return "(\(try text(seconds))) * 1.0s"
  }
}

extension Circuit.Variable {
  /// Whether OpenQASM writes it as a register of bits.
  var isBits: Bool { if case .bits = type, elementCount == 1 { true } else { false } }
}
