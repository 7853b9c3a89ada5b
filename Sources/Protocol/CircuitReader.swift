internal import Circuits

/// Reads what ``CircuitWriter`` wrote; every value is checked before a circuit's initializers, which trap on nonsense, see it.
struct CircuitReader {
  var bytes: ByteReader
  private var gates: [Gate] = []
  private var channels: [Channel] = []
  private var depth = 0

  init(_ bytes: [UInt8]) { self.bytes = ByteReader(bytes) }

  /// The circuit, or why its parts make none.
  mutating func circuit() throws(ProtocolError) -> Result<Circuit, CircuitError> {
    var circuit = Circuit()
    let quantum = try bytes.list { (bytes) throws(ProtocolError) in
      (name: try bytes.text(), count: try bytes.count(limit: Circuits.Limits.declaredQubitCount))
    }
    let classical = try bytes.list { (bytes) throws(ProtocolError) in
      (name: try bytes.text(), count: try bytes.count(limit: Circuits.Limits.classicalBitCount), isOutput: try bytes.flag())
    }
    let variables = try bytes.list { (bytes) throws(ProtocolError) in
      (
        name: try bytes.text(), type: try Self.type(&bytes),
        count: try bytes.count(limit: Circuits.Limits.variableElementCount)
      )
    }
    let parameters = try bytes.list { (bytes) throws(ProtocolError) in try bytes.text() }
    gates = try bytes.list { (bytes) throws(ProtocolError) in try Self.gate(&bytes) }
    let instructions = try instructions()
    let readout = bytes.isAtEnd ? [] : try readout()
    guard bytes.isAtEnd else { throw bytes.malformed("bytes after the end") }
    do throws(CircuitError) {
      for register in quantum { try circuit.addQuantumRegister(register.name, count: register.count) }
      for register in classical {
        try circuit.addClassicalRegister(register.name, count: register.count, isOutput: register.isOutput)
      }
      for variable in variables { _ = try circuit.addVariable(variable.name, type: variable.type, elementCount: variable.count) }
      for parameter in parameters { circuit.declare(Parameter(parameter)) }
      for instruction in instructions { try circuit.append(instruction) }
      for entry in readout { try circuit.misread(try ReadoutError(entry.rows), on: entry.qubits) }
      return .success(circuit)
    } catch {
      return .failure(error)
    }
  }

  private static func gate(_ bytes: inout ByteReader) throws(ProtocolError) -> Gate {
    let name = try bytes.text()
    guard let gate = Gate(named: name), gate.name == name else { throw bytes.malformed("unknown gate \(name)") }
    return gate
  }

  private mutating func readout() throws(ProtocolError) -> [(qubits: [Int], rows: [[Double]])] {
    try list { (reader) throws(ProtocolError) in
      let qubits = try reader.qubits()
      guard qubits.count <= Circuits.Limits.readoutBitCount else {
        throw reader.bytes.malformed("a readout error of \(qubits.count) bits")
      }
      var rows: [[Double]] = []
      for _ in 0..<1 << qubits.count {
        var row: [Double] = []
        for _ in 0..<1 << qubits.count { row.append(try reader.bytes.double()) }
        rows.append(row)
      }
      return (qubits, rows)
    }
  }

  /// Reads one level deeper: bytes must not decide how deep the stack gets.
  private mutating func nested<T>(_ read: (inout CircuitReader) throws(ProtocolError) -> T) throws(ProtocolError) -> T {
    guard depth < Limits.circuitDepth else { throw bytes.malformed("nested deeper than \(Limits.circuitDepth)") }
    depth += 1
    defer { depth -= 1 }
    return try read(&self)
  }

  private mutating func list<T>(_ read: (inout CircuitReader) throws(ProtocolError) -> T) throws(ProtocolError) -> [T] {
    // Each element takes at least a byte, so the bytes bound the count.
    let count = try bytes.count(limit: Limits.templateByteCount)
    var values: [T] = []
    for _ in 0..<count { values.append(try read(&self)) }
    return values
  }

  private mutating func instructions() throws(ProtocolError) -> [Instruction] {
    try nested { (reader) throws(ProtocolError) in
      try reader.list { (reader) throws(ProtocolError) in try reader.instruction() }
    }
  }

  private mutating func qubit() throws(ProtocolError) -> Int { try bytes.count(limit: Circuits.Limits.declaredQubitCount) }

  private mutating func qubits() throws(ProtocolError) -> [Int] {
    try list { (reader) throws(ProtocolError) in try reader.qubit() }
  }

  private mutating func bit() throws(ProtocolError) -> Int { try bytes.count(limit: Circuits.Limits.classicalBitCount) }

  private mutating func variable() throws(ProtocolError) -> Int { try bytes.count(limit: Circuits.Limits.variableElementCount) }

  private mutating func range() throws(ProtocolError) -> Range<Int> {
    let (start, count) = (try bit(), try bit())
    return start..<start + count
  }

  private mutating func tag<T: RawRepresentable<UInt8>>(_ type: T.Type) throws(ProtocolError) -> T {
    let value = try bytes.byte()
    guard let tag = T(rawValue: value) else { throw bytes.malformed("unknown tag \(value)") }
    return tag
  }

  private mutating func name<T: RawRepresentable<String>>(_ type: T.Type) throws(ProtocolError) -> T {
    let text = try bytes.text()
    guard let value = T(rawValue: text) else { throw bytes.malformed("unknown name \(text)") }
    return value
  }

  private mutating func instruction() throws(ProtocolError) -> Instruction {
    switch try tag(CircuitTag.Instruction.self) {
    case .gate: return .gate(try operation())
    case .measure:
      let (qubit, bit) = (try qubit(), try bytes.count(limit: Circuits.Limits.classicalBitCount + 1))
      return .measure(qubit: qubit, bit: bit == 0 ? nil : bit - 1)
    case .reset: return .reset(qubit: try qubit())
    case .channel: return .channel(try channel(), qubits: try qubits())
    case .barrier: return .barrier(try qubits())
    case .delay: return .delay(seconds: try expression(), qubits: try qubits())
    case .assign: return .assign(try target(), try expression())
    case .ifElse: return .ifElse(try expression(), then: try instructions(), otherwise: try instructions())
    case .whileLoop: return .whileLoop(try expression(), body: try instructions())
    case .forRange:
      let variable = try variable()
      let values = Instruction.LoopValues.range(start: try expression(), step: try expression(), end: try expression())
      return .forLoop(variable: variable, values: values, body: try instructions())
    case .forList: return .forLoop(variable: try variable(), values: .list(try expressions()), body: try instructions())
    case .iterations: return .iterations(try list { (reader) throws(ProtocolError) in try reader.instructions() })
    case .switchCase:
      let value = try expression()
      let cases = try list { (reader) throws(ProtocolError) in
        Instruction.SwitchCase(
          values: try reader.list { (reader) throws(ProtocolError) in try reader.bytes.signed() }, body: try reader.instructions())
      }
      return .switchCase(value, cases: cases, otherwise: try instructions())
    case .breakLoop: return .breakLoop
    case .continueLoop: return .continueLoop
    case .end: return .end
    }
  }

  private mutating func operation() throws(ProtocolError) -> GateOperation {
    let kind = try kind()
    let parameters = try expressions()
    let qubits = try qubits()
    let controls = try list { (reader) throws(ProtocolError) in Control(try reader.qubit(), isPositive: try reader.bytes.flag()) }
    return GateOperation(kind, parameters: parameters, qubits: qubits, controls: controls, exponent: try bytes.double())
  }

  private mutating func kind() throws(ProtocolError) -> GateOperation.Kind {
    switch try tag(CircuitTag.Kind.self) {
    case .standard:
      let index = try bytes.count(limit: Limits.templateByteCount)
      guard gates.indices.contains(index) else { throw bytes.malformed("gate \(index) of \(gates.count)") }
      return .standard(gates[index])
    case .unitary:
      return .unitary(try matrix())
    case .pauliRotation:
      let (count, x, z) = (try bytes.count(limit: Circuits.Limits.qubitCount), try bytes.word(), try bytes.word())
      guard (x | z) >> UInt64(count) == 0 else { throw bytes.malformed("a Pauli letter beyond qubit \(count - 1)") }
      return .pauliRotation(PauliString(qubitCount: count, x: x, z: z))
    }
  }

  private mutating func matrix() throws(ProtocolError) -> Matrix {
    let dimension = try bytes.count(limit: 1 << Circuits.Limits.unitaryQubitCount)
    guard dimension >= 2 else { throw bytes.malformed("a matrix of dimension \(dimension)") }
    var entries: [Complex] = []
    for _ in 0..<dimension * dimension { entries.append(Complex(try bytes.double(), try bytes.double())) }
    return Matrix(dimension: dimension, entries: entries)
  }

  private mutating func channel() throws(ProtocolError) -> Channel {
    let number = try bytes.count(limit: channels.count)
    if number == channels.count { channels.append(try newChannel()) }
    return channels[number]
  }

  private mutating func newChannel() throws(ProtocolError) -> Channel {
    let name = try bytes.text()
    let tag = try tag(CircuitTag.Channel.self)
    let count = try bytes.count(limit: Circuits.Limits.krausOperatorCount)
    var (probabilities, matrices): ([Double], [Matrix]) = ([], [])
    for _ in 0..<count {
      if tag == .mixture { probabilities.append(try bytes.double()) }
      matrices.append(try matrix())
    }
    do throws(CircuitError) {
      switch tag {
      case .mixture:
        return try Channel(mixture: zip(probabilities, matrices).map { .init(probability: $0, unitary: $1) }, name: name)
      case .kraus: return try Channel(kraus: matrices, name: name)
      }
    } catch { throw bytes.malformed(error.message) }
  }

  private mutating func expressions() throws(ProtocolError) -> [ClassicalExpression] {
    try list { (reader) throws(ProtocolError) in try reader.expression() }
  }

  private mutating func expression() throws(ProtocolError) -> ClassicalExpression {
    try nested { (reader) throws(ProtocolError) in try reader.bareExpression() }
  }

  private mutating func bareExpression() throws(ProtocolError) -> ClassicalExpression {
    switch try tag(CircuitTag.Expression.self) {
    case .literal: return .literal(try literal())
    case .parameter: return .parameter(Parameter(try bytes.text()))
    case .variable: return .variable(try variable())
    case .element: return .element(variable: try variable(), index: try expression())
    case .bit: return .bit(try bit())
    case .bits: return .bits(try range())
    case .bitAt: return .bitAt(try range(), index: try expression())
    case .unary: return .unary(try name(ClassicalExpression.UnaryOperator.self), try expression())
    case .binary: return .binary(try name(ClassicalExpression.BinaryOperator.self), try expression(), try expression())
    case .call:
      let function = try name(ClassicalExpression.Function.self)
      let arguments = try expressions()
      guard arguments.count == function.arity else {
        throw bytes.malformed("\(function.rawValue) of \(arguments.count) arguments")
      }
      return .call(function, arguments)
    case .cast: return .cast(try Self.type(&bytes), try expression())
    }
  }

  private mutating func literal() throws(ProtocolError) -> ClassicalValue {
    let type = try Self.type(&bytes)
    switch type {
    case .bool: return .bool(try bytes.flag())
    case .bits(let width): return .bits(try pattern(width), width: width)
    case .uint(let width): return .uint(try pattern(width), width: width)
    case .angle(let width): return .angle(try pattern(width), width: width)
    case .int(let width):
      let value = try bytes.signed()
      let unused = Int64(64 - width)
      guard (value << unused) >> unused == value else { throw bytes.malformed("\(value) in \(width) bits") }
      return .int(value, width: width)
    case .float: return .float(try bytes.double())
    }
  }

  private mutating func pattern(_ width: Int) throws(ProtocolError) -> UInt64 {
    let value = try bytes.word()
    guard width == 64 || value >> UInt64(width) == 0 else { throw bytes.malformed("\(value) in \(width) bits") }
    return value
  }

  private mutating func target() throws(ProtocolError) -> ClassicalTarget {
    switch try tag(CircuitTag.Target.self) {
    case .bit: return .bit(try bit())
    case .bits: return .bits(try range())
    case .bitAt: return .bitAt(try range(), index: try expression())
    case .variable: return .variable(try variable())
    case .element: return .element(variable: try variable(), index: try expression())
    case .variableBit: return .variableBit(variable: try variable(), element: try expression(), bit: try expression())
    }
  }

  static func type(_ bytes: inout ByteReader) throws(ProtocolError) -> ClassicalType {
    let value = try bytes.byte()
    guard let tag = CircuitTag.Classical(rawValue: value) else { throw bytes.malformed("unknown type \(value)") }
    guard tag != .bool else { return .bool }
    let width = try bytes.count(limit: 64)
    guard width >= 1 else { throw bytes.malformed("a type of no bits") }
    switch tag {
    case .bool, .bits: return .bits(width: width)
    case .int: return .int(width: width)
    case .uint: return .uint(width: width)
    case .float: return .float(width: width)
    case .angle: return .angle(width: width)
    }
  }
}
