import Circuits
import Testing

private func value(_ expression: ClassicalExpression, _ memory: ClassicalMemory = ClassicalMemory()) throws -> ClassicalValue {
  try expression.evaluated(in: memory)
}

private func int(_ value: Int64, _ width: Int = 32) -> ClassicalExpression { .literal(.int(value, width: width)) }
private func uint(_ value: UInt64, _ width: Int = 32) -> ClassicalExpression { .literal(.uint(value, width: width)) }

@Suite("classical expressions")
struct ExpressionTests {
  @Test("parameters are bound late, and an unbound one is named")
  func parameters() throws {
    let theta = ClassicalExpression.parameter(Parameter("theta"))
    let expression = 2 * theta + 0.5
    #expect(try value(expression, ClassicalMemory(parameters: [Parameter("theta"): 0.25])) == .float(1))
    let error = #expect(throws: CircuitError.self) { try value(expression) }
    #expect(error?.code == .unboundParameter)
    #expect(error?.message.contains("theta") == true)
  }

  @Test("integers wrap at their width and divide towards zero")
  func integers() throws {
    #expect(try value(.binary(.add, uint(250, 8), uint(10, 8))) == .uint(4, width: 8))
    #expect(try value(.binary(.divide, int(-7), int(2))) == .int(-3, width: 32))
    #expect(try value(.cast(.int(width: 4), int(9))) == .int(-7, width: 4))
    #expect(try value(.binary(.power, int(3), int(4))) == .int(81, width: 32))
  }

  @Test("angles are modulo 2π in units of their width")
  func angles() throws {
    let half = try ClassicalValue.float(3 * Double.pi).converted(to: .angle(width: 4))
    #expect(half == .angle(8, width: 4))
    #expect(try value(.binary(.add, .literal(half), .literal(half))) == .angle(0, width: 4))
    #expect(try value(.binary(.divide, .literal(half), uint(2))) == .angle(4, width: 4))
    #expect(try ClassicalValue.angle(4, width: 4).double == Double.pi / 2)
    #expect(try ClassicalValue.float(-Double.pi / 2).converted(to: .angle(width: 2)) == .angle(3, width: 2))
  }

  @Test("'%' has the sign of the dividend, and mod that of the divisor")
  func remainders() throws {
    for (dividend, divisor, remainder, modulus) in [(-7.0, 4.0, -3.0, 1.0), (7, -4, 3, -1), (7, 4, 3, 3), (-8, 4, 0, 0)] {
      let (a, b) = (ClassicalExpression(dividend), ClassicalExpression(divisor))
      #expect(try value(.binary(.remainder, a, b)) == .float(remainder))
      #expect(try value(.call(.mod, [a, b])) == .float(modulus))
    }
    #expect(try value(.binary(.remainder, int(-7), int(4))) == .int(-3, width: 32))
    #expect(try value(.call(.mod, [int(-7), int(4)])) == .int(1, width: 32))
    #expect(try value(.call(.mod, [int(-7), 4])) == .float(1))
  }

  @Test("division by zero, logarithms of negative numbers and bits of floats are refused")
  func refusals() {
    for bad: ClassicalExpression in [
      .binary(.divide, int(1), int(0)), .binary(.divide, 1.5, 0.0), .binary(.remainder, uint(1), uint(0)), .call(.log, [-1.0]),
      .call(.sqrt, [-1.0]), .unary(.complement, 1.0), .binary(.and, 1.0, int(1)), .binary(.shiftLeft, int(1), int(-1)),
      .call(.sin, []),
    ] {
      #expect(throws: CircuitError.self, "\(bad)") { try value(bad) }
    }
  }

  @Test("bits are read least significant first, and outside the memory refused")
  func bits() throws {
    let memory = ClassicalMemory(bits: [true, false, true])
    #expect(try value(.bits(0..<3), memory) == .bits(5, width: 3))
    #expect(try value(.bitAt(0..<3, index: int(2)), memory) == .bool(true))
    #expect(throws: CircuitError.self) { try value(.bitAt(0..<3, index: int(3)), memory) }
    #expect(throws: CircuitError.self) { try value(.bits(2..<4), memory) }
  }

  @Test("rotations, population counts and shifts keep the width")
  func bitFunctions() throws {
    let word = ClassicalExpression.literal(.bits(0b1001, width: 4))
    #expect(try value(.call(.rotl, [word, int(1)])) == .bits(0b0011, width: 4))
    #expect(try value(.call(.rotr, [word, int(5)])) == .bits(0b1100, width: 4))
    #expect(try value(.call(.popcount, [word])) == .uint(2, width: 64))
    #expect(try value(.binary(.shiftLeft, word, int(1))) == .bits(0b0010, width: 4))
    #expect(try value(.unary(.complement, word)) == .bits(0b0110, width: 4))
  }

  @Test("logical operators do not evaluate what they need not")
  func shortCircuit() throws {
    let bad = ClassicalExpression.binary(.divide, int(1), int(0))
    #expect(try value(.binary(.logicalAnd, .literal(.bool(false)), bad)) == .bool(false))
    #expect(try value(.binary(.logicalOr, .literal(.bool(true)), bad)) == .bool(true))
  }

  @Test("comparisons compare values, not patterns, across types")
  func comparisons() throws {
    #expect(try value(.binary(.less, int(-1), uint(1))) == .bool(true))
    #expect(try value(.binary(.equal, .literal(.bits(5, width: 3)), int(5))) == .bool(true))
    #expect(try value(.binary(.greater, 2.5, int(2))) == .bool(true))
    #expect(try value(.binary(.greater, uint(.max, 64), int(-1))) == .bool(true))
  }
}
