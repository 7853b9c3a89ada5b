internal import Circuits

extension Elaborator {
  /// What an expression stands for: qubits, bits, an array or a value.
  func operand(_ expression: Expression) throws(Failure) -> Operand {
    switch expression.kind {
    case .name(let name): return try operand(of: try entity(name, at: expression.range))
    case .hardwareQubit(let index): return .qubits([try hardwareQubit(index, at: expression.range)], isRegister: false)
    case .index(let base, let items): return try index(try operand(base), items, at: expression.range)
    case .concatenation(let left, let right): return try concatenation(try operand(left), try operand(right), at: expression.range)
    case .call(let name, let arguments): return try call(name, arguments, at: expression.range)
    default: return .scalar(try scalar(expression))
    }
  }

  private func operand(of entity: Entity) throws(Failure) -> Operand {
    switch entity {
    case .qubits(let qubits, let isRegister): .qubits(qubits, isRegister: isRegister)
    case .bits(let bits, let isRegister): .bits(bits, isRegister: isRegister)
    case .value(let scalar, _): .scalar(scalar)
    case .variable(let variable, let type): .scalar(read(variable, type))
    case .array(let view): .array(view)
    case .values(let scalars, let dimensions): .values(scalars, dimensions)
    case .invalid: preconditionFailure("an invalid name is found by no look-up")
    }
  }

  /// A variable's value, if every run has the same; else the variable.
  private func read(_ variable: Int, _ type: ClassicalType) -> Scalar {
    if let value = known[variable] { return Scalar(.literal(value), type) }
    return Scalar(.variable(variable), type)
  }

  private func hardwareQubit(_ index: Int, at range: SourceRange) throws(Failure) -> Int {
    guard let hardwareQubits, index < hardwareQubits.count, gateSteps == nil else {
      throw Failure(.misplaced, "a hardware qubit inside a gate; gates name their own qubits", at: range)
    }
    return hardwareQubits.lowerBound + index
  }

  /// Qubits, in order.
  func qubits(_ expression: Expression) throws(Failure) -> [Int] {
    let operand = try operand(expression)
    guard case .qubits(let qubits, _) = operand else {
      throw Failure(.wrongType, "\(operand.description) where a qubit is needed", at: expression.range)
    }
    return qubits
  }

  // MARK: Indices

  private func index(_ base: Operand, _ items: [Expression], at range: SourceRange) throws(Failure) -> Operand {
    switch base {
    case .array(let view): return try element(view, items, at: range)
    case .values(let scalars, let dimensions): return try element(scalars, dimensions, items, at: range)
    case .qubits(let qubits, let isRegister):
      let (chosen, isMany) = try select(qubits, isRegister, items, at: range)
      return .qubits(chosen, isRegister: isMany)
    case .bits(let bits, let isRegister):
      if isRegister, items.count == 1, let place = try runtimeIndex(items[0]) { return try bit(of: bits, at: place, range) }
      let (chosen, isMany) = try select(bits, isRegister, items, at: range)
      return .bits(chosen, isRegister: isMany)
    case .scalar(let scalar): return .scalar(try bits(of: scalar, items, at: range))
    }
  }

  /// An index that is known at run time only.
  func runtimeIndex(_ item: Expression) throws(Failure) -> ClassicalExpression? {
    switch item.kind {
    case .range, .list: return nil
    default:
      let scalar = try scalar(item)
      guard scalar.literal == nil else { return nil }
      guard !scalar.type.isReal else {
        throw Failure(.wrongType, "an index of type \(scalar.type); a whole number is needed", at: item.range)
      }
      return scalar.expression
    }
  }

  private func bit(of bits: [Int], at place: ClassicalExpression, _ range: SourceRange) throws(Failure) -> Operand {
    guard let run = consecutive(bits) else {
      throw Failure(.notConstant, "an index into bits that do not follow each other must be known before the run", at: range)
    }
    return .scalar(Scalar(.bitAt(run, index: place), .bool))
  }

  /// The items of a register that an index chooses.
  private func select(_ items: [Int], _ isRegister: Bool, _ indices: [Expression], at range: SourceRange) throws(Failure)
    -> (items: [Int], isRegister: Bool)
  {
    guard isRegister else { throw Failure(.wrongType, "an index into something that is not a register", at: range) }
    guard indices.count == 1 else {
      throw Failure(.wrongArity, "\(indices.count) indices into a register, which takes one", at: range)
    }
    let (places, isMany) = try places(indices[0], count: items.count)
    return (places.map { items[$0] }, isMany)
  }

  /// The places that an index, a range or a set names among `count` items.
  func places(_ index: Expression, count: Int) throws(Failure) -> (places: [Int], isMany: Bool) {
    switch index.kind {
    case .range(let start, let step, let end): return (try places(start, step, end, count, index.range), true)
    case .list(let items):
      var places = [Int]()
      for item in items { places.append(try place(try integer(item, "an index"), count, item.range)) }
      return (places, true)
    default: return ([try place(try integer(index, "an index of a qubit or a slice"), count, index.range)], false)
    }
  }

  /// A place counted from the end if it is negative.
  func place(_ index: Int, _ count: Int, _ range: SourceRange) throws(Failure) -> Int {
    guard index >= (version == .v3 ? -count : 0), index < count else {
      let accepted = count == 0 ? "there is nothing here" : count == 1 ? "only 0 is accepted" : "0 to \(count - 1) are accepted"
      throw Failure(.indexOutOfRange, "index \(index) is out of range: \(accepted)", at: range)
    }
    return index < 0 ? index + count : index
  }

  private func places(_ start: Expression?, _ step: Expression?, _ end: Expression?, _ count: Int, _ range: SourceRange)
    throws(Failure) -> [Int]
  {
    let step = try step.map { (step: Expression) throws(Failure) in try integer(step, "the step of a range") } ?? 1
    guard step != 0 else { throw Failure(.invalidArithmetic, "a range with step 0", at: range) }
    guard count > 0 else { return [] }
    let first = try start.map { (start: Expression) throws(Failure) in
      try place(try integer(start, "a range's start"), count, start.range)
    }
    let last = try end.map { (end: Expression) throws(Failure) in try place(try integer(end, "a range's end"), count, end.range) }
    let from = first ?? (step > 0 ? 0 : count - 1)
    let through = last ?? (step > 0 ? count - 1 : 0)
    return Array(Swift.stride(from: from, through: through, by: step))
  }

  /// Bits of an integer, an angle or a bit string that is no register.
  func bits(of scalar: Scalar, _ items: [Expression], at range: SourceRange) throws(Failure) -> Scalar {
    guard items.count == 1, !scalar.type.isFloat else {
      throw Failure(.wrongType, "an index into a value of type \(scalar.type)", at: range)
    }
    let pattern = ClassicalExpression.cast(.bits(width: scalar.type.width), scalar.expression).folded()
    if let place = try runtimeIndex(items[0]) {
      return Scalar(.cast(.bool, .binary(.and, .binary(.shiftRight, pattern, place), .literal(.uint(1, width: 64)))), .bool)
    }
    let (places, isMany) = try places(items[0], count: scalar.type.width)
    var sum = ClassicalExpression.literal(.uint(0, width: 64))
    for (offset, place) in places.enumerated() {
      let shifted = ClassicalExpression.binary(.shiftRight, .cast(.uint(width: 64), pattern).folded(), literal(place)).folded()
      let bit = ClassicalExpression.binary(.and, shifted, .literal(.uint(1, width: 64))).folded()
      sum = ClassicalExpression.binary(.or, sum, .binary(.shiftLeft, bit, literal(offset)).folded()).folded()
    }
    let type: ClassicalType = isMany ? .bits(width: max(1, places.count)) : .bool
    return try cast(type, Scalar(sum, .uint(width: 64)), at: range)
  }

  private func literal(_ value: Int) -> ClassicalExpression { .literal(.int(Int64(value), width: 64)) }

  private func concatenation(_ left: Operand, _ right: Operand, at range: SourceRange) throws(Failure) -> Operand {
    switch (left, right) {
    case (.qubits(let a, _), .qubits(let b, _)):
      guard a.count + b.count <= Circuits.Limits.declaredQubitCount else {
        throw .fatal("an alias of \(a.count + b.count) qubits", at: range)
      }
      return .qubits(a + b, isRegister: true)
    case (.bits(let a, _), .bits(let b, _)):
      guard a.count + b.count <= Circuits.Limits.classicalBitCount else {
        throw .fatal("an alias of \(a.count + b.count) bits", at: range)
      }
      return .bits(a + b, isRegister: true)
    default:
      throw Failure(.wrongType, "'++' joins two registers of one kind, not \(left.description) and \(right.description)", at: range)
    }
  }
}
