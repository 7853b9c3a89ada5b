internal import RealModule

/// Derivatives of functions and operators of real numbers; not finite where there is none.
enum Derivative {
  /// Of a function of one argument, given its value there.
  static func of(_ function: ClassicalExpression.Function, _ x: Double, _ value: Double) -> Double {
    switch function {
    case .sin: Double.cos(x)
    case .cos: -Double.sin(x)
    case .tan: 1 + value * value
    // 1 − x² as a product: it loses no digits near ±1.
    case .arcsin: 1 / ((1 - x) * (1 + x)).squareRoot()
    case .arccos: -1 / ((1 - x) * (1 + x)).squareRoot()
    case .arctan: 1 / (1 + x * x)
    case .exp: value
    case .log: 1 / x
    case .sqrt: 0.5 / value
    case .abs: x > 0 ? 1 : x < 0 ? -1 : 0
    case .ceiling, .floor, .mod, .popcount, .pow, .rotl, .rotr: preconditionFailure("\(function) is refused when it is compiled")
    }
  }

  /// Of a ∘ b in a.
  static func left(_ name: ClassicalExpression.BinaryOperator, _ a: Double, _ b: Double) -> Double {
    switch name {
    case .add, .subtract: 1
    case .multiply: b
    case .divide: 1 / b
    // b · a^(b−1), without 0 · ∞ for the constant a⁰.
    case .power: b == 0 ? 0 : b * Double.realPower(a, b - 1)
    default: preconditionFailure("\(name) is refused when it is compiled")
    }
  }

  /// Of a ∘ b in b, given the value.
  static func right(_ name: ClassicalExpression.BinaryOperator, _ a: Double, _ b: Double, _ value: Double) -> Double {
    switch name {
    case .add: 1
    case .subtract: -1
    case .multiply: a
    case .divide: -value / b
    // aᵇ · log a. Around b > 0, 0ᵇ is 0; a negative base has powers at single points only.
    case .power: a == 0 && b > 0 ? 0 : value * Double.log(a)
    default: preconditionFailure("\(name) is refused when it is compiled")
    }
  }
}
