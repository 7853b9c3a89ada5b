internal import Circuits

/// A loop that is being expanded.
final class LoopContext {
  /// Whether its rounds are written out one after the other.
  let isUnrolled: Bool
  /// ``Elaborator/branchDepth`` of its body.
  let branchDepth: Int
  /// Whether an instruction was emitted that leaves it or a round of it.
  var hasExits = false
  /// Whether a `return` inside leaves it.
  var passesReturn = false

  init(isUnrolled: Bool, branchDepth: Int) {
    self.isUnrolled = isUnrolled
    self.branchDepth = branchDepth
  }
}

extension Elaborator {
  // MARK: Branches

  func ifElse(_ condition: Expression, _ then: [Statement], _ otherwise: [Statement]) throws(Failure) -> Flow {
    let value = try scalar(condition)
    if let literal = value.literal { return try block(literal.isTrue ? then : otherwise) }
    try checkRuntime("a condition", at: condition.range)
    let before = known
    let first = try branch(then)
    let afterFirst = known
    known = before
    let second = try branch(otherwise)
    mergeKnown(afterFirst)
    try emit(.ifElse(value.expression, then: first, otherwise: second))
    return .normal
  }

  /// The instructions of a body that may not run.
  private func branch(_ statements: [Statement]) throws(Failure) -> [Instruction] {
    try branch { () throws(Failure) in _ = try block(statements) }
  }

  private func branch(_ body: () throws(Failure) -> Void) throws(Failure) -> [Instruction] {
    branchDepth += 1
    defer { branchDepth -= 1 }
    guard branchDepth <= Limits.controlFlowDepth else {
      throw .fatal("control flow nested deeper than \(Limits.controlFlowDepth)", at: currentRange)
    }
    return try collect(body).instructions
  }

  /// Gate bodies have no control flow at run time.
  private func checkRuntime(_ what: String, at range: SourceRange) throws(Failure) {
    guard gateSteps == nil else { throw Failure(.notConstant, "\(what) inside a gate must be known when it is defined", at: range) }
  }

  private func mergeKnown(_ other: [Int: ClassicalValue]) { known = known.filter { other[$0.key] == $0.value } }

  /// Forgets the values of variables that statements may change.
  private func forget(_ names: Set<String>) {
    for name in names { if case .variable(let variable, _)? = try? entity(name, at: currentRange) { known[variable] = nil } }
  }

  func switchCase(_ value: Expression, _ cases: [CaseSyntax], _ otherwise: [Statement]) throws(Failure) -> Flow {
    let scalar = try scalar(value)
    var labels = [[Int64]]()
    var seen = Set<Int64>()
    for item in cases {
      var values = [Int64]()
      for expression in item.values {
        let label = Int64(try integer(expression, "the value of a case"))
        guard seen.insert(label).inserted else { throw Failure(.duplicateName, "two cases of \(label)", at: expression.range) }
        values.append(label)
      }
      labels.append(values)
    }
    if let literal = scalar.literal {
      let chosen = zip(labels, cases).first { $0.0.contains { literal.integer == $0 } }
      return try block(chosen?.1.body ?? otherwise)
    }
    try checkRuntime("a switch", at: value.range)
    return try switchCase(scalar, labels, cases, otherwise)
  }

  private func switchCase(_ value: Scalar, _ labels: [[Int64]], _ cases: [CaseSyntax], _ otherwise: [Statement]) throws(Failure)
    -> Flow
  {
    let before = known
    let last = try branch(otherwise)
    var after = known
    var results = [Instruction.SwitchCase]()
    for (values, item) in zip(labels, cases) {
      known = before
      results.append(.init(values: values, body: try branch(item.body)))
      after = after.filter { known[$0.key] == $0.value }
    }
    known = after
    try emit(.switchCase(value.expression, cases: results, otherwise: last))
    return .normal
  }

  // MARK: Loops

  func whileLoop(_ condition: Expression, _ body: [Statement]) throws(Failure) -> Flow {
    forget(body.assignedNames)
    try checkRuntime("the condition of a loop", at: condition.range)
    let (steps, value) = try collect { () throws(Failure) in try scalar(condition) }
    if steps.isEmpty, let literal = value.literal, !literal.isTrue { return .normal }
    let exit = Instruction.ifElse(.unary(.not, value.expression), then: [.breakLoop], otherwise: [])
    let instructions = try runtimeLoop(body) { (inner: [Instruction]) in steps.isEmpty ? inner : steps + [exit] + inner }
    try emit(.whileLoop(steps.isEmpty ? value.expression : .literal(.bool(true)), body: instructions.body))
    try passReturn(instructions.loop)
    return .normal
  }

  private func runtimeLoop(_ body: [Statement], _ wrap: ([Instruction]) -> [Instruction]) throws(Failure)
    -> (body: [Instruction], loop: LoopContext)
  {
    let names = body.assignedNames
    forget(names)
    let before = known
    runtimeLoopDepth += 1
    let loop = LoopContext(isUnrolled: false, branchDepth: branchDepth + 1)
    loops.append(loop)
    defer {
      loops.removeLast()
      runtimeLoopDepth -= 1
      known = before
    }
    return (wrap(try branch(body)), loop)
  }

  func forLoop(_ syntax: ForSyntax) throws(Failure) -> Flow {
    let type = try scalarType(syntax.type)
    switch try loopValues(syntax.values) {
    case .known(let values): return try unroll(syntax, type, values)
    case .runtime(let values):
      try checkRuntime("the range of a loop", at: syntax.values.range)
      openScope(.block)
      defer { closeScope() }
      let (variable, _) = try newVariable(syntax.name.text, type)
      try declare(syntax.name, .variable(variable, type))
      let instructions = try runtimeLoop(syntax.body) { $0 }
      try emit(.forLoop(variable: variable, values: values, body: instructions.body))
      try passReturn(instructions.loop)
      return .normal
    }
  }

  private func unroll(_ syntax: ForSyntax, _ type: ClassicalType, _ values: [ClassicalValue]) throws(Failure) -> Flow {
    let forgotten = syntax.body.hasExits ? syntax.body.assignedNames : []
    let loop = LoopContext(isUnrolled: true, branchDepth: branchDepth)
    loops.append(loop)
    var bodies = [[Instruction]]()
    let errorCount = diagnostics.count
    var result = Flow.normal
    do throws(Failure) {
      for value in values {
        forget(forgotten)
        let (instructions, flow) = try collect { () throws(Failure) in try round(syntax, type, value) }
        bodies.append(instructions)
        if flow == .returns { result = .returns }
        guard flow == .normal || flow == .continues, diagnostics.count == errorCount else { break }
      }
      loops.removeLast()
    } catch {
      loops.removeLast()
      throw error
    }
    forget(forgotten)
    if loop.hasExits {
      try emit(.iterations(bodies))
      try passReturn(loop)
    } else {
      for body in bodies { sink += body }
    }
    return result
  }

  private func round(_ syntax: ForSyntax, _ type: ClassicalType, _ value: ClassicalValue) throws(Failure) -> Flow {
    try spendStep(syntax.name.range)
    openScope(.block)
    defer { closeScope() }
    let scalar = try cast(type, Scalar(value), at: syntax.values.range)
    try declare(syntax.name, .value(scalar, isConstant: false))
    return try block(syntax.body)
  }

  // MARK: Leaving

  func leaveLoop(isBreak: Bool, at range: SourceRange) throws(Failure) -> Flow {
    guard loops.count > (calls.last?.loopCount ?? 0), let loop = loops.last else {
      throw Failure(.misplaced, "'\(isBreak ? "break" : "continue")' outside of a loop", at: range)
    }
    if loop.isUnrolled, loop.branchDepth == branchDepth { return isBreak ? .breaks : .continues }
    loop.hasExits = true
    try emit(isBreak ? .breakLoop : .continueLoop)
    return .dead
  }
}
