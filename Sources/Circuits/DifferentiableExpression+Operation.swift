extension DifferentiableExpression {
  /// One step of the compiled expression. A constant operand is part of its operation: it needs no room on the stack and no derivative.
  enum Operation: Hashable, Sendable {
    /// Pushes a number; the whole expression is constant.
    case constant(Double)
    /// Pushes a parameter, by its place in ``DifferentiableExpression/parameters`` (by its index in a row while it is being compiled).
    case parameter(Int)
    /// Takes two from the stack.
    case binary(ClassicalExpression.BinaryOperator)
    /// Takes one from the stack.
    case unary(Unary)

    /// The parameter that it pushes.
    var parameter: Int? { if case .parameter(let index) = self { index } else { nil } }
  }

  /// An operation on the top of the stack.
  enum Unary: Hashable, Sendable {
    case minus
    /// Rounds to single precision, as a cast to `float[32]`.
    case single
    case function(ClassicalExpression.Function)
    /// The remainder by a constant, with the constant's sign.
    case modulo(Double)
    /// A constant on the right.
    case right(ClassicalExpression.BinaryOperator, Double)
    /// A constant on the left.
    case left(Double, ClassicalExpression.BinaryOperator)
  }
}

extension DifferentiableExpression.Unary {
  /// For messages.
  var name: String {
    switch self {
    case .minus: "'-'"
    case .single: "the cast to \(ClassicalType.float(width: 32))"
    case .function(let function): "'\(function.rawValue)'"
    case .modulo: "'mod'"
    case .right(let name, let constant): "'\(name.rawValue) \(constant)'"
    case .left(let constant, let name): "'\(constant) \(name.rawValue)'"
    }
  }

  /// The result, by the evaluator's own arithmetic.
  func value(_ x: Double) throws(CircuitError) -> Double {
    switch self {
    case .minus: -x
    case .single: Double(Float(x))
    case .function(.abs): Swift.abs(x)
    case .function(let function): try ClassicalExpression.real(function, x)
    case .modulo(let divisor): try Arithmetic.modulo(x, divisor)
    case .right(let name, let constant): try Arithmetic.floats(name, x, constant)
    case .left(let constant, let name): try Arithmetic.floats(name, constant, x)
    }
  }

  /// The derivative at an operand, given the result there; not finite where there is none.
  func derivative(_ x: Double, _ value: Double) -> Double {
    switch self {
    case .minus: -1
    case .single, .modulo: 1
    case .function(let function): Derivative.of(function, x, value)
    case .right(let name, let constant): Derivative.left(name, x, constant)
    case .left(let constant, let name): Derivative.right(name, constant, x, value)
    }
  }
}
