internal import RealModule

extension ClassicalExpression {
  /// The value in a memory.
  ///
  /// - Throws: ``CircuitError``: `unbound_parameter`, `bit_out_of_range`, `invalid_arithmetic`.
  public func evaluated(in memory: borrowing ClassicalMemory) throws(CircuitError) -> ClassicalValue {
    switch self {
    case .literal(let value): return value
    case .parameter(let parameter):
      guard let value = memory.parameters[parameter] else {
        throw CircuitError(.unboundParameter, "parameter '\(parameter.name)' has no value")
      }
      return .float(value)
    case .variable(let variable): return try memory.element(variable, 0)
    case .element(let variable, let index): return try memory.element(variable, try index.integer(in: memory))
    case .bit(let bit): return .bool(try memory.pattern(bit..<bit + 1) == 1)
    case .bits(let range): return .bits(try memory.pattern(range), width: range.count)
    case .bitAt(let range, let index):
      let offset = try index.integer(in: memory)
      guard offset >= 0, offset < range.count else { throw CircuitError(.bitOutOfRange, "bit \(offset) of \(range.count)") }
      let bit = range.lowerBound + Int(offset)
      return .bool(try memory.pattern(bit..<bit + 1) == 1)
    case .unary(let name, let operand): return try Self.apply(name, try operand.evaluated(in: memory))
    case .binary(let name, let left, let right): return try Self.evaluate(name, left, right, memory)
    case .call(let function, let arguments):
      var values = [ClassicalValue]()
      for argument in arguments { values.append(try argument.evaluated(in: memory)) }
      return try Self.apply(function, values)
    case .cast(let type, let operand): return try operand.evaluated(in: memory).converted(to: type)
    }
  }

  /// The value as a whole number.
  public func integer(in memory: borrowing ClassicalMemory) throws(CircuitError) -> Int64 {
    let value = try evaluated(in: memory)
    guard let integer = value.integer else {
      throw CircuitError(.invalidArithmetic, "\(value.double) where a whole number is needed")
    }
    return integer
  }

  /// The value as a finite real number: a gate's angle.
  public func finiteDouble(in memory: borrowing ClassicalMemory) throws(CircuitError) -> Double {
    let value = try evaluated(in: memory).double
    guard value.isFinite else { throw CircuitError.notFinite(value) }
    return value
  }

  private static func evaluate(
    _ name: BinaryOperator, _ left: Self, _ right: Self, _ memory: borrowing ClassicalMemory
  ) throws(CircuitError) -> ClassicalValue {
    let first = try left.evaluated(in: memory)
    if name == .logicalAnd, !first.isTrue { return .bool(false) }
    if name == .logicalOr, first.isTrue { return .bool(true) }
    return try apply(name, first, try right.evaluated(in: memory))
  }

  private static func apply(_ name: UnaryOperator, _ value: ClassicalValue) throws(CircuitError) -> ClassicalValue {
    switch (name, value) {
    case (.not, _): return .bool(!value.isTrue)
    case (.minus, .float(let number)): return .float(-number)
    case (.minus, .angle(let pattern, let width)): return .angle((0 &- pattern) & ClassicalValue.mask(width), width: width)
    case (.minus, .uint(let pattern, let width)): return .uint((0 &- pattern) & ClassicalValue.mask(width), width: width)
    case (.minus, .int(let number, let width)):
      return .int(ClassicalValue.signExtended(UInt64(bitPattern: 0 &- number), width: width), width: width)
    case (.minus, .bool), (.minus, .bits): return .int(0 &- Int64(bitPattern: value.pattern ?? 0), width: 64)
    case (.complement, .float): throw CircuitError(.invalidArithmetic, "'~' needs bits or an integer, not a float")
    case (.complement, .bool(let flag)): return .bool(!flag)
    case (.complement, _): return try ClassicalValue.bits(~(value.pattern ?? 0), width: 64).converted(to: value.type)
    }
  }

  static func apply(_ name: BinaryOperator, _ a: ClassicalValue, _ b: ClassicalValue) throws(CircuitError) -> ClassicalValue {
    switch name {
    case .logicalAnd: .bool(a.isTrue && b.isTrue)
    case .logicalOr: .bool(a.isTrue || b.isTrue)
    case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual: .bool(compare(name, a, b))
    case .and, .or, .exclusiveOr, .shiftLeft, .shiftRight: try combineBits(name, a, b)
    case .add, .subtract, .multiply, .divide, .remainder, .power: try Arithmetic.apply(name, a, b)
    }
  }

  private static func compare(_ name: BinaryOperator, _ a: ClassicalValue, _ b: ClassicalValue) -> Bool {
    if let left = a.integer, let right = b.integer { return compare(name, left, right) }
    if case .angle(let left, let width) = a, case .angle(let right, width) = b { return compare(name, left, right) }
    if let left = a.pattern, let right = b.pattern, a.integer == nil || b.integer == nil, !isAngle(a), !isAngle(b) {
      if a.double != b.double { return compare(name, a.double, b.double) }
      return compare(name, left, right)
    }
    return compare(name, a.double, b.double)
  }

  private static func isAngle(_ value: ClassicalValue) -> Bool { if case .angle = value { true } else { false } }

  private static func compare<T: Comparable>(_ name: BinaryOperator, _ a: T, _ b: T) -> Bool {
    switch name {
    case .equal: a == b
    case .notEqual: a != b
    case .less: a < b
    case .lessOrEqual: a <= b
    case .greater: a > b
    default: a >= b
    }
  }

  private static func combineBits(
    _ name: BinaryOperator, _ a: ClassicalValue, _ b: ClassicalValue
  ) throws(CircuitError) -> ClassicalValue {
    guard let left = a.pattern, let right = b.pattern else {
      throw CircuitError(.invalidArithmetic, "'\(name.rawValue)' needs bits or integers, not \(a.type) and \(b.type)")
    }
    if name == .shiftLeft || name == .shiftRight { return try shift(name, a, by: b) }
    let pattern =
      switch name {
      case .and: left & right
      case .or: left | right
      default: left ^ right
      }
    let type = a.type.width >= b.type.width ? a.type : b.type
    return try ClassicalValue.bits(pattern, width: 64).converted(to: type)
  }

  private static func shift(_ name: BinaryOperator, _ a: ClassicalValue, by b: ClassicalValue) throws(CircuitError)
    -> ClassicalValue
  {
    guard let amount = b.integer, amount >= 0 else {
      throw CircuitError(.invalidArithmetic, "shift by \(b.double); a count of at least 0 is needed")
    }
    if name == .shiftRight, case .int(let value, let width) = a { return .int(value >> amount, width: width) }
    let pattern = a.pattern ?? 0
    return try ClassicalValue.bits(name == .shiftLeft ? pattern << amount : pattern >> amount, width: 64).converted(to: a.type)
  }
}

/// Sums, products, quotients and powers by type, as OpenQASM 3 has them: float beats integer, unsigned beats signed, angles stay angles.
enum Arithmetic {
  typealias Operator = ClassicalExpression.BinaryOperator

  static func apply(_ name: Operator, _ a: ClassicalValue, _ b: ClassicalValue) throws(CircuitError) -> ClassicalValue {
    if let angle = try angles(name, a, b) { return angle }
    if case .float = a { return .float(try floats(name, a.double, b.double)) }
    if case .float = b { return .float(try floats(name, a.double, b.double)) }
    if name == .power, let exponent = b.integer, exponent < 0 { return .float(try floats(name, a.double, b.double)) }
    let isUnsigned = isUnsigned(a) || isUnsigned(b)
    let width = max(a.type.width, b.type.width, isUnsigned ? 1 : 32)
    let left = a.pattern ?? 0
    let right = b.pattern ?? 0
    if isUnsigned {
      return .uint(try unsigned(name, left, right) & ClassicalValue.mask(width), width: width)
    }
    let value = try signed(name, Int64(bitPattern: left), Int64(bitPattern: right))
    return .int(ClassicalValue.signExtended(UInt64(bitPattern: value), width: width), width: width)
  }

  private static func isUnsigned(_ value: ClassicalValue) -> Bool { if case .uint = value { true } else { false } }

  /// An operation on real numbers.
  static func floats(_ name: Operator, _ a: Double, _ b: Double) throws(CircuitError) -> Double {
    switch name {
    case .add: return a + b
    case .subtract: return a - b
    case .multiply: return a * b
    case .power: return Double.realPower(a, b)
    case .divide, .remainder:
      guard b != 0 else { throw CircuitError(.invalidArithmetic, "division of \(a) by zero") }
      return name == .divide ? a / b : a.truncatingRemainder(dividingBy: b)
    default: preconditionFailure("not arithmetic: \(name)")
    }
  }

  /// The remainder of real numbers with the sign of the divisor: the function `mod`.
  static func modulo(_ a: Double, _ b: Double) throws(CircuitError) -> Double {
    let remainder = try floats(.remainder, a, b)
    return (remainder < 0) != (b < 0) && remainder != 0 ? remainder + b : remainder
  }

  private static func unsigned(_ name: Operator, _ a: UInt64, _ b: UInt64) throws(CircuitError) -> UInt64 {
    switch name {
    case .add: return a &+ b
    case .subtract: return a &- b
    case .multiply: return a &* b
    case .power: return wrappingPower(a, b)
    default:
      guard b != 0 else { throw CircuitError(.invalidArithmetic, "division of \(a) by zero") }
      return name == .divide ? a / b : a % b
    }
  }

  private static func signed(_ name: Operator, _ a: Int64, _ b: Int64) throws(CircuitError) -> Int64 {
    switch name {
    case .add: return a &+ b
    case .subtract: return a &- b
    case .multiply: return a &* b
    case .power: return Int64(bitPattern: wrappingPower(UInt64(bitPattern: a), UInt64(bitPattern: b)))
    default:
      guard b != 0 else { throw CircuitError(.invalidArithmetic, "division of \(a) by zero") }
      return name == .divide
        ? a.dividedReportingOverflow(by: b).partialValue : a.remainderReportingOverflow(dividingBy: b).partialValue
    }
  }

  private static func wrappingPower(_ base: UInt64, _ exponent: UInt64) -> UInt64 {
    var (result, factor, rest) = (UInt64(1), base, exponent)
    while rest != 0 {
      if rest & 1 == 1 { result = result &* factor }
      factor = factor &* factor
      rest >>= 1
    }
    return result
  }

  /// Angle ± angle, angle · integer, angle / integer stay angles; angle / angle is a count. Nil where floats take over.
  private static func angles(_ name: Operator, _ a: ClassicalValue, _ b: ClassicalValue) throws(CircuitError) -> ClassicalValue? {
    if case .angle(let left, let leftWidth) = a, case .angle(let right, let rightWidth) = b {
      let width = max(leftWidth, rightWidth)
      let (x, y) = (left << UInt64(width - leftWidth), right << UInt64(width - rightWidth))
      switch name {
      case .add: return .angle((x &+ y) & ClassicalValue.mask(width), width: width)
      case .subtract: return .angle((x &- y) & ClassicalValue.mask(width), width: width)
      case .divide: return .uint(try unsigned(.divide, x, y), width: width)
      default: return nil
      }
    }
    if case .angle(let pattern, let width) = a, let factor = wholeNumber(b), name == .multiply || name == .divide {
      if name == .multiply { return .angle((pattern &* factor) & ClassicalValue.mask(width), width: width) }
      if case .int(let divisor, _) = b, divisor < 0 { return nil }
      return .angle(try unsigned(.divide, pattern, factor), width: width)
    }
    if case .angle(let pattern, let width) = b, let factor = wholeNumber(a), name == .multiply {
      return .angle((pattern &* factor) & ClassicalValue.mask(width), width: width)
    }
    return nil
  }

  private static func wholeNumber(_ value: ClassicalValue) -> UInt64? {
    switch value {
    case .int, .uint, .bits, .bool: value.pattern
    case .float, .angle: nil
    }
  }
}

extension Double {
  /// bᵉ for a real exponent, also for a negative base and a whole exponent.
  static func realPower(_ base: Double, _ exponent: Double) -> Double {
    if let whole = Int(exactly: exponent) { return Double.pow(base, whole) }
    return Double.pow(base, exponent)
  }
}
