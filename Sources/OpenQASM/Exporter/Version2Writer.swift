internal import Circuits

/// Writes a circuit as OpenQASM 2; what the language lacks is refused by name.
struct Version2Writer {
  let circuit: Circuit
  private let names: ExportNames
  private let places: ExportPlaces
  private var definitions = GateDefinitionsWriter(version: .v2)
  private var lines: [String] = []
  /// `if (c == 1) ` while the body of a condition is written.
  private var prefix = ""

  init(_ circuit: Circuit) {
    self.circuit = circuit
    names = ExportNames(circuit, version: .v2)
    places = ExportPlaces(circuit, names)
  }

  mutating func text() throws(ExportFailure) -> String {
    if !circuit.readout.isEmpty { throw ExportFailure("errors of reading have no form in OpenQASM 2") }
    if let parameter = circuit.parameters.first {
      throw ExportFailure("parameter '\(parameter.name)' has no value; OpenQASM 2 has no free parameters, bind it first")
    }
    for (register, name) in zip(circuit.quantumRegisters, names.quantumRegisters) {
      lines.append("qreg \(name)[\(register.qubits.count)];")
    }
    for (register, name) in zip(circuit.classicalRegisters, names.classicalRegisters) {
      guard register.isOutput else {
        throw ExportFailure("the local classical register '\(register.name)'; every register of OpenQASM 2 is part of the result")
      }
      lines.append("creg \(name)[\(register.bits.count)];")
    }
    for instruction in circuit.instructions { try write(instruction) }
    return (["OPENQASM 2.0;", "include \"qelib1.inc\";"] + definitions.lines + lines).joined(separator: "\n") + "\n"
  }

  private mutating func write(line: String) { lines.append(prefix + line) }

  private mutating func write(_ instruction: Instruction) throws(ExportFailure) {
    switch instruction {
    case .gate(let operation): try write(operation)
    case .measure(let qubit, let bit?): write(line: "measure \(places.qubit(qubit)) -> \(places.bit(bit));")
    case .measure(_, nil): throw ExportFailure("a measurement without a classical bit has no form in OpenQASM 2")
    case .reset(let qubit): write(line: "reset \(places.qubit(qubit));")
    case .barrier(let qubits):
      if !qubits.isEmpty, prefix.isEmpty { write(line: "barrier \(qubits.map(places.qubit).joined(separator: ", "));") }
    case .ifElse(let condition, let then, let otherwise): try write(condition, then, otherwise)
    default: throw ExportFailure("\(describe(instruction)) has no form in OpenQASM 2")
    }
  }

  private func describe(_ instruction: Instruction) -> String {
    switch instruction {
    case .delay: "a delay"
    case .channel(let channel, _): "noise (\(channel.name))"
    case .assign: "an assignment to classical memory"
    case .whileLoop, .forLoop, .iterations, .breakLoop, .continueLoop: "a loop"
    case .switchCase: "a switch"
    case .end: "'end'"
    default: "this instruction"
    }
  }

  // MARK: Conditions

  private mutating func write(_ condition: ClassicalExpression, _ then: [Instruction], _ otherwise: [Instruction])
    throws(ExportFailure)
  {
    guard prefix.isEmpty, otherwise.isEmpty, let (bits, value) = comparison(condition) else {
      throw ExportFailure("only conditions that compare a whole register with a number, without 'else', have a form in OpenQASM 2")
    }
    let part = places.parts(bits)
    let writesCondition = then.dropLast().contains { if case .measure(_, let bit?) = $0 { bits.contains(bit) } else { false } }
    guard part.count == 1, part[0].isWhole, !writesCondition else {
      throw ExportFailure("a condition on part of a register, or one that its own body changes, has no form in OpenQASM 2")
    }
    prefix = "if (\(part[0].name) == \(value)) "
    defer { prefix = "" }
    for instruction in then { try write(instruction) }
  }

  private func comparison(_ condition: ClassicalExpression) -> (bits: Range<Int>, value: UInt64)? {
    switch condition {
    case .bit(let bit): return (bit..<bit + 1, 1)
    case .binary(.equal, .bits(let range), .literal(let value)): return value.pattern.map { (range, $0) }
    case .binary(.equal, .bit(let bit), .literal(let value)): return value.pattern.map { (bit..<bit + 1, $0) }
    default: return nil
    }
  }

  // MARK: Gates

  private mutating func write(_ operation: GateOperation) throws(ExportFailure) {
    for step in try expanded(operation) {
      guard case .standard(let gate) = step.kind, gate != .globalPhase else { continue }
      var parameters = [String]()
      for parameter in step.parameters {
        guard let value = parameter.literal?.double else {
          throw ExportFailure("an angle of '\(gate.name)' that is computed at run time; OpenQASM 2 has constants only")
        }
        parameters.append(numberText(value))
      }
      let list = parameters.isEmpty ? "" : "(\(parameters.joined(separator: ", ")))"
      write(line: "\(try definitions.name(of: gate))\(list) \(step.qubits.map(places.qubit).joined(separator: ", "));")
    }
  }

  private func expanded(_ operation: GateOperation) throws(ExportFailure) -> [GateOperation] {
    do throws(CircuitError) { return try operation.expanded() } catch {
      throw ExportFailure("\(error.message), as OpenQASM 2 needs it")
    }
  }
}
