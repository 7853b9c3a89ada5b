import Circuits
import Testing

private let (a, b) = (ClassicalExpression.parameter(Parameter("a")), ClassicalExpression.parameter(Parameter("b")))
private let indices = [Parameter("a"): 1, Parameter("b"): 0]

@Suite("refusals of differentiable expressions")
struct DifferentiableExpressionRefusalTests {
  @Test(
    "what has no derivative is refused, with the operator and where it stands",
    arguments: [
      (.call(.floor, [2 * a]), "'floor'", "'floor(2.0 * a)'"), (.call(.ceiling, [a]), "'ceiling'", "'ceiling(a)'"),
      (1 + .call(.popcount, [a]), "'popcount'", "'popcount(a)'"), (.call(.rotr, [a, 1]), "'rotr'", "'rotr(a, 1.0)'"),
      (.call(.rotl, [.literal(.uint(3, width: 4)), a]), "'rotl'", "'rotl(3, a)'"), (.binary(.remainder, a, 2), "'%'", "'a % 2.0'"),
      (.binary(.and, a, .literal(.bits(5, width: 3))), "'&'", "'a & bit[3](5)'"), (.binary(.shiftLeft, 1, a), "'<<'", "'1.0 << a'"),
      (.binary(.less, a, b), "'<'", "'a < b'"), (.binary(.equal, a, 1), "'=='", "'a == 1.0'"),
      (.binary(.logicalAnd, .literal(.bool(true)), a), "'&&'", "'true && a'"), (.unary(.not, a), "'!'", "'!a'"),
      (.unary(.complement, a + b), "'~'", "'~(a + b)'"), (.call(.mod, [1, a]), "'mod' by a divisor", "'mod(1.0, a)'"),
      (.cast(.int(width: 8), a), "the cast to int[8]", "'int[8](a)'"),
      (.cast(.angle(width: 8), a), "the cast to angle[8]", "'angle[8](a)'"), (.cast(.bool, a), "the cast to bool", "'bool(a)'"),
      (.cast(.bits(width: 2), -a), "the cast to bit[2]", "'bit[2](-a)'"),
      (a + .variable(3), "while the circuit runs", "'variable 3'"), (.element(variable: 1, index: 2), "runs", "'variable 1[2.0]'"),
      (.bit(4), "runs", "'bit 4'"), (.bits(0..<2), "runs", "'bits 0..<2'"), (.bitAt(0..<2, index: 1), "runs", "'bits 0..<2[1.0]'"),
    ] as [(ClassicalExpression, String, String)])
  func refusals(expression: ClassicalExpression, name: String, place: String) {
    let error = #expect(throws: CircuitError.self) { try DifferentiableExpression(.call(.sin, [expression]), parameters: indices) }
    #expect(error?.code == .notDifferentiable)
    #expect(error?.message.contains(name) == true && error?.message.contains(place) == true, "\(error?.message ?? "")")
  }

  @Test("parameters without an index, wrong arguments and constants without a value are refused as the evaluator refuses them")
  func badExpressions() {
    for (expression, code): (ClassicalExpression, CircuitError.Code) in [
      (.parameter(Parameter("other")), .unboundParameter), (.call(.sin, [a, b]), .wrongArity), (.call(.mod, [a]), .wrongArity),
      (a + .binary(.divide, 1, 0), .invalidArithmetic), (a * .call(.log, [-1]), .invalidArithmetic),
    ] {
      let error = #expect(throws: CircuitError.self) { try DifferentiableExpression(expression, parameters: indices) }
      #expect(error?.code == code, "\(expression)")
    }
  }

  @Test("a row that is too short, or where the value or its derivative does not exist, is refused with the reason")
  func badRows() throws {
    for (expression, row, code, message): (ClassicalExpression, [Double], CircuitError.Code, String) in [
      (a, [1], .unboundParameter, "parameter number 1 has no value: the row has 1, and 2 are needed"),
      (1 / a, [0, 0], .invalidArithmetic, "division of 1.0 by zero"),
      (.call(.mod, [a, 0]), [0, 1], .invalidArithmetic, "by zero"),
      (b / a, [1, 0], .invalidArithmetic, "division of 1.0 by zero"), (.call(.log, [a]), [0, -1], .invalidArithmetic, "log(-1.0)"),
      (.call(.exp, [a]), [0, 1000], .notFinite, "the value is inf"), (a, [0, .nan], .notFinite, "the value is nan"),
    ] {
      let compiled = try DifferentiableExpression(expression, parameters: indices)
      for error in [
        #expect(throws: CircuitError.self) { try compiled.value(row.span) },
        #expect(throws: CircuitError.self) { try compiled.valueAndGradient(row) },
      ] {
        #expect(error?.code == code)
        #expect(error?.message.contains(message) == true, "\(error?.message ?? "")")
      }
    }
  }

  @Test("a value without a finite derivative keeps its value, and its gradient is refused with the operation")
  func infiniteDerivatives() throws {
    for (expression, row, message): (ClassicalExpression, [Double], String) in [
      (.call(.sqrt, [a]), [0, 0], "'sqrt' has no finite derivative at 0.0"), (.call(.arcsin, [a]), [0, 1], "'arcsin'"),
      (.binary(.power, a, 0.5), [0, 0], "'** 0.5'"), (.binary(.power, -2, a), [0, 2], "'-2.0 **'"),
      (.binary(.power, b, a), [-2, 2], "'**' has no finite derivative at -2.0 and 2.0"),
      (.call(.exp, [.call(.log, [a])]), [0, 0], "'log'"),
      (1e200 * (1e200 * a), [0, 0], "the derivative in parameter number 1 is inf"),
    ] {
      let compiled = try DifferentiableExpression(expression, parameters: indices)
      _ = try compiled.value(row.span)
      let error = #expect(throws: CircuitError.self) { try compiled.valueAndGradient(row) }
      #expect(error?.code == .notFinite)
      #expect(error?.message.contains(message) == true, "\(error?.message ?? "")")
    }
  }

  @Test("trees beyond the limits are refused without walking them, and quoted in part")
  func limits() throws {
    var (doubled, deep) = (a, a)
    for _ in 0..<200 { doubled = doubled + doubled }
    for _ in 1..<Limits.expressionDepth { deep = -deep }
    _ = try DifferentiableExpression(deep, parameters: indices)
    for tree in [doubled, -deep] {
      let error = #expect(throws: CircuitError.self) { try DifferentiableExpression(tree, parameters: indices) }
      #expect(error?.code == .limitExceeded)
    }
    let long = (0..<50).reduce(a) { .binary(.add, .literal(.int(Int64($1), width: 32)), $0) }
    let cut = #expect(throws: CircuitError.self) { try DifferentiableExpression(.call(.floor, [long]), parameters: indices) }
    #expect(
      cut?.message.split(separator: "'").contains { $0.count == Limits.excerptCharacterCount + 1 && $0.hasSuffix("…") } == true)
    let endless = #expect(throws: CircuitError.self) {
      try DifferentiableExpression(.bitAt(0..<2, index: doubled), parameters: indices)
    }
    #expect(endless?.message.contains("'bits 0..<2[(((") == true && endless?.message.contains("(…' is known only") == true)
  }
}
