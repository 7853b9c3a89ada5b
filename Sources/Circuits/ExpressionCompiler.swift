/// Turns an expression into postfix operations, with its constant parts evaluated.
struct ExpressionCompiler {
  /// What an expression came to.
  private enum Operand {
    /// A value, the same for every row; no operations.
    case constant(ClassicalValue)
    /// A real number on top of the stack. All that depends on parameters is real: what would make it an integer has no derivative.
    case real
  }

  private let parameters: [Parameter: Int]
  private var remainingNodes = Limits.expressionNodeCount
  private var depth = 0
  private(set) var operations = [DifferentiableExpression.Operation]()
  /// The greatest depth of the stack.
  private(set) var stackDepth = 0

  init(parameters: [Parameter: Int]) { self.parameters = parameters }

  mutating func compile(_ expression: ClassicalExpression) throws(CircuitError) {
    if case .constant(let value) = try operand(expression, level: 1) { emit(.constant(value.double)) }
  }

  private mutating func emit(_ operation: DifferentiableExpression.Operation) {
    operations.append(operation)
    switch operation {
    case .constant, .parameter: depth += 1
    case .binary: depth -= 1
    case .unary: break
    }
    stackDepth = max(stackDepth, depth)
  }

  private mutating func operand(_ expression: ClassicalExpression, level: Int) throws(CircuitError) -> Operand {
    try count(expression, level)
    switch expression {
    case .literal(let value): return .constant(value)
    case .parameter(let parameter): return try push(parameter)
    case .variable, .element, .bit, .bits, .bitAt:
      throw CircuitError(
        .notDifferentiable, "'\(expression.excerpt)' is known only while the circuit runs; a row of parameters does not have it")
    case .unary(let name, let operand): return try unary(name, operand, in: expression, level)
    case .binary(let name, let left, let right): return try binary(name, left, right, in: expression, level)
    case .call(let function, let arguments): return try call(function, arguments, in: expression, level)
    case .cast(let type, let operand): return try cast(type, operand, in: expression, level)
    }
  }

  /// Parts may be shared, so that a tree is far larger than its memory: each visit counts.
  private mutating func count(_ expression: ClassicalExpression, _ level: Int) throws(CircuitError) {
    remainingNodes -= 1
    guard remainingNodes >= 0, level <= Limits.expressionDepth else {
      throw CircuitError(
        .limitExceeded,
        "an expression of more than \(Limits.expressionNodeCount) operations and operands, or \(Limits.expressionDepth) levels, at "
          + "'\(expression.excerpt)'")
    }
  }

  private mutating func push(_ parameter: Parameter) throws(CircuitError) -> Operand {
    guard let index = parameters[parameter] else {
      throw CircuitError(.unboundParameter, "parameter '\(parameter.name)' has no value")
    }
    precondition(index >= 0, "index \(index) of parameter '\(parameter.name)'; an index is at least 0")
    emit(.parameter(index))
    return .real
  }

  private mutating func unary(
    _ name: ClassicalExpression.UnaryOperator, _ operand: ClassicalExpression, in whole: ClassicalExpression, _ level: Int
  ) throws(CircuitError) -> Operand {
    switch try self.operand(operand, level: level + 1) {
    case .constant(let value): return .constant(try Self.evaluate(.unary(name, .literal(value))))
    case .real:
      guard name == .minus else { throw Self.refusal("'\(name.rawValue)'", in: whole) }
      emit(.unary(.minus))
      return .real
    }
  }

  private mutating func binary(
    _ name: ClassicalExpression.BinaryOperator, _ left: ClassicalExpression, _ right: ClassicalExpression,
    in whole: ClassicalExpression, _ level: Int
  ) throws(CircuitError) -> Operand {
    let first = try operand(left, level: level + 1)
    if case .constant(let value) = first {
      if name == .logicalAnd, !value.isTrue { return .constant(.bool(false)) }
      if name == .logicalOr, value.isTrue { return .constant(.bool(true)) }
    }
    return try combine(name, first, try operand(right, level: level + 1), in: whole)
  }

  private mutating func combine(
    _ name: ClassicalExpression.BinaryOperator, _ left: Operand, _ right: Operand, in whole: ClassicalExpression
  ) throws(CircuitError) -> Operand {
    if case .constant(let a) = left, case .constant(let b) = right {
      return .constant(try Self.evaluate(.binary(name, .literal(a), .literal(b))))
    }
    switch name {
    case .add, .subtract, .multiply, .divide, .power: break
    default: throw Self.refusal("'\(name.rawValue)'", in: whole)
    }
    switch (left, right) {
    case (.real, .constant(let value)): emit(.unary(.right(name, value.double)))
    case (.constant(let value), .real): emit(.unary(.left(value.double, name)))
    default: emit(.binary(name))
    }
    return .real
  }

  private mutating func call(
    _ function: ClassicalExpression.Function, _ arguments: [ClassicalExpression], in whole: ClassicalExpression, _ level: Int
  ) throws(CircuitError) -> Operand {
    var operands = [Operand]()
    for argument in arguments { operands.append(try operand(argument, level: level + 1)) }
    var values = [ClassicalValue]()
    for case .constant(let value) in operands { values.append(value) }
    if values.count == operands.count { return .constant(try Self.evaluate(.call(function, values.map { .literal($0) }))) }
    try function.check(argumentCount: arguments.count)
    switch function {
    case .sin, .cos, .tan, .arcsin, .arccos, .arctan, .exp, .log, .sqrt, .abs: emit(.unary(.function(function)))
    case .pow: return try combine(.power, operands[0], operands[1], in: whole)
    case .mod:
      guard case .constant(let divisor) = operands[1] else { throw Self.refusal("'mod' by a divisor", in: whole) }
      emit(.unary(.modulo(divisor.double)))
    case .ceiling, .floor, .popcount, .rotl, .rotr: throw Self.refusal("'\(function.rawValue)'", in: whole)
    }
    return .real
  }

  private mutating func cast(
    _ type: ClassicalType, _ operand: ClassicalExpression, in whole: ClassicalExpression, _ level: Int
  ) throws(CircuitError) -> Operand {
    switch try self.operand(operand, level: level + 1) {
    case .constant(let value): return .constant(try value.converted(to: type))
    case .real:
      guard case .float(let width) = type else { throw Self.refusal("the cast to \(type)", in: whole) }
      if width == 32 { emit(.unary(.single)) }
      return .real
    }
  }

  private static func evaluate(_ expression: ClassicalExpression) throws(CircuitError) -> ClassicalValue {
    try expression.evaluated(in: ClassicalMemory())
  }

  private static func refusal(_ operation: String, in expression: ClassicalExpression) -> CircuitError {
    CircuitError(
      .notDifferentiable,
      "\(operation) that depends on a parameter has no derivative, in '\(expression.excerpt)'; parameters may stand under + - * / **, "
        + "sin cos tan arcsin arccos arctan exp log sqrt abs pow, mod by a constant, and casts to float")
  }
}
