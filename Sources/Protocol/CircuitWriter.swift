internal import Circuits

/// Writes instructions and what they hold.
struct CircuitWriter {
  var bytes = ByteWriter()
  private let gates: [String: Int]
  /// The channels that were written already, by their numbers in order of first use.
  private var channels: [Channel: Int] = [:]

  init(gates: [String]) {
    self.gates = Dictionary(uniqueKeysWithValues: zip(gates, gates.indices))
  }

  mutating func write(_ instructions: [Instruction]) {
    bytes.count(instructions.count)
    for instruction in instructions { write(instruction) }
  }

  private mutating func tag(_ tag: CircuitTag.Instruction) { bytes.byte(tag.rawValue) }

  private mutating func write(_ instruction: Instruction) {
    switch instruction {
    case .gate(let operation):
      tag(.gate)
      write(operation)
    case .measure(let qubit, let bit):
      tag(.measure)
      bytes.count(qubit)
      bytes.count(bit.map { $0 + 1 } ?? 0)
    case .reset(let qubit):
      tag(.reset)
      bytes.count(qubit)
    case .channel(let channel, let qubits):
      tag(.channel)
      write(channel)
      bytes.list(qubits) { $0.count($1) }
    case .barrier(let qubits):
      tag(.barrier)
      bytes.list(qubits) { $0.count($1) }
    case .delay(let seconds, let qubits):
      tag(.delay)
      write(seconds)
      bytes.list(qubits) { $0.count($1) }
    case .assign(let target, let value):
      tag(.assign)
      write(target)
      write(value)
    case .ifElse(let condition, let then, let otherwise):
      tag(.ifElse)
      write(condition)
      write(then)
      write(otherwise)
    case .whileLoop(let condition, let body):
      tag(.whileLoop)
      write(condition)
      write(body)
    case .forLoop(let variable, .range(let start, let step, let end), let body):
      tag(.forRange)
      bytes.count(variable)
      for expression in [start, step, end] { write(expression) }
      write(body)
    case .forLoop(let variable, .list(let values), let body):
      tag(.forList)
      bytes.count(variable)
      write(values)
      write(body)
    case .iterations(let bodies):
      tag(.iterations)
      bytes.count(bodies.count)
      for body in bodies { write(body) }
    case .switchCase(let value, let cases, let otherwise):
      tag(.switchCase)
      write(value)
      bytes.count(cases.count)
      for item in cases {
        bytes.list(item.values) { $0.signed($1) }
        write(item.body)
      }
      write(otherwise)
    case .breakLoop: tag(.breakLoop)
    case .continueLoop: tag(.continueLoop)
    case .end: tag(.end)
    }
  }

  private mutating func write(_ operation: GateOperation) {
    switch operation.kind {
    case .standard(let gate):
      bytes.byte(CircuitTag.Kind.standard.rawValue)
      bytes.count(gates[gate.name] ?? 0)
    case .unitary(let matrix):
      bytes.byte(CircuitTag.Kind.unitary.rawValue)
      write(matrix)
    case .pauliRotation(let string):
      bytes.byte(CircuitTag.Kind.pauliRotation.rawValue)
      bytes.count(string.qubitCount)
      bytes.word(string.x)
      bytes.word(string.z)
    }
    write(operation.parameters)
    bytes.list(operation.qubits) { $0.count($1) }
    bytes.list(operation.controls) { bytes, control in
      bytes.count(control.qubit)
      bytes.flag(control.isPositive)
    }
    bytes.double(operation.exponent)
  }

  private mutating func write(_ matrix: Matrix) {
    bytes.count(matrix.dimension)
    for entry in matrix.entries {
      bytes.double(entry.real)
      bytes.double(entry.imaginary)
    }
  }

  /// Writes a channel's number, and behind a new one what it is: a noise model has few, and a circuit has one after each gate.
  private mutating func write(_ channel: Channel) {
    let number = channels[channel] ?? channels.count
    bytes.count(number)
    guard number == channels.count else { return }
    channels[channel] = number
    bytes.text(channel.name)
    switch channel.form {
    case .mixture(let outcomes):
      bytes.byte(CircuitTag.Channel.mixture.rawValue)
      bytes.count(outcomes.count)
      for outcome in outcomes {
        bytes.double(outcome.probability)
        write(outcome.unitary)
      }
    case .kraus(let operators):
      bytes.byte(CircuitTag.Channel.kraus.rawValue)
      bytes.count(operators.count)
      for matrix in operators { write(matrix) }
    }
  }

  /// Writes errors of reading: their qubits, and 4ᵏ probabilities for k of them.
  mutating func write(_ readout: [Circuit.Readout]) {
    bytes.list(readout) { bytes, entry in
      bytes.list(entry.qubits) { $0.count($1) }
      for probability in entry.error.probabilities.joined() { bytes.double(probability) }
    }
  }

  private mutating func write(_ expressions: [ClassicalExpression]) {
    bytes.count(expressions.count)
    for expression in expressions { write(expression) }
  }

  private mutating func write(_ range: Range<Int>) {
    bytes.count(range.lowerBound)
    bytes.count(range.count)
  }

  private mutating func tag(_ tag: CircuitTag.Expression) { bytes.byte(tag.rawValue) }

  private mutating func write(_ expression: ClassicalExpression) {
    switch expression {
    case .literal(let value):
      tag(.literal)
      write(value)
    case .parameter(let parameter):
      tag(.parameter)
      bytes.text(parameter.name)
    case .variable(let variable):
      tag(.variable)
      bytes.count(variable)
    case .element(let variable, let index):
      tag(.element)
      bytes.count(variable)
      write(index)
    case .bit(let bit):
      tag(.bit)
      bytes.count(bit)
    case .bits(let range):
      tag(.bits)
      write(range)
    case .bitAt(let range, let index):
      tag(.bitAt)
      write(range)
      write(index)
    case .unary(let name, let operand):
      tag(.unary)
      bytes.text(name.rawValue)
      write(operand)
    case .binary(let name, let left, let right):
      tag(.binary)
      bytes.text(name.rawValue)
      write(left)
      write(right)
    case .call(let function, let arguments):
      tag(.call)
      bytes.text(function.rawValue)
      write(arguments)
    case .cast(let type, let operand):
      tag(.cast)
      Self.write(type, to: &bytes)
      write(operand)
    }
  }

  private mutating func write(_ value: ClassicalValue) {
    Self.write(value.type, to: &bytes)
    switch value {
    case .bool(let value): bytes.flag(value)
    case .bits(let pattern, _), .uint(let pattern, _), .angle(let pattern, _): bytes.word(pattern)
    case .int(let value, _): bytes.signed(value)
    case .float(let value): bytes.double(value)
    }
  }

  private mutating func write(_ target: ClassicalTarget) {
    func tag(_ tag: CircuitTag.Target) { bytes.byte(tag.rawValue) }
    switch target {
    case .bit(let bit):
      tag(.bit)
      bytes.count(bit)
    case .bits(let range):
      tag(.bits)
      write(range)
    case .bitAt(let range, let index):
      tag(.bitAt)
      write(range)
      write(index)
    case .variable(let variable):
      tag(.variable)
      bytes.count(variable)
    case .element(let variable, let index):
      tag(.element)
      bytes.count(variable)
      write(index)
    case .variableBit(let variable, let element, let bit):
      tag(.variableBit)
      bytes.count(variable)
      write(element)
      write(bit)
    }
  }

  static func write(_ type: ClassicalType, to bytes: inout ByteWriter) {
    let tag: CircuitTag.Classical =
      switch type {
      case .bool: .bool
      case .bits: .bits
      case .int: .int
      case .uint: .uint
      case .float: .float
      case .angle: .angle
      }
    bytes.byte(tag.rawValue)
    if type != .bool { bytes.count(type.width) }
  }
}
