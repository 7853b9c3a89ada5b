internal import RealModule

extension Derivative {
  /// The second derivative of a function of one argument, given its value there.
  static func second(of function: ClassicalExpression.Function, _ x: Double, _ value: Double) -> Double {
    switch function {
    case .sin, .cos: return -value
    case .tan: return 2 * value * (1 + value * value)
    case .arcsin, .arccos:
      // As a product, like the first derivative.
      let rest = (1 - x) * (1 + x)
      let second = x / (rest * rest.squareRoot())
      return function == .arcsin ? second : -second
    case .arctan:
      let slope = 1 / (1 + x * x)
      return -2 * x * slope * slope
    case .exp: return value
    case .log: return -1 / (x * x)
    case .sqrt: return -0.25 / (value * value * value)
    case .abs: return 0
    case .ceiling, .floor, .mod, .popcount, .pow, .rotl, .rotr: preconditionFailure("\(function) is refused when it is compiled")
    }
  }

  /// The second derivatives of a ∘ b in a twice, in a and b, and in b twice, given the value.
  static func second(
    _ name: ClassicalExpression.BinaryOperator, _ a: Double, _ b: Double, _ value: Double
  ) -> (left: Double, mixed: Double, right: Double) {
    switch name {
    case .add, .subtract: return (0, 0, 0)
    case .multiply: return (0, 1, 0)
    case .divide: return (0, -1 / (b * b), 2 * value / (b * b))
    case .power:
      // b·(b−1)·a^(b−2), without 0 · ∞ for the constant a⁰ and the line a¹.
      let left = b == 0 || b == 1 ? 0 : b * (b - 1) * Double.realPower(a, b - 2)
      // a^(b−1)·(1 + b·log a), which goes to 0 with a where b > 1; and aᵇ·log² a, where 0ᵇ is 0 as in the first derivative.
      let logarithm = Double.log(a)
      let mixed = a == 0 && b > 1 ? 0 : Double.realPower(a, b - 1) * (1 + b * logarithm)
      return (left, mixed, a == 0 && b > 0 ? 0 : value * logarithm * logarithm)
    default: preconditionFailure("\(name) is refused when it is compiled")
    }
  }
}

extension DifferentiableExpression.Unary {
  /// The second derivative at an operand, given the result there; not finite where there is none.
  func secondDerivative(_ x: Double, _ value: Double) -> Double {
    switch self {
    case .minus, .single, .modulo: 0
    case .function(let function): Derivative.second(of: function, x, value)
    case .right(let name, let constant): Derivative.second(name, x, constant, value).left
    case .left(let constant, let name): Derivative.second(name, constant, x, value).right
    }
  }
}
