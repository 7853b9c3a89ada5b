internal import RealModule

extension ClassicalExpression {
  static func apply(_ function: Function, _ arguments: [ClassicalValue]) throws(CircuitError) -> ClassicalValue {
    try function.check(argumentCount: arguments.count)
    switch function {
    case .popcount: return .uint(UInt64(try bits(function, arguments[0]).nonzeroBitCount), width: 64)
    case .rotl, .rotr: return try rotate(function, arguments[0], by: arguments[1])
    case .pow: return try apply(.power, arguments[0], arguments[1])
    case .mod: return try modulo(arguments[0], arguments[1])
    case .abs: return try absolute(arguments[0])
    default: return .float(try real(function, arguments[0].double))
    }
  }

  /// A function of one real number.
  static func real(_ function: Function, _ x: Double) throws(CircuitError) -> Double {
    let value =
      switch function {
      case .arccos: Double.acos(x)
      case .arcsin: Double.asin(x)
      case .arctan: Double.atan(x)
      case .ceiling: x.rounded(.up)
      case .floor: x.rounded(.down)
      case .cos: Double.cos(x)
      case .sin: Double.sin(x)
      case .tan: Double.tan(x)
      case .exp: Double.exp(x)
      case .log: Double.log(x)
      default: x.squareRoot()
      }
    guard !value.isNaN else { throw CircuitError(.invalidArithmetic, "\(function.rawValue)(\(x)) has no real value") }
    return value
  }

  private static func absolute(_ value: ClassicalValue) throws(CircuitError) -> ClassicalValue {
    guard case .int(let number, let width) = value else { return .float(Swift.abs(value.double)) }
    return .int(number < 0 ? 0 &- number : number, width: width)
  }

  /// The remainder with the sign of the divisor.
  private static func modulo(_ a: ClassicalValue, _ b: ClassicalValue) throws(CircuitError) -> ClassicalValue {
    // Only a float has no pattern; one makes the operation one of floats.
    if a.pattern == nil || b.pattern == nil { return .float(try Arithmetic.modulo(a.double, b.double)) }
    let remainder = try apply(.remainder, a, b)
    let mustShift = (remainder.double < 0) != (b.double < 0) && remainder.double != 0
    return mustShift ? try apply(.add, remainder, b) : remainder
  }

  private static func bits(_ function: Function, _ value: ClassicalValue) throws(CircuitError) -> UInt64 {
    guard let pattern = value.pattern else {
      throw CircuitError(.invalidArithmetic, "\(function.rawValue) needs bits or an integer, not a float")
    }
    return pattern & ClassicalValue.mask(value.type.width)
  }

  private static func rotate(_ function: Function, _ value: ClassicalValue, by amount: ClassicalValue) throws(CircuitError)
    -> ClassicalValue
  {
    let pattern = try bits(function, value)
    let width = Int64(value.type.width)
    guard let count = amount.integer else {
      throw CircuitError(.invalidArithmetic, "rotation by \(amount.double); a whole number is needed")
    }
    let left = UInt64(((function == .rotl ? count % width : -(count % width)) + width) % width)
    let rotated = left == 0 ? pattern : pattern << left | pattern >> (UInt64(width) - left)
    return try ClassicalValue.bits(rotated & ClassicalValue.mask(Int(width)), width: Int(width)).converted(to: value.type)
  }
}

extension ClassicalExpression.Function {
  /// Throws `wrong_arity` for another number of arguments than the function takes.
  func check(argumentCount: Int) throws(CircuitError) {
    guard argumentCount == arity else {
      throw CircuitError(.wrongArity, "\(rawValue) takes \(arity) arguments, not \(argumentCount)")
    }
  }
}
