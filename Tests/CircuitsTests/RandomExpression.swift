import Circuits
import TestSupport

/// Seeded random expressions of parameters.
struct RandomExpression {
  static let parameters = ["a", "b", "c"].map { Parameter($0) }
  /// Indices of the parameters in a row of five.
  static let indices = [Parameter("a"): 3, Parameter("b"): 0, Parameter("c"): 4]
  static let rowCount = 5

  var random: SplitMix
  init(seed: UInt64) { random = SplitMix(seed: seed) }

  /// A row of numbers, among them zeros, whole ones and very large ones.
  mutating func row() -> [Double] {
    (0..<Self.rowCount).map { _ in
      switch Int.random(in: 0..<12, using: &random) {
      case 0: [0, -0.0, 1, -1, 2, 1e300, -1e-300, .infinity, .nan].randomElement(using: &random)!
      case 1: Double(Int.random(in: -4...4, using: &random))
      default: Double.random(in: -4...4, using: &random)
      }
    }
  }

  /// Any expression over every operator and type; many have no derivative, or no value on many rows.
  mutating func any(depth: Int) -> ClassicalExpression {
    if depth == 0 || Int.random(in: 0..<8, using: &random) == 0 { return leaf() }
    switch Int.random(in: 0..<10, using: &random) {
    case 0: return .unary(.minus, any(depth: depth - 1))
    case 1...5: return .binary(arithmetic(), any(depth: depth - 1), any(depth: depth - 1))
    case 6: return .cast(.float(width: [32, 64].randomElement(using: &random)!), any(depth: depth - 1))
    case 7: return rare(depth: depth)
    default:
      let function = function()
      return .call(function, (0..<function.arity).map { $0 == 1 && function == .mod ? constant() : any(depth: depth - 1) })
    }
  }

  /// A smooth expression, of moderate value and slope on rows between −2 and 2.
  mutating func smooth(depth: Int) -> ClassicalExpression {
    if depth == 0 { return smoothLeaf() }
    let x = smooth(depth: depth - 1)
    let wave = ClassicalExpression.call(.sin, [x])
    switch Int.random(in: 0..<14, using: &random) {
    case 0: return x + smooth(depth: depth - 1)
    case 1: return x - smooth(depth: depth - 1)
    case 2: return wave * smooth(depth: depth - 1)
    case 3: return x / (1.5 + wave)
    case 4: return 2 / (2.5 + wave)
    case 5: return -x
    case 6: return .call(.cos, [x])
    case 7: return .call(.tan, [0.5 * wave])
    case 8: return .call([.arcsin, .arccos].randomElement(using: &random)!, [0.8 * wave])
    case 9: return .call(.arctan, [x])
    case 10: return .call(.exp, [wave])
    case 11: return .call([.log, .sqrt].randomElement(using: &random)!, [1.6 + wave])
    case 12: return .binary(.power, 1.5 + 0.5 * wave, smoothLeaf())
    default: return .call(.pow, [wave, .literal(.int(3, width: 32))])
    }
  }

  /// A sum, difference, negative, multiple or fraction of such; linear in its parameters.
  mutating func linear(depth: Int) -> ClassicalExpression {
    if depth == 0 { return leaf() }
    let x = linear(depth: depth - 1)
    switch Int.random(in: 0..<6, using: &random) {
    case 0: return .binary(.add, x, linear(depth: depth - 1))
    case 1: return .binary(.subtract, x, linear(depth: depth - 1))
    case 2: return .unary(.minus, x)
    case 3: return .binary(.multiply, x, constant())
    case 4: return .binary(.multiply, constant(), x)
    default: return .binary(.divide, x, [3, 0.7, .literal(.int(-4, width: 8))].randomElement(using: &random)!)
    }
  }

  private mutating func leaf() -> ClassicalExpression {
    Bool.random(using: &random) ? .parameter(Self.parameters.randomElement(using: &random)!) : constant()
  }

  private mutating func smoothLeaf() -> ClassicalExpression {
    let isConstant = Int.random(in: 0..<4, using: &random) == 0
    return isConstant
      ? .literal(.float(Double.random(in: -2...2, using: &random))) : .parameter(Self.parameters.randomElement(using: &random)!)
  }

  /// A constant of any type, at times computed, and at times without a value.
  private mutating func constant() -> ClassicalExpression {
    switch Int.random(in: 0..<9, using: &random) {
    case 0: return .literal(.int(Int64.random(in: -5...5, using: &random), width: 32))
    case 1: return .literal(.uint(UInt64.random(in: 0...9, using: &random), width: 8))
    case 2: return .literal(.angle(UInt64.random(in: 0...15, using: &random), width: 4))
    case 3: return .literal(.bits(UInt64.random(in: 0...7, using: &random), width: 3))
    case 4: return .literal(.bool(Bool.random(using: &random)))
    case 5:
      let divisor = ClassicalValue.int(Int64.random(in: 0...3, using: &random), width: 32)
      return .binary(.divide, .literal(.int(7, width: 32)), .literal(divisor))
    case 6: return .call(.floor, [.literal(.float(Double.random(in: -3...3, using: &random)))])
    default: return .literal(.float(Double.random(in: -3...3, using: &random)))
    }
  }

  private mutating func arithmetic() -> ClassicalExpression.BinaryOperator {
    [.add, .subtract, .multiply, .divide, .power].randomElement(using: &random)!
  }

  private mutating func function() -> ClassicalExpression.Function {
    [.sin, .cos, .tan, .arcsin, .arccos, .arctan, .exp, .log, .sqrt, .abs, .pow, .mod].randomElement(using: &random)!
  }

  /// What depends on no parameter may be anything; on a parameter these are refused.
  private mutating func rare(depth: Int) -> ClassicalExpression {
    let (x, y) = (any(depth: depth - 1), any(depth: depth - 1))
    switch Int.random(in: 0..<5, using: &random) {
    case 0: return .binary([.less, .logicalAnd, .logicalOr].randomElement(using: &random)!, constant(), x)
    case 1: return .call([.floor, .ceiling].randomElement(using: &random)!, [x])
    case 2: return .binary([.remainder, .shiftLeft, .exclusiveOr].randomElement(using: &random)!, constant(), constant())
    case 3: return .cast([.int(width: 8), .angle(width: 6), .bool].randomElement(using: &random)!, constant())
    default: return .binary(.remainder, x, y)
    }
  }
}
