import Circuits
import Foundation
import Testing

/// An expression of one parameter whose derivative at a point is known.
struct ClosedForm: Sendable, CustomTestStringConvertible {
  static let parameter = Parameter("a")
  let expression: ClassicalExpression
  let x: Double
  let derivative: Double

  var testDescription: String { "\(expression) at \(x)" }

  /// One for each operation and side, at points that are nothing special and at those that are.
  static let all: [ClosedForm] = sums + products + powers + functions + casts + chains

  private static let a = ClassicalExpression.parameter(parameter)
  private static let x = 0.7

  private init(_ expression: ClassicalExpression, _ x: Double, _ derivative: Double) {
    self.expression = expression
    self.x = x
    self.derivative = derivative
  }

  private init(_ function: ClassicalExpression.Function, _ x: Double, _ derivative: Double) {
    self.init(.call(function, [Self.a]), x, derivative)
  }

  private init(_ base: ClassicalExpression, power: ClassicalExpression, _ x: Double, _ derivative: Double) {
    self.init(.binary(.power, base, power), x, derivative)
  }

  private static let sums = [
    ClosedForm(a + 3, x, 1), ClosedForm(3 + a, x, 1), ClosedForm(a - 3, x, 1), ClosedForm(3 - a, x, -1), ClosedForm(-a, x, -1),
    ClosedForm(a - a, x, 0), ClosedForm(a + a, x, 2),
  ]
  private static let products = [
    ClosedForm(a * 3, x, 3), ClosedForm(3 * a, x, 3), ClosedForm(a / 3, x, 1 / 3.0), ClosedForm(3 / a, x, -3 / (x * x)),
    ClosedForm(a * a, x, 2 * x), ClosedForm(a / (a + 1), x, 1 / (1.7 * 1.7)),
  ]
  private static let powers = [
    ClosedForm(a, power: 3, -x, 3 * x * x), ClosedForm(a, power: -2, x, -2 / (x * x * x)), ClosedForm(a, power: 0, 0, 0),
    ClosedForm(a, power: 1, 0, 1), ClosedForm(a, power: 2, 0, 0), ClosedForm(3, power: a, x, pow(3, x) * log(3)),
    ClosedForm(0, power: a, x, 0), ClosedForm(a, power: a, x, pow(x, x) * (log(x) + 1)),
    ClosedForm(.call(.pow, [a, 0.5]), x, 0.5 / x.squareRoot()),
  ]
  private static let functions = [
    ClosedForm(.sin, x, cos(x)), ClosedForm(.cos, x, -sin(x)), ClosedForm(.tan, x, 1 / (cos(x) * cos(x))),
    ClosedForm(.arcsin, x, 1 / 0.51.squareRoot()), ClosedForm(.arccos, x, -1 / 0.51.squareRoot()), ClosedForm(.arctan, x, 1 / 1.49),
    ClosedForm(.exp, x, exp(x)), ClosedForm(.log, x, 1 / x), ClosedForm(.sqrt, x, 0.5 / x.squareRoot()),
    ClosedForm(.abs, x, 1), ClosedForm(.abs, -x, -1), ClosedForm(.abs, 0, 0),
    ClosedForm(.call(.mod, [a, 0.3]), x, 1), ClosedForm(.call(.mod, [2 * a, -0.3]), x, 2),
  ]
  private static let casts = [
    ClosedForm(.cast(.float(width: 64), 2 * a), x, 2), ClosedForm(.cast(.float(width: 32), 2 * a), x, 2),
  ]
  private static let chains = [
    ClosedForm(.call(.sin, [.call(.exp, [2 * a])]), x, 2 * exp(2 * x) * cos(exp(2 * x)))
  ]
}
