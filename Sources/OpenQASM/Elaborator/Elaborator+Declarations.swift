internal import Circuits

extension Elaborator {
  // MARK: Types

  /// The type of a scalar.
  func scalarType(_ syntax: TypeSyntax) throws(Failure) -> ClassicalType {
    guard !syntax.isArray else { throw Failure(.wrongType, "an array type where a scalar type is needed", at: syntax.range) }
    switch syntax.base {
    case .bit:
      guard syntax.width != nil else { return .bool }
      return .bits(width: try width(syntax))
    case .bool, .duration:
      if let width = syntax.width { throw Failure(.syntax, "'\(syntax.base.rawValue)' has no width", at: width.range) }
      return syntax.base == .bool ? .bool : .float(width: 64)
    case .int: return .int(width: try width(syntax))
    case .uint: return .uint(width: try width(syntax))
    case .angle: return .angle(width: try width(syntax))
    case .float:
      let width = try width(syntax)
      guard width == 32 || width == 64 else {
        throw Failure(.unsupported, "'float[\(width)]': float[32] and float[64] are supported", at: syntax.range)
      }
      return .float(width: width)
    }
  }

  private func width(_ syntax: TypeSyntax) throws(Failure) -> Int {
    guard syntax.width != nil else { return 64 }
    return try size(syntax.width, "the width of '\(syntax.base.rawValue)'", limit: 64)
  }

  private func shape(_ syntax: TypeSyntax) throws(Failure) -> [Int] {
    guard syntax.dimensions.count <= Limits.arrayDimensionCount else {
      throw Failure(
        .limitExceeded, "\(syntax.dimensions.count) dimensions; at most \(Limits.arrayDimensionCount)", at: syntax.range)
    }
    let limit = Circuits.Limits.variableElementCount
    var shape = [Int]()
    for dimension in syntax.dimensions { shape.append(try size(dimension, "the size of an array", limit: limit)) }
    let count = shape.reduce(1, saturatingProduct)
    guard count <= limit else { throw Failure(.limitExceeded, "an array of \(count) elements; at most \(limit)", at: syntax.range) }
    return shape
  }

  /// The same type without its dimensions.
  func elementType(_ syntax: TypeSyntax) throws(Failure) -> ClassicalType {
    var element = syntax
    element.dimensions = []
    element.dimensionCount = nil
    return try scalarType(element)
  }

  // MARK: Qubits

  func declareQubits(_ name: Identifier, _ size: Expression?) throws(Failure) {
    guard isGlobal else { throw Failure(.misplaced, "qubits are declared outside of blocks only", at: name.range) }
    try declare(name) { () throws(Failure) in
      let count = try self.size(
        size, "the size of '\(name.text)'", limit: Circuits.Limits.declaredQubitCount, least: version == .v2 ? 0 : 1)
      let qubits = try storage.addQubits(name.text, count, at: name.range)
      return .qubits(Array(qubits), isRegister: size != nil)
    }
  }

  func declareAlias(_ name: Identifier, _ value: Expression) throws(Failure) {
    try declare(name) { () throws(Failure) in
      switch try operand(value) {
      case .qubits(let qubits, let isRegister): return .qubits(qubits, isRegister: isRegister)
      case .bits(let bits, let isRegister): return .bits(bits, isRegister: isRegister)
      case .array(let view): return .array(view)
      case .values(let scalars, let dimensions): return .values(scalars, dimensions)
      case .scalar(let scalar):
        throw Failure(
          .wrongType, "an alias of \(Operand.scalar(scalar).description); a register, a part of one or an array is needed",
          at: value.range)
      }
    }
  }

  // MARK: Classical declarations

  func declare(_ declaration: Declaration) throws(Failure) {
    try declare(declaration.name) { () throws(Failure) in
      switch declaration.role {
      case .constant: return try constant(declaration)
      case .input: return try input(declaration)
      case .output:
        guard isGlobal else { throw Failure(.misplaced, "'output' stands outside of blocks only", at: declaration.name.range) }
        hasExplicitOutput = true
        return try variable(declaration)
      case .variable: return try variable(declaration)
      }
    }
  }

  private func constant(_ declaration: Declaration) throws(Failure) -> Entity {
    guard let value = declaration.value else { preconditionFailure("a constant without a value is refused by the parser") }
    let type = try scalarType(declaration.type)
    let scalar = try cast(type, try scalar(value), at: value.range)
    guard scalar.literal != nil else {
      throw Failure(
        .notConstant, "a constant must be known before the run; this depends on inputs or measurements", at: value.range)
    }
    return .value(scalar, isConstant: true)
  }

  private func input(_ declaration: Declaration) throws(Failure) -> Entity {
    let name = declaration.name
    guard isGlobal else { throw Failure(.misplaced, "'input' stands outside of blocks only", at: name.range) }
    guard declaration.value == nil else { throw Failure(.syntax, "an input has no value in the program", at: name.range) }
    if declaration.type.isArray { return try inputArray(declaration) }
    let parameter = try storage.addParameter(name.text, at: name.range)
    let symbol = Scalar(.parameter(parameter), .float(width: 64))
    return .value(try cast(try scalarType(declaration.type), symbol, at: name.range), isConstant: false)
  }

  /// An array of inputs: a parameter for each element, called `name[0]`, `name[1]`…
  private func inputArray(_ declaration: Declaration) throws(Failure) -> Entity {
    let (name, shape) = (declaration.name, try shape(declaration.type))
    let type = try elementType(declaration.type)
    var elements = [Scalar]()
    for index in 0..<shape.reduce(1, *) {
      let parameter = try storage.addParameter("\(name.text)\(subscripts(index, shape))", at: name.range)
      elements.append(try cast(type, Scalar(.parameter(parameter), .float(width: 64)), at: name.range))
    }
    return .values(elements, ArrayView.dimensions(shape))
  }

  private func subscripts(_ index: Int, _ shape: [Int]) -> String {
    ArrayView.dimensions(shape).map { "[\(index / $0.stride % $0.count)]" }.joined()
  }

  private func variable(_ declaration: Declaration) throws(Failure) -> Entity {
    if declaration.type.isArray { return try array(declaration) }
    if declaration.type.base == .bit { return try bits(declaration) }
    let type = try scalarType(declaration.type)
    // The value first: it may name an outer variable of the same name.
    let source = declaration.value
    var value = Scalar(try zero(type))
    if let source, !source.isMeasurement { value = try scalar(source) }
    let (variable, isFresh) = try newVariable(declaration.name.text, type)
    let target = Target.variable(variable, type)
    if let source, source.isMeasurement {
      try store(source, in: target)
    } else {
      try assign(value, to: target, isFresh: isFresh, at: source?.range ?? declaration.name.range)
    }
    return .variable(variable, type)
  }

  private func zero(_ type: ClassicalType) throws(Failure) -> ClassicalValue {
    do throws(CircuitError) {
      return try ClassicalValue.bits(0, width: 1).converted(to: type)
    } catch {
      preconditionFailure("zero has a value of every type: \(error.message)")
    }
  }

  private func bits(_ declaration: Declaration) throws(Failure) -> Entity {
    let name = declaration.name
    let isRegister = declaration.type.width != nil
    let limit = Circuits.Limits.classicalBitCount
    let count = try size(declaration.type.width, "the size of '\(name.text)'", limit: limit, least: version == .v2 ? 0 : 1)
    let (bits, isFresh) = try storage.addBits(name.text, count, isOutput: isGlobal, at: name.range)
    if declaration.role == .output { outputRegisters.insert(storage.classicalRegisters.count - 1) }
    if !isGlobal { scopes[scopes.count - 1].bits.append(bits) }
    let target = Target.bits(Array(bits), isRegister: isRegister)
    if let value = declaration.value {
      try store(value, in: target, isFresh: isFresh && isStraightLine)
    } else if !(isFresh && isStraightLine) {
      try clear(bits)
    }
    return .bits(Array(bits), isRegister: isRegister)
  }

  private func clear(_ bits: Range<Int>) throws(Failure) {
    for start in stride(from: bits.lowerBound, to: bits.upperBound, by: 64) {
      let part = start..<min(start + 64, bits.upperBound)
      try emit(.assign(.bits(part), .literal(.bits(0, width: part.count))))
    }
  }

  // MARK: Arrays

  private func array(_ declaration: Declaration) throws(Failure) -> Entity {
    let (type, shape) = (try elementType(declaration.type), try shape(declaration.type))
    let count = shape.reduce(1, *)
    let (variable, isFresh) = try newVariable(declaration.name.text, type, count: count)
    let view = ArrayView(variable: variable, type: type, dimensions: ArrayView.dimensions(shape))
    if let value = declaration.value {
      try assign(value, to: view, isFresh: isFresh)
    } else if !isFresh {
      for place in view.elements { try emit(.assign(.element(variable: variable, index: place), .literal(try zero(type)))) }
    }
    return .array(view)
  }
}

extension Expression {
  var isMeasurement: Bool { if case .measure = kind { true } else { false } }
}
