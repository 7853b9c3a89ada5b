internal import Circuits

/// A subroutine that is being expanded.
final class CallContext {
  let name: String
  /// How many loops, branches and temporaries were open at the call.
  let loopCount: Int
  let branchDepth: Int
  let resultType: TypeSyntax?
  /// Where the value goes, once it needs a place.
  var slot: Target?
  /// The value, if it needs no place.
  var value: Scalar?
  var hasReturned = false
  /// Whether an instruction was emitted that leaves the call.
  var hasRuntimeReturn = false
  /// A variable that is true once a loop inside was left by `return`.
  var flag: Int?

  init(name: String, loopCount: Int, branchDepth: Int, resultType: TypeSyntax?) {
    self.name = name
    self.loopCount = loopCount
    self.branchDepth = branchDepth
    self.resultType = resultType
  }
}

extension Elaborator {
  func define(_ syntax: SubroutineSyntax) throws(Failure) {
    guard isGlobal else { throw Failure(.misplaced, "a subroutine is defined outside of blocks only", at: syntax.name.range) }
    guard subroutines[syntax.name.text] == nil else {
      throw Failure(.duplicateName, "subroutine '\(syntax.name.text)' is already defined", at: syntax.name.range)
    }
    subroutines[syntax.name.text] = syntax
  }

  /// Expands a call; its value, if it returns one.
  func call(_ subroutine: SubroutineSyntax, _ arguments: [Expression], at range: SourceRange) throws(Failure) -> Operand? {
    let name = subroutine.name.text
    guard gateSteps == nil else { throw Failure(.misplaced, "a call of subroutine '\(name)' inside a gate", at: range) }
    guard !calls.contains(where: { $0.name == name }) else {
      throw Failure(.unsupported, "subroutine '\(name)' calls itself; recursion has no end that is known before the run", at: range)
    }
    guard calls.count < Limits.callDepth else { throw .fatal("subroutines nested deeper than \(Limits.callDepth)", at: range) }
    guard arguments.count == subroutine.formals.count else {
      throw Failure(
        .wrongArity, "subroutine '\(name)' takes \(subroutine.formals.count) arguments, not \(arguments.count)", at: range)
    }
    try spendStep(range)
    var operands = [Operand]()
    for argument in arguments { operands.append(try operand(argument)) }
    let context = CallContext(name: name, loopCount: loops.count, branchDepth: branchDepth, resultType: subroutine.result)
    // The value's place lives as long as the caller's statement, so it is found before the callee's scope opens.
    context.slot = try subroutine.result.map { (type: TypeSyntax) throws(Failure) in try slot(type) }
    let (body, _) = try collect { () throws(Failure) in try run(subroutine, operands, arguments, context) }
    try emit(body, of: context)
    return try result(of: context, at: range)
  }

  private func run(
    _ subroutine: SubroutineSyntax, _ operands: [Operand], _ arguments: [Expression], _ context: CallContext
  ) throws(Failure) {
    // Values are stored while the caller's names are still seen, qubits and arrays are passed as they are.
    openScope(.subroutine)
    calls.append(context)
    defer {
      calls.removeLast()
      closeScope()
    }
    for (index, formal) in subroutine.formals.enumerated() {
      let entity = try bind(
        formal, operands[index], isAssigned: subroutine.assigned.contains(formal.name.text), at: arguments[index].range)
      try declare(formal.name, entity)
    }
    let errorCount = diagnostics.count
    let flow = try self.run(subroutine.body)
    guard diagnostics.count == errorCount else { throw .silent(at: subroutine.name.range) }
    guard context.resultType == nil || context.hasReturned || flow != .normal else {
      throw Failure(.syntax, "subroutine '\(subroutine.name.text)' ends without 'return'", at: subroutine.name.range)
    }
  }

  /// Adds a call's instructions, in a loop of one round if some of them leave it.
  private func emit(_ body: [Instruction], of context: CallContext) throws(Failure) {
    var body = body
    if let flag = context.flag { body.insert(.assign(.variable(flag), .literal(.bool(false))), at: 0) }
    if context.hasRuntimeReturn {
      try emit(.iterations([body]))
    } else {
      sink += body
    }
  }

  private func result(of context: CallContext, at range: SourceRange) throws(Failure) -> Operand? {
    guard context.resultType != nil else { return nil }
    if let value = context.value { return .scalar(value) }
    switch context.slot {
    case .bits(let bits, let isRegister)?: return .bits(bits, isRegister: isRegister)
    case .variable(let variable, let type)?: return .scalar(Scalar(.variable(variable), type))
    default: preconditionFailure("a result without a place")
    }
  }

  private func slot(_ type: TypeSyntax) throws(Failure) -> Target {
    guard type.base == .bit, !type.isArray else {
      let scalar = try scalarType(type)
      return .variable(try temporaryVariable(scalar), scalar)
    }
    let count = try size(type.width, "the number of returned bits", limit: Circuits.Limits.classicalBitCount)
    return .bits(Array(try temporaryBits(count)), isRegister: type.width != nil)
  }

  // MARK: Arguments

  private func bind(_ formal: SubroutineSyntax.Formal, _ operand: Operand, isAssigned: Bool, at range: SourceRange) throws(Failure)
    -> Entity
  {
    switch formal.kind {
    case .qubits(let size): return try bindQubits(size, operand, at: range)
    case .array(let type, let isMutable): return try bindArray(type, operand, isMutable: isMutable, at: range)
    case .value(let type):
      if type.base == .bit { return try bindBits(formal.name, type, operand, at: range) }
      let scalarType = try scalarType(type)
      let value = try cast(scalarType, try scalar(operand, at: range), at: range)
      guard value.expression.isWithinLimits else {
        throw .fatal("an argument of more than \(Limits.expressionNodeCount) operations", at: range)
      }
      if !isAssigned, !value.expression.readsMemory { return .value(value, isConstant: false) }
      let (variable, isFresh) = try newVariable(formal.name.text, scalarType)
      try assign(value, to: .variable(variable, scalarType), isFresh: isFresh, at: range)
      return .variable(variable, scalarType)
    }
  }

  private func bindQubits(_ size: Expression?, _ operand: Operand, at range: SourceRange) throws(Failure) -> Entity {
    guard case .qubits(let qubits, _) = operand else {
      throw Failure(.wrongType, "\(operand.description) where a qubit is needed", at: range)
    }
    let needed = try self.size(size, "the size of a parameter", limit: Circuits.Limits.declaredQubitCount)
    guard qubits.count == needed else {
      throw Failure(.sizeMismatch, "\(qubits.count) qubits where \(needed) are needed", at: range)
    }
    return .qubits(qubits, isRegister: size != nil)
  }

  private func bindBits(_ name: Identifier, _ type: TypeSyntax, _ operand: Operand, at range: SourceRange) throws(Failure) -> Entity
  {
    let count = try size(type.width, "the size of a parameter", limit: Circuits.Limits.classicalBitCount)
    let bits = try storage.addBits(name.text, count, isOutput: false, at: range).bits
    scopes[scopes.count - 1].bits.append(bits)
    try assign(try scalar(operand, at: range), to: .bits(Array(bits), isRegister: type.width != nil), isFresh: false, at: range)
    return .bits(Array(bits), isRegister: type.width != nil)
  }

  private func bindArray(_ type: TypeSyntax, _ operand: Operand, isMutable: Bool, at range: SourceRange) throws(Failure) -> Entity {
    if case .values(let scalars, let dimensions) = operand, !isMutable { return .values(scalars, dimensions) }
    guard case .array(var view) = operand else {
      throw Failure(.wrongType, "\(operand.description) where an array is needed", at: range)
    }
    guard view.isMutable || !isMutable else {
      throw Failure(.wrongType, "a readonly array where a mutable one is needed", at: range)
    }
    guard try elementType(type) == view.type else {
      throw Failure(.wrongType, "an array of \(view.type) where one of \(try elementType(type)) is needed", at: range)
    }
    try checkShape(type, view, at: range)
    view.isMutable = isMutable
    return .array(view)
  }

  private func checkShape(_ type: TypeSyntax, _ view: ArrayView, at range: SourceRange) throws(Failure) {
    if let count = type.dimensionCount {
      let needed = try size(count, "the number of dimensions", limit: Limits.arrayDimensionCount)
      guard view.dimensions.count == needed else {
        throw Failure(.sizeMismatch, "an array of \(view.dimensions.count) dimensions where \(needed) are needed", at: range)
      }
      return
    }
    var shape = [Int]()
    for dimension in type.dimensions {
      shape.append(try size(dimension, "the size of an array", limit: Circuits.Limits.variableElementCount))
    }
    guard shape == view.shape else {
      throw Failure(.sizeMismatch, "an array of sizes \(view.shape) where \(shape) is needed", at: range)
    }
  }

  // MARK: Return

  func returnValue(_ value: Expression?, at range: SourceRange) throws(Failure) -> Flow {
    guard let call = calls.last else { throw Failure(.misplaced, "'return' outside of a subroutine", at: range) }
    try keepResult(value, call, at: range)
    call.hasReturned = true
    guard branchDepth > call.branchDepth else { return .returns }
    call.hasRuntimeReturn = true
    if loops.count > call.loopCount, let loop = loops.last {
      if call.flag == nil {
        let flag = try storage.addVariable("_returned\(storage.variables.count)", .bool, 1, at: range).variable
        scopes[calleeScope].variables.append(flag)
        call.flag = flag
      }
      if let flag = call.flag { try emit(.assign(.variable(flag), .literal(.bool(true)))) }
      loop.passesReturn = true
      loop.hasExits = true
    }
    try emit(.breakLoop)
    return .dead
  }

  /// The scope of the innermost subroutine's parameters.
  private var calleeScope: Int { scopes.lastIndex { $0.kind == .subroutine } ?? 0 }

  private func keepResult(_ value: Expression?, _ call: CallContext, at range: SourceRange) throws(Failure) {
    guard call.resultType != nil, let slot = call.slot else {
      if let value { throw Failure(.wrongType, "subroutine '\(call.name)' declares no result, and returns one", at: value.range) }
      return
    }
    guard let value else { throw Failure(.wrongType, "'return' without the value that '\(call.name)' declares", at: range) }
    let isPlain = branchDepth == call.branchDepth && !call.hasRuntimeReturn
    if isPlain, case .variable(_, let type) = slot, !value.isMeasurement {
      let scalar = try cast(type, try scalar(value), at: value.range)
      if !scalar.expression.readsMemory, scalar.expression.isWithinLimits {
        call.value = scalar
        return
      }
      return try assign(scalar, to: slot, isFresh: false, at: value.range)
    }
    try store(value, in: slot)
    if case .variable(let variable, _) = slot { known[variable] = nil }
  }

  /// After a loop: goes on leaving the subroutine if the loop was left by `return`.
  func passReturn(_ loop: LoopContext) throws(Failure) {
    guard loop.passesReturn, let call = calls.last, let flag = call.flag else { return }
    if loops.count > call.loopCount, let outer = loops.last {
      outer.passesReturn = true
      outer.hasExits = true
    }
    try emit(.ifElse(.variable(flag), then: [.breakLoop], otherwise: []))
  }
}
