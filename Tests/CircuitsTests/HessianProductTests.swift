import Circuits
import Foundation
import TestSupport
import Testing

extension DifferentiableExpression {
  /// The value, its gradient, and the product of its Hessian with a vector, as arrays.
  fileprivate func hessianProduct(
    _ row: [Double], _ vector: [Double]
  ) throws(CircuitError) -> (value: Double, gradient: [Double], product: [Double]) {
    var gradient = [Double](repeating: .nan, count: parameters.count)
    var product = gradient
    var slopes = gradient.mutableSpan
    var products = product.mutableSpan
    let value = try hessianVectorProduct(row.span, vector: vector.span, gradient: &slopes, product: &products)
    return (value, gradient, product)
  }
}

private let (a, b) = (ClassicalExpression.parameter(Parameter("a")), ClassicalExpression.parameter(Parameter("b")))
private let indices = [Parameter("a"): 1, Parameter("b"): 0]

/// A function of one parameter with its second derivative at a point.
struct CurvatureForm: Sendable, CustomTestStringConvertible {
  let expression: ClassicalExpression
  let x: Double
  let second: Double

  var testDescription: String { "\(expression) at \(x)" }

  private init(_ expression: ClassicalExpression, _ x: Double, _ second: Double) {
    (self.expression, self.x, self.second) = (expression, x, second)
  }

  private init(_ function: ClassicalExpression.Function, _ x: Double, _ second: Double) {
    self.init(.call(function, [a]), x, second)
  }

  private init(_ base: ClassicalExpression, power: ClassicalExpression, _ x: Double, _ second: Double) {
    self.init(.binary(.power, base, power), x, second)
  }

  private static let x = 0.7

  static let all: [CurvatureForm] = [
    .init(a + 3, x, 0), .init(3 - a, x, 0), .init(-a, x, 0), .init(a * 3, x, 0), .init(a / 3, x, 0),
    .init(3 / a, x, 6 / (x * x * x)),
    .init(a * a, x, 2), .init(a / (a + 1), x, -2 / (1.7 * 1.7 * 1.7)), .init(a * a * a, -x, -6 * x),
    .init(a, power: 3, -x, -6 * x), .init(a, power: -2, x, 6 / (x * x * x * x)), .init(a, power: 0, 0, 0), .init(a, power: 1, 0, 0),
    .init(a, power: 2, 0, 2), .init(3, power: a, x, pow(3, x) * log(3) * log(3)), .init(0, power: a, x, 0),
    .init(a, power: a, x, pow(x, x) * ((log(x) + 1) * (log(x) + 1) + 1 / x)),
    .init(.sin, x, -sin(x)), .init(.cos, x, -cos(x)), .init(.tan, x, 2 * tan(x) / (cos(x) * cos(x))),
    .init(.arcsin, x, x / pow(0.51, 1.5)), .init(.arccos, x, -x / pow(0.51, 1.5)), .init(.arctan, x, -1.4 / (1.49 * 1.49)),
    .init(.exp, x, exp(x)), .init(.log, x, -1 / (x * x)), .init(.sqrt, x, -0.25 / pow(x, 1.5)), .init(.abs, x, 0),
    .init(.abs, 0, 0),
    .init(.call(.mod, [a * a, 0.3]), x, 2), .init(.cast(.float(width: 32), a * a), x, 2),
    .init(.call(.sin, [.call(.exp, [2 * a])]), x, 4 * exp(2 * x) * (cos(exp(2 * x)) - exp(2 * x) * sin(exp(2 * x)))),
  ]
}

@Suite("Hessians of expressions times vectors")
struct HessianProductTests {
  @Test("each operation has its second derivative in closed form, to 1·10⁻¹⁴ of it", arguments: CurvatureForm.all)
  func closedForms(form: CurvatureForm) throws {
    let found = try DifferentiableExpression(form.expression, parameters: indices).hessianProduct([.nan, form.x], [.nan, -2])
    #expect(abs(found.product[0] + 2 * form.second) <= 2e-14 * abs(form.second), "\(found.product[0]) and \(-2 * form.second)")
  }

  @Test("powers of two parameters have all four second derivatives")
  func powers() throws {
    let power = try DifferentiableExpression(.binary(.power, b, a), parameters: indices)
    let (base, exponent) = (1.5, 2.5)
    let expected = [
      exponent * (exponent - 1) * pow(base, exponent - 2), pow(base, exponent - 1) * (1 + exponent * log(base)),
      pow(base, exponent) * log(base) * log(base),
    ]
    for (vector, wanted) in [([1.0, 0], [expected[0], expected[1]]), ([0, 1], [expected[1], expected[2]])] {
      let found = try power.hessianProduct([base, exponent], vector)
      #expect(zip(found.product, wanted).allSatisfy { abs($0 - $1) < 1e-13 }, "\(found.product), \(wanted)")
    }
    // 0³ in the base and the exponent: 3·2·0, and nothing of the logarithm.
    #expect(try power.hessianProduct([0, 3], [1, 1]).product == [0, 0])
  }

  /// Differences of fourth order, with steps of 10⁻³: their own error is about 10⁻¹³ times the fifth derivative of the gradient.
  @Test(
    "the product is the change of the gradient along the vector, to 10⁻⁶, beside the same value", arguments: 0..<16 as Range<UInt64>
  )
  func differences(seed: UInt64) throws {
    var maker = RandomExpression(seed: seed)
    for _ in 0..<40 {
      let expression = maker.smooth(depth: 3)
      let compiled = try DifferentiableExpression(expression, parameters: RandomExpression.indices)
      let row = (0..<RandomExpression.rowCount).map { _ in Double.random(in: -2...2, using: &maker.random) }
      let vector = row.map { _ in Double.random(in: -1...1, using: &maker.random) }
      let found = try compiled.hessianProduct(row, vector)
      let plain = try compiled.valueAndGradient(row)
      #expect(found.value == plain.value && found.gradient == plain.gradient, "seed \(seed): \(expression) at \(row)")
      var expected = [Double](repeating: 0, count: compiled.parameters.count)
      for (multiple, weight) in [(-2.0, 1.0), (-1, -8), (1, 8), (2, -1)] {
        let moved = zip(row, vector).map { $0 + 1e-3 * multiple * $1 }
        for (entry, slope) in try compiled.valueAndGradient(moved).gradient.enumerated() {
          expected[entry] += weight * slope / 12e-3
        }
      }
      let error = zip(found.product, expected).map { abs($0 - $1) / (1 + abs($1)) }.max() ?? 0
      #expect(error < 1e-6, "seed \(seed): \(expression) at \(row) along \(vector)")
    }
  }

  @Test("what has no finite second derivative is refused, and told from what has no first")
  func failures() throws {
    for (expression, row, text): (ClassicalExpression, [Double], String) in [
      (.binary(.power, a, 1.5), [0, 0], "second derivative at 0.0"), (.call(.sqrt, [a]), [0, 0], "finite derivative at 0.0"),
      (.binary(.power, b, a), [0, 1], "derivative at 0.0 and 1.0"), (.binary(.divide, 1, a) * b, [1, 1e-120], "second derivative"),
      (.call(.log, [a]), [0, -1], "log"),
    ] {
      let compiled = try DifferentiableExpression(expression, parameters: indices)
      #expect { try compiled.hessianProduct(row, [1, 1]) } throws: { ($0 as? CircuitError)?.message.contains(text) == true }
    }
    let sum = try DifferentiableExpression(a + b, parameters: indices)
    for (row, vector) in [([1.0], [1.0, 1.0]), ([1, 1], [1])] {
      #expect { try sum.hessianProduct(row, vector) } throws: { ($0 as? CircuitError)?.code == .unboundParameter }
    }
  }
}
