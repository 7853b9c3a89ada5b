internal import Circuits

extension Elaborator {
  /// `target = value;` or `target += value;`.
  func assign(_ target: Expression, _ name: ClassicalExpression.BinaryOperator?, _ value: Expression) throws(Failure) {
    let place = try self.target(target)
    guard let name else { return try store(value, in: place) }
    let result = try binary(name, try scalar(target), try scalar(value), at: target.range.through(value.range))
    try assign(result, to: place, isFresh: false, at: value.range)
  }

  /// Stores an expression's value, or measures into the target.
  func store(_ value: Expression, in target: Target, isFresh: Bool = false) throws(Failure) {
    switch (value.kind, target) {
    case (.measure(let qubits), _): try measure(qubits, into: target, at: value.range)
    case (_, .array(let view)): try assign(value, to: view, isFresh: false)
    case (.bits(let digits), .bits(let bits, true)): try assign(digits, to: bits, isFresh: isFresh, at: value.range)
    case (.name, .bits(let bits, true)), (.index, .bits(let bits, true)):
      if case .bits(let source, true) = try operand(value) { return try copy(source, to: bits, at: value.range) }
      try assign(try scalar(value), to: target, isFresh: isFresh, at: value.range)
    default: try assign(try scalar(value), to: target, isFresh: isFresh, at: value.range)
    }
  }

  // MARK: Places

  /// Where an assignment to an expression goes.
  func target(_ expression: Expression) throws(Failure) -> Target {
    switch expression.kind {
    case .name(let name): return try target(of: try entity(name, at: expression.range), name, at: expression.range)
    case .index(let base, let items): return try target(try target(base), items, at: expression.range)
    default: throw Failure(.wrongType, "this cannot be assigned; a variable, a bit or an element is needed", at: expression.range)
    }
  }

  private func target(of entity: Entity, _ name: String, at range: SourceRange) throws(Failure) -> Target {
    switch entity {
    case .bits(let bits, let isRegister): return .bits(bits, isRegister: isRegister)
    case .variable(let variable, let type): return .variable(variable, type)
    case .array(let view):
      guard view.isMutable else { throw Failure(.wrongType, "'\(name)' is readonly", at: range) }
      return .array(view)
    case .qubits: throw Failure(.wrongType, "'\(name)' is a qubit or a register of qubits, and cannot be assigned", at: range)
    case .value(_, let isConstant):
      let reason = isConstant ? "a constant" : "an input, a loop variable or a parameter"
      throw Failure(.wrongType, "'\(name)' is \(reason), and cannot be assigned", at: range)
    case .values: throw Failure(.wrongType, "'\(name)' is an input, and cannot be assigned", at: range)
    case .invalid: throw .silent(at: range)
    }
  }

  private func target(_ base: Target, _ items: [Expression], at range: SourceRange) throws(Failure) -> Target {
    let single = Failure(.wrongArity, "one index is needed here", at: range)
    switch base {
    case .array(let view):
      let part = try part(view, items, at: range)
      guard part.view.dimensions.isEmpty else { return .array(part.view) }
      let element = Target.element(variable: view.variable, type: view.type, index: part.view.base)
      return part.rest.isEmpty ? element : try target(element, part.rest, at: range)
    case .bits(let bits, let isRegister):
      guard items.count == 1, isRegister else { throw single }
      if let index = try runtimeIndex(items[0]) {
        guard let run = consecutive(bits) else {
          throw Failure(.notConstant, "an index into bits that do not follow each other must be known before the run", at: range)
        }
        return .bitAt(run, index: index)
      }
      let (places, isMany) = try places(items[0], count: bits.count)
      return .bits(places.map { bits[$0] }, isRegister: isMany)
    case .variable(let variable, let type):
      return .variableBit(variable: variable, element: literal(0), bit: try bitIndex(items, type, at: range))
    case .element(let variable, let type, let index):
      return .variableBit(variable: variable, element: index, bit: try bitIndex(items, type, at: range))
    case .bitAt, .variableBit: throw Failure(.wrongType, "an index into a single bit", at: range)
    }
  }

  private func bitIndex(_ items: [Expression], _ type: ClassicalType, at range: SourceRange) throws(Failure) -> ClassicalExpression
  {
    guard items.count == 1, !type.isFloat else { throw Failure(.wrongType, "an index into a value of type \(type)", at: range) }
    if let index = try runtimeIndex(items[0]) { return index }
    let (places, isMany) = try places(items[0], count: type.width)
    guard !isMany else {
      throw Failure(.unsupported, "an assignment to several bits of a variable of type \(type); assign them one by one", at: range)
    }
    return literal(places[0])
  }

  private func literal(_ value: Int) -> ClassicalExpression { .literal(.int(Int64(value), width: 64)) }

  // MARK: Values

  /// Stores a value.
  ///
  /// - Parameter isFresh: Whether the target still holds the zeros that memory starts with.
  func assign(_ value: Scalar, to target: Target, isFresh: Bool, at range: SourceRange) throws(Failure) {
    guard value.expression.isWithinLimits else {
      throw .fatal("a value of more than \(Limits.expressionNodeCount) operations", at: range)
    }
    switch target {
    case .variable(let variable, let type):
      let converted = try cast(type, value, at: range)
      known[variable] = converted.literal
      if isFresh, let value = converted.literal, !value.isTrue { return }
      try emit(.assign(.variable(variable), converted.expression))
    case .element(let variable, let type, let index):
      let converted = try cast(type, value, at: range)
      if isFresh, let value = converted.literal, !value.isTrue { return }
      try emit(.assign(.element(variable: variable, index: index), converted.expression))
    case .variableBit(let variable, let element, let bit):
      known[variable] = nil
      try emit(.assign(.variableBit(variable: variable, element: element, bit: bit), try cast(.bool, value, at: range).expression))
    case .bitAt(let bits, let index):
      try emit(.assign(.bitAt(bits, index: index), try cast(.bool, value, at: range).expression))
    case .bits(let bits, let isRegister): try assign(value, to: bits, isRegister: isRegister, isFresh: isFresh, at: range)
    case .array(let view): throw Failure(.wrongType, "a single value for an array of \(view.elementCount) elements", at: range)
    }
  }

  private func assign(_ value: Scalar, to bits: [Int], isRegister: Bool, isFresh: Bool, at range: SourceRange) throws(Failure) {
    guard isRegister else {
      let converted = try cast(.bool, value, at: range)
      if isFresh, let value = converted.literal, !value.isTrue { return }
      return try emit(.assign(.bit(bits[0]), converted.expression))
    }
    guard (1...64).contains(bits.count) else {
      throw Failure(.limitExceeded, "one value for \(bits.count) bits; 1 to 64 are accepted", at: range)
    }
    if case .bits(let width) = value.type, width != bits.count {
      throw Failure(.sizeMismatch, "a value of \(width) bits for a register of \(bits.count)", at: range)
    }
    let converted = try cast(.bits(width: bits.count), value, at: range)
    if isFresh, let value = converted.literal, !value.isTrue { return }
    if let run = consecutive(bits) { return try emit(.assign(.bits(run), converted.expression)) }
    // The value may read the bits it is stored in: it is kept aside first.
    let variable = try temporaryVariable(.bits(width: bits.count))
    try emit(.assign(.variable(variable), converted.expression))
    for (offset, bit) in bits.enumerated() {
      let shifted = ClassicalExpression.binary(.shiftRight, .variable(variable), literal(offset))
      try emit(.assign(.bit(bit), .cast(.bool, .binary(.and, shifted, .literal(.uint(1, width: 64))))))
    }
  }

  /// Stores a bit string of any length.
  private func assign(_ digits: [Bool], to bits: [Int], isFresh: Bool, at range: SourceRange) throws(Failure) {
    guard digits.count == bits.count else {
      throw Failure(.sizeMismatch, "a bit string of \(digits.count) bits for a register of \(bits.count)", at: range)
    }
    if isFresh, !digits.contains(true) { return }
    for start in stride(from: 0, to: bits.count, by: 64) {
      let part = start..<min(start + 64, bits.count)
      let pattern = part.reversed().reduce(UInt64(0)) { $0 << 1 | (digits[$1] ? 1 : 0) }
      try assign(Scalar(.bits(pattern, width: part.count)), to: Array(bits[part]), isRegister: true, isFresh: isFresh, at: range)
    }
  }

  /// Copies a register of any length.
  private func copy(_ source: [Int], to bits: [Int], at range: SourceRange) throws(Failure) {
    guard source.count == bits.count else {
      throw Failure(.sizeMismatch, "a register of \(source.count) bits for one of \(bits.count)", at: range)
    }
    guard bits.count > 64 else {
      return try assign(
        try scalar(.bits(source, isRegister: true), at: range), to: bits, isRegister: true, isFresh: false, at: range)
    }
    guard source == bits || Set(source).isDisjoint(with: bits) else {
      throw Failure(.unsupported, "more than 64 bits assigned to bits that overlap them", at: range)
    }
    for start in stride(from: 0, to: bits.count, by: 64) {
      let part = start..<min(start + 64, bits.count)
      let value = try scalar(.bits(Array(source[part]), isRegister: true), at: range)
      try assign(value, to: Array(bits[part]), isRegister: true, isFresh: false, at: range)
    }
  }
}
