import Circuits
import TestSupport
import Testing

private let (a, b) = (ClassicalExpression.parameter(Parameter("a")), ClassicalExpression.parameter(Parameter("b")))
private let indices = [Parameter("a"): 2, Parameter("b"): 0]

private func form(_ constant: Double, _ terms: (Double, Int)...) -> LinearForm {
  LinearForm(constant: constant, terms: terms.map { LinearForm.Term($0.0, parameter: $0.1) })
}

@Suite("linear forms")
struct LinearFormTests {
  @Test("terms are sorted, added up by parameter, and never zero")
  func canonical() {
    let mixed = form(1, (2, 3), (0, 4), (5, 1), (3, 3), (-1, 0), (1, 0))
    #expect(mixed.terms == [LinearForm.Term(5, parameter: 1), LinearForm.Term(5, parameter: 3)])
    #expect(mixed.constant == 1)
    #expect(mixed == form(1, (5, 3), (5, 1)))
    #expect(mixed.hashValue == form(1, (5, 3), (5, 1)).hashValue)
  }

  @Test("forms are added, subtracted and scaled term by term")
  func arithmetic() {
    let (x, y) = (form(1, (2, 0), (3, 1)), form(0.5, (4, 1), (-2, 0)))
    #expect(x + y == form(1.5, (7, 1)))
    #expect(x - y == form(0.5, (4, 0), (-1, 1)))
    #expect(x.scaled(by: -2) == form(-2, (-4, 0), (-6, 1)))
    // 49 · (1/49) is not 1.
    #expect(form(49, (98, 0), (1, 1)).divided(by: 49) == form(1, (2, 0), (1 / 49.0, 1)))
    #expect(x.scaled(by: 0) == form(0))
  }

  @Test("a value is the constant plus each multiple, and a row that is too short is refused")
  func values() throws {
    let sum = form(1, (2, 0), (-3, 2))
    #expect(try sum.value([10, 99, 0.5].span) == 19.5)
    #expect(try form(4).value([Double]().span) == 4)
    let short = #expect(throws: CircuitError.self) { try sum.value([10, 99].span) }
    #expect(short?.code == .unboundParameter)
    #expect(short?.message.contains("number 2 has no value: the row has 2, and 3 are needed") == true)
    let infinite = #expect(throws: CircuitError.self) { try sum.value([1e308, 0, -1e308].span) }
    #expect(infinite?.code == .notFinite)
  }

  @Test(
    "sums, multiples and fractions of parameters are linear",
    arguments: [
      (a, form(0, (1, 2))),
      (2 * a + 0.5, form(0.5, (2, 2))),
      (0.5 - a / 4, form(0.5, (-0.25, 2))),
      (-(b - 3) * 2, form(6, (-2, 0))),
      (a + b - a, form(0, (1, 0))),
      (.cast(.float(width: 64), a * 2), form(0, (2, 2))),
      (.call(.cos, [0]) * a + .call(.floor, [1.5]), form(1, (1, 2))),
      // The constants are integers and divide as such.
      (.binary(.divide, .literal(.int(7, width: 32)), .literal(.int(2, width: 32))) * a, form(0, (3, 2))),
      (.binary(.multiply, a, .literal(.angle(8, width: 4))), form(0, (Double.pi, 2))),
      (.binary(.add, a, .literal(.bool(true))), form(1, (1, 2))),
      (.literal(.int(-3, width: 8)), form(-3)),
      (.binary(.logicalAnd, .literal(.bool(false)), .call(.sin, [a])), form(0)),
      (0 * a, form(0)),
    ])
  func linear(expression: ClassicalExpression, expected: LinearForm) {
    #expect(expression.linearForm(in: indices) == expected)
  }

  @Test(
    "everything else is not",
    arguments: [
      a * b, a / b, 1 / a, a * b / b, .call(.sin, [a]), .call(.abs, [a]), .call(.mod, [a, 6]), .call(.pow, [a, 1]),
      .binary(.power, a, 2), .binary(.power, 2, a), .binary(.remainder, a, 2), .call(.floor, [a]),
      // Casts that round or wrap.
      .cast(.float(width: 32), a), .cast(.angle(width: 32), a), .cast(.int(width: 32), a), .cast(.bool, a),
      // Classical memory, also where it is multiplied by zero.
      a + .variable(0), 0 * .bit(1), .bits(0..<2), .element(variable: 0, index: 0), .bitAt(0..<2, index: a),
      // No value, or no number.
      a / 0, (0 * a) / 0, a + .binary(.divide, 1, 0), a + .literal(.float(.infinity)), .literal(.float(.nan)) * a,
      a / .literal(.float(.infinity)), .unary(.complement, a), .call(.sin, [a, b]), .parameter(Parameter("other")),
      // These overflow or underflow on the way, where 1·a does not.
      .binary(.divide, a * 1e200, 1e200), .binary(.multiply, a * 1e-200, 1e200), (a + 1e200) - 1e200, a * 1e-150 * 1e-300,
    ])
  func notLinear(expression: ClassicalExpression) {
    #expect(expression.linearForm(in: indices) == nil)
  }

  @Test("a tree that only sharing keeps small is given up, not walked")
  func sharing() {
    var doubled = a
    for _ in 0..<200 { doubled = doubled + doubled }
    #expect(doubled.linearForm(in: indices) == nil)
  }

  @Test(
    "random linear expressions have the value of their form, to 10⁻¹³ of the magnitudes on the way",
    arguments: 0..<20 as Range<UInt64>)
  func random(seed: UInt64) throws {
    var maker = RandomExpression(seed: seed)
    var linearCount = 0
    for _ in 0..<100 {
      let expression = maker.linear(depth: 4)
      // A constant part may divide by zero.
      guard let form = expression.linearForm(in: RandomExpression.indices) else { continue }
      linearCount += 1
      let row = (0..<RandomExpression.rowCount).map { _ in Double.random(in: -4...4, using: &maker.random) }
      let values = Dictionary(uniqueKeysWithValues: RandomExpression.indices.map { ($0, row[$1]) })
      let expected = try expression.finiteDouble(in: ClassicalMemory(parameters: values))
      #expect(abs(try form.value(row.span) - expected) <= 1e-13 * magnitude(expression), "seed \(seed): \(expression)")
    }
    #expect(linearCount > 50, "seed \(seed)")
  }

  /// A bound on the magnitude of every intermediate result that depends on parameters, on rows between −4 and 4.
  private func magnitude(_ expression: ClassicalExpression) -> Double {
    // Integers and angles wrap, so constants are bounded by their value alone.
    if let constant = try? expression.finiteDouble(in: ClassicalMemory()) { return abs(constant) + 1 }
    guard case .binary(let name, let left, let right) = expression else {
      return expression.operands.reduce(4) { max($0, magnitude($1)) }
    }
    let (x, y) = (magnitude(left), magnitude(right))
    return name == .divide ? x * 2 : name == .multiply ? x * y : x + y
  }
}
