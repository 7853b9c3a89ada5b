/// The type of a classical value, as OpenQASM 3 has them.
public enum ClassicalType: Hashable, Sendable {
  /// True or false.
  case bool
  /// A string of bits, the least significant is bit 0; 1…64 bits.
  case bits(width: Int)
  /// A signed integer in two's complement that wraps; 1…64 bits.
  case int(width: Int)
  /// An unsigned integer that wraps; 1…64 bits.
  case uint(width: Int)
  /// A number in double precision; `float[32]` rounds to single when it is assigned.
  case float(width: Int)
  /// An angle modulo 2π in units of 2π/2^width; 1…64 bits.
  case angle(width: Int)

  /// The number of bits.
  public var width: Int {
    switch self {
    case .bool: 1
    case .bits(let width), .int(let width), .uint(let width), .float(let width), .angle(let width): width
    }
  }
}

extension ClassicalType: CustomStringConvertible {
  /// The type as OpenQASM 3 writes it.
  public var description: String {
    switch self {
    case .bool: "bool"
    case .bits(let width): "bit[\(width)]"
    case .int(let width): "int[\(width)]"
    case .uint(let width): "uint[\(width)]"
    case .float(let width): "float[\(width)]"
    case .angle(let width): "angle[\(width)]"
    }
  }
}

/// A classical value with its type.
public enum ClassicalValue: Hashable, Sendable {
  /// True or false.
  case bool(Bool)
  /// A string of bits; bits above the width are zero.
  case bits(UInt64, width: Int)
  /// A signed integer within its width.
  case int(Int64, width: Int)
  /// An unsigned integer within its width.
  case uint(UInt64, width: Int)
  /// A number.
  case float(Double)
  /// An angle in units of 2π/2^width.
  case angle(UInt64, width: Int)

  /// The value's type.
  public var type: ClassicalType {
    switch self {
    case .bool: .bool
    case .bits(_, let width): .bits(width: width)
    case .int(_, let width): .int(width: width)
    case .uint(_, let width): .uint(width: width)
    case .float: .float(width: 64)
    case .angle(_, let width): .angle(width: width)
    }
  }

  /// The value as a real number: integers exactly up to 2⁵³, angles in radians in [0, 2π), true as 1.
  public var double: Double {
    switch self {
    case .bool(let value): value ? 1 : 0
    case .bits(let value, _), .uint(let value, _): Double(value)
    case .int(let value, _): Double(value)
    case .float(let value): value
    case .angle(let value, let width): Double(value) * (2 * Double.pi) / ClassicalValue.exp2(width)
    }
  }

  /// Whether the value counts as true: any bit or number other than zero.
  public var isTrue: Bool {
    switch self {
    case .bool(let value): value
    case .bits(let value, _), .uint(let value, _), .angle(let value, _): value != 0
    case .int(let value, _): value != 0
    case .float(let value): value != 0
    }
  }

  /// The bit pattern, sign-extended for signed integers; nil for a float.
  public var pattern: UInt64? {
    switch self {
    case .bool(let value): value ? 1 : 0
    case .bits(let value, _), .uint(let value, _), .angle(let value, _): value
    case .int(let value, _): UInt64(bitPattern: value)
    case .float: nil
    }
  }

  /// The value as a signed integer if it is a whole number that fits; else nil.
  public var integer: Int64? {
    switch self {
    case .bool(let value): value ? 1 : 0
    case .bits(let value, _), .uint(let value, _): Int64(exactly: value)
    case .int(let value, _): value
    case .float(let value): Int64(exactly: value)
    case .angle: nil
    }
  }

  /// 2^width as a double.
  static func exp2(_ width: Int) -> Double { Double(sign: .plus, exponent: width, significand: 1) }
  /// The lowest `width` bits.
  package static func mask(_ width: Int) -> UInt64 { width >= 64 ? .max : (UInt64(1) << UInt64(max(width, 0))) - 1 }
}

extension ClassicalValue {
  /// The value converted to a type, as an OpenQASM 3 assignment or cast does it.
  ///
  /// Integers wrap; floats become integers by truncation; a float becomes an angle modulo 2π, rounded to its grid; bits and angles exchange their patterns.
  ///
  /// - Throws: ``CircuitError`` with code `invalid_arithmetic` if a NaN or infinity would become an integer or an angle.
  public func converted(to type: ClassicalType) throws(CircuitError) -> ClassicalValue {
    switch type {
    case .bool: return .bool(isTrue)
    case .float(let width): return .float(width == 32 ? Double(Float(double)) : double)
    case .angle(let width): return .angle(try anglePattern(width: width), width: width)
    case .bits(let width): return .bits(try integerPattern() & ClassicalValue.mask(width), width: width)
    case .uint(let width): return .uint(try integerPattern() & ClassicalValue.mask(width), width: width)
    case .int(let width): return .int(ClassicalValue.signExtended(try integerPattern(), width: width), width: width)
    }
  }

  static func signExtended(_ pattern: UInt64, width: Int) -> Int64 {
    let shift = UInt64(64 - width)
    return Int64(bitPattern: pattern << shift) >> Int64(shift)
  }

  private func integerPattern() throws(CircuitError) -> UInt64 {
    if let pattern { return pattern }
    let number = double.rounded(.towardZero)
    if let value = Int64(exactly: number) { return UInt64(bitPattern: value) }
    if let value = UInt64(exactly: number) { return value }
    throw CircuitError(.invalidArithmetic, "\(double) does not fit a 64-bit integer")
  }

  private func anglePattern(width: Int) throws(CircuitError) -> UInt64 {
    switch self {
    case .angle(let value, let from):
      return from >= width ? value >> UInt64(from - width) : value << UInt64(width - from)
    case .bits(let value, _): return value & ClassicalValue.mask(width)
    case .bool, .int, .uint, .float: break
    }
    guard double.isFinite else { throw CircuitError(.invalidArithmetic, "\(double) is not an angle") }
    var turns = (double / (2 * Double.pi)).truncatingRemainder(dividingBy: 1)
    if turns < 0 { turns += 1 }
    let scaled = (turns * ClassicalValue.exp2(width)).rounded(.toNearestOrEven)
    return scaled >= ClassicalValue.exp2(width) ? 0 : UInt64(scaled)
  }
}
