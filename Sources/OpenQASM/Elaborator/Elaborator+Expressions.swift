internal import Circuits

extension Elaborator {
  // MARK: Scalars

  /// The value of an expression.
  func scalar(_ expression: Expression) throws(Failure) -> Scalar {
    switch expression.kind {
    case .integer(let value): return Scalar(integer(value))
    case .real(let value), .duration(let value): return Scalar(.float(value))
    case .boolean(let value): return Scalar(.bool(value))
    case .bits(let bits): return try bitString(bits, at: expression.range)
    case .unary(let name, let operand): return try unary(name, try scalar(operand), at: expression.range)
    case .binary(let name, let left, let right): return try binary(name, left, right, at: expression.range)
    case .cast(let type, let operand): return try cast(try scalarType(type), try scalar(operand), at: expression.range)
    case .name, .index, .concatenation, .call, .hardwareQubit: return try scalar(try operand(expression), at: expression.range)
    case .range, .list:
      throw Failure(.wrongType, "a range or a list where a single value is needed", at: expression.range)
    case .measure:
      throw Failure(.misplaced, "'measure' stands alone, as the value of an assignment or after 'return'", at: expression.range)
    }
  }

  private func integer(_ value: UInt64) -> ClassicalValue {
    if integersAreReal { return .float(Double(value)) }
    return Int64(exactly: value).map { .int($0, width: 64) } ?? .uint(value, width: 64)
  }

  private func bitString(_ bits: [Bool], at range: SourceRange) throws(Failure) -> Scalar {
    guard bits.count <= 64 else {
      throw Failure(.limitExceeded, "a bit string of \(bits.count) bits as one value; at most 64", at: range)
    }
    return Scalar(.bits(bits.reversed().reduce(0) { $0 << 1 | ($1 ? 1 : 0) }, width: bits.count))
  }

  /// An operand read as a value.
  func scalar(_ operand: Operand, at range: SourceRange) throws(Failure) -> Scalar {
    switch operand {
    case .scalar(let scalar): return scalar
    case .bits(let bits, let isRegister): return try value(of: bits, isRegister: isRegister, at: range)
    case .qubits, .array, .values:
      throw Failure(.wrongType, "\(operand.description) where a classical value is needed", at: range)
    }
  }

  private func value(of bits: [Int], isRegister: Bool, at range: SourceRange) throws(Failure) -> Scalar {
    guard isRegister else { return Scalar(.bit(bits[0]), .bool) }
    guard (1...64).contains(bits.count) else {
      throw Failure(.limitExceeded, "\(bits.count) classical bits as one value; 1 to 64 are accepted", at: range)
    }
    let type = ClassicalType.bits(width: bits.count)
    if let run = consecutive(bits) { return Scalar(.bits(run), type) }
    var sum = ClassicalExpression.literal(.uint(0, width: 64))
    for (offset, bit) in bits.enumerated() {
      let wide = ClassicalExpression.cast(.uint(width: 64), .bit(bit))
      sum = .binary(.or, sum, .binary(.shiftLeft, wide, .literal(.int(Int64(offset), width: 64))))
    }
    return Scalar(.cast(type, sum), type)
  }

  /// The bits as a range, if each follows the one before.
  func consecutive(_ bits: [Int]) -> Range<Int>? {
    guard let first = bits.first, bits.enumerated().allSatisfy({ $1 == first + $0 }) else { return nil }
    return first..<first + bits.count
  }

  // MARK: Operators

  private func unary(_ name: ClassicalExpression.UnaryOperator, _ operand: Scalar, at range: SourceRange) throws(Failure) -> Scalar
  {
    let type: ClassicalType
    switch (name, operand.type) {
    case (.not, _): type = .bool
    case (.complement, .float):
      throw Failure(.wrongType, "'~' needs bits or an integer, not \(operand.type)", at: range)
    case (.minus, .bool), (.minus, .bits): type = .int(width: 64)
    default: type = operand.type
    }
    return try folded(.unary(name, operand.expression), type, at: range)
  }

  private func binary(
    _ name: ClassicalExpression.BinaryOperator, _ left: Expression, _ right: Expression, at range: SourceRange
  ) throws(Failure) -> Scalar {
    if name == .equal || name == .notEqual, let wide = try wideComparison(name, left, right, at: range) { return wide }
    return try binary(name, try scalar(left), try scalar(right), at: range)
  }

  func binary(_ name: ClassicalExpression.BinaryOperator, _ left: Scalar, _ right: Scalar, at range: SourceRange) throws(Failure)
    -> Scalar
  {
    try folded(.binary(name, left.expression, right.expression), try type(name, left.type, right.type, at: range), at: range)
  }

  /// The type of a result, as the evaluation of ``Circuits/ClassicalExpression`` gives it.
  private func type(_ name: ClassicalExpression.BinaryOperator, _ a: ClassicalType, _ b: ClassicalType, at range: SourceRange)
    throws(Failure) -> ClassicalType
  {
    switch name {
    case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual, .logicalAnd, .logicalOr: return .bool
    case .and, .or, .exclusiveOr, .shiftLeft, .shiftRight:
      guard !a.isFloat, !b.isFloat else {
        throw Failure(.wrongType, "'\(name.rawValue)' needs bits or integers, not \(a) and \(b)", at: range)
      }
      return name == .shiftLeft || name == .shiftRight || a.width >= b.width ? a : b
    case .add, .subtract, .multiply, .divide, .remainder, .power: return arithmeticType(name, a, b)
    }
  }

  private func arithmeticType(_ name: ClassicalExpression.BinaryOperator, _ a: ClassicalType, _ b: ClassicalType) -> ClassicalType {
    if a.isFloat || b.isFloat { return .float(width: 64) }
    switch (a, b, name) {
    case (.angle, .angle, .add), (.angle, .angle, .subtract): return .angle(width: max(a.width, b.width))
    case (.angle, .angle, .divide): return .uint(width: max(a.width, b.width))
    case (.angle, .angle, _): return .float(width: 64)
    case (.angle, _, .multiply), (.angle, _, .divide): return a
    case (_, .angle, .multiply): return b
    case (.angle, _, _), (_, .angle, _): return .float(width: 64)
    case (.uint, _, _), (_, .uint, _): return .uint(width: max(a.width, b.width))
    default: return .int(width: max(a.width, b.width, 32))
    }
  }

  /// A comparison with a register of more than 64 bits, 64 at a time.
  private func wideComparison(
    _ name: ClassicalExpression.BinaryOperator, _ left: Expression, _ right: Expression, at range: SourceRange
  ) throws(Failure) -> Scalar? {
    guard case .name = left.kind, case .bits(let bits, true) = try operand(left), bits.count > 64 else { return nil }
    guard let number = try scalar(right).literal?.pattern else {
      throw Failure(.notConstant, "a register of \(bits.count) bits can be compared with a constant only", at: right.range)
    }
    var equal: ClassicalExpression?
    for start in stride(from: 0, to: bits.count, by: 64) {
      let part = try value(of: Array(bits[start..<min(start + 64, bits.count)]), isRegister: true, at: range)
      let comparison = ClassicalExpression.binary(.equal, part.expression, .literal(.uint(start == 0 ? number : 0, width: 64)))
      equal = equal.map { .binary(.logicalAnd, $0, comparison) } ?? comparison
    }
    guard let equal else { return nil }
    return Scalar(name == .equal ? equal : .unary(.not, equal), .bool)
  }

  /// The expression, computed now if its operands are known.
  func folded(_ expression: ClassicalExpression, _ type: ClassicalType, at range: SourceRange) throws(Failure) -> Scalar {
    guard expression.operands.allSatisfy({ $0.literal != nil }) else { return Scalar(expression, type) }
    do throws(CircuitError) {
      return Scalar(try expression.evaluated(in: ClassicalMemory()))
    } catch {
      throw Failure(.invalidArithmetic, error.message, at: range)
    }
  }

  // MARK: Casts

  func cast(_ type: ClassicalType, _ operand: Scalar, at range: SourceRange) throws(Failure) -> Scalar {
    if operand.type == type { return operand }
    // A parameter stays one: rounding it to an angle's grid would only make it impossible to differentiate.
    if case .parameter = operand.expression, type.isReal { return Scalar(operand.expression, type) }
    return try folded(.cast(type, operand.expression), type, at: range)
  }

  // MARK: Constants

  /// A value known now.
  func constant(_ expression: Expression, _ purpose: String) throws(Failure) -> ClassicalValue {
    guard let value = try scalar(expression).literal else {
      throw Failure(
        .notConstant, "\(purpose) must be known before the run; this depends on inputs or measurements", at: expression.range)
    }
    return value
  }

  /// A whole number known now.
  func integer(_ expression: Expression, _ purpose: String) throws(Failure) -> Int {
    let value = try constant(expression, purpose)
    guard let integer = value.integer, let result = Int(exactly: integer) else {
      throw Failure(.wrongType, "\(purpose) must be a whole number, not \(value.double)", at: expression.range)
    }
    return result
  }

  /// A size: at least 1 and at most `limit`.
  func size(_ expression: Expression?, _ purpose: String, limit: Int, least: Int = 1) throws(Failure) -> Int {
    guard let expression else { return 1 }
    let wasReal = integersAreReal
    integersAreReal = false
    defer { integersAreReal = wasReal }
    let size = try integer(expression, purpose)
    guard size >= least else {
      throw Failure(.sizeMismatch, "\(purpose) is \(size); at least \(least) is needed", at: expression.range)
    }
    guard size <= limit else {
      throw Failure(.limitExceeded, "\(purpose) is \(size); at most \(limit) is accepted", at: expression.range)
    }
    return size
  }

  /// A gate's angle: any number, finite if it is known.
  func angle(_ expression: Expression) throws(Failure) -> ClassicalExpression {
    integersAreReal = version == .v2
    defer { integersAreReal = false }
    let scalar = try scalar(expression)
    guard let value = scalar.literal?.double else { return scalar.expression }
    guard value.isFinite else {
      throw Failure(.invalidArithmetic, "the parameter is \(value); a finite number is needed", at: expression.range)
    }
    return .literal(.float(value))
  }
}

extension ClassicalType {
  var isFloat: Bool { if case .float = self { true } else { false } }
  /// Whether it is a real number or an angle.
  var isReal: Bool {
    switch self {
    case .float, .angle: true
    default: false
    }
  }
}

extension ClassicalExpression {
  /// Whether the tree is within the limits of size and depth; looks at no more nodes than the limit.
  var isWithinLimits: Bool {
    var remaining = Limits.expressionNodeCount
    return measure(&remaining, depth: 1)
  }

  private func measure(_ remaining: inout Int, depth: Int) -> Bool {
    remaining -= 1
    guard remaining >= 0, depth <= Circuits.Limits.expressionDepth else { return false }
    for operand in operands where !operand.measure(&remaining, depth: depth + 1) { return false }
    return true
  }

  /// The number of nodes, counted up to a limit.
  func nodeCount(limit: Int) -> Int {
    var count = 1
    for operand in operands where count < limit { count += operand.nodeCount(limit: limit - count) }
    return count
  }
}
