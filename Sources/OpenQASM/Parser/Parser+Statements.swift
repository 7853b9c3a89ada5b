internal import Circuits

extension Parser {
  /// One statement.
  mutating func statement() throws(Failure) -> Statement {
    try enter()
    defer { leave() }
    let start = peek().range
    let kind = try statementKind()
    return Statement(kind: kind, range: start.through(lastRange))
  }

  private mutating func statementKind() throws(Failure) -> Statement.Kind {
    let token = peek()
    switch token.kind {
    case .identifier: return try identifierStatement()
    case .keyword(let keyword): return try keywordStatement(keyword)
    case .symbol(.semicolon):
      throw Failure(.syntax, "expected a statement before ';'", at: token.range)
    case .symbol(.leftBrace) where version == .v3: return .box(try block("to open a block"))
    default: throw expected("a statement")
    }
  }

  private mutating func keywordStatement(_ keyword: Keyword) throws(Failure) -> Statement.Kind {
    switch keyword {
    case .include: return try include()
    case .qreg, .creg, .qubit: return try registerDeclaration(keyword)
    case .bit, .bool, .int, .uint, .float, .angle, .duration, .array, .complex, .stretch: return try declaration(.variable)
    case .const, .input, .output: return try qualifiedDeclaration(keyword)
    case .let: return try alias()
    case .gate: return try gateDefinition()
    case .opaque: return try opaqueGate()
    case .def: return try subroutine()
    case .inv, .pow, .ctrl, .negctrl: return try gateCall()
    case .measure: return try measurement()
    case .reset, .barrier, .delay: return try operandStatement(keyword)
    case .box: return try box()
    case .if: return try ifElse()
    case .for: return try forLoop()
    case .while: return try whileLoop()
    case .switch: return try switchCase()
    case .break, .continue, .end, .return: return try jump(keyword)
    case .cal, .defcal, .defcalgrammar, .extern: throw unsupported(keyword)
    case .openQASM: throw Failure(.misplaced, "the version stands once, before everything else", at: peek().range)
    default: throw expected("a statement")
    }
  }

  private mutating func unsupported(_ keyword: Keyword) -> Failure {
    let reason =
      keyword == .extern
      ? "it calls a program outside the circuit" : "pulses have no meaning for a circuit simulator; describe the gate with 'gate'"
    return Failure(.unsupported, "'\(keyword.rawValue)' is not supported: \(reason)", at: peek().range)
  }

  private mutating func include() throws(Failure) -> Statement.Kind {
    take()
    guard peek().kind == .string else { throw expected("a file name in quotes after 'include'") }
    let name = take().text
    try endStatement("after the include")
    return .include(name)
  }

  // MARK: Names first

  private mutating func identifierStatement() throws(Failure) -> Statement.Kind {
    switch peek(1).kind {
    case .identifier, .hardwareQubit, .keyword: return try gateCall()
    case .symbol(.leftParenthesis): return try callStatement()
    case .symbol(.semicolon) where version == .v2: return try gateCall()
    default: return try assignment()
    }
  }

  /// `f(a);` is a subroutine's call, `g(a) q;` a gate's.
  private mutating func callStatement() throws(Failure) -> Statement.Kind {
    let name = try identifier("a name")
    let arguments = try self.arguments()
    if version == .v2 || !isNext(.semicolon) || name.text == "gphase" {
      return .gateCall(try gateCall(modifiers: [], name, arguments))
    }
    let call = Expression(.call(name.text, arguments), name.range.through(lastRange))
    try endStatement("after the call")
    return .expression(call)
  }

  private mutating func assignment() throws(Failure) -> Statement.Kind {
    let target = try postfix()
    if take(.semicolon) { return .expression(target) }
    guard case .symbol(let symbol) = peek().kind else { throw expected("an operand, an assignment or ';'") }
    if symbol == .equals {
      take()
      let value = try storedValue()
      try endStatement("after the assignment")
      return .assignment(target, operator: nil, value)
    }
    guard let compound = symbol.compoundOperator, let kind = ClassicalExpression.BinaryOperator(rawValue: compound.rawValue) else {
      throw expected(version == .v2 ? "a qubit" : "an operand, an assignment or ';'")
    }
    take()
    let value = try expression()
    try endStatement("after the assignment")
    return .assignment(target, operator: kind, value)
  }

  // MARK: Gates

  private mutating func gateCall() throws(Failure) -> Statement.Kind {
    let modifiers = try self.modifiers()
    let name = try identifier("the name of a gate")
    let arguments = isNext(.leftParenthesis) ? try self.arguments() : []
    return .gateCall(try gateCall(modifiers: modifiers, name, arguments))
  }

  private mutating func gateCall(
    modifiers: [GateCallSyntax.Modifier], _ name: Identifier, _ arguments: [Expression]
  ) throws(Failure) -> GateCallSyntax {
    let operands = isNext(.semicolon) ? [] : try self.operands()
    try endStatement("after the qubits of '\(name.text)'")
    return GateCallSyntax(modifiers: modifiers, name: name, arguments: arguments, operands: operands)
  }

  private mutating func modifiers() throws(Failure) -> [GateCallSyntax.Modifier] {
    var modifiers = [GateCallSyntax.Modifier]()
    while case .keyword(let keyword) = peek().kind {
      let start = take().range
      let kind: GateCallSyntax.Modifier.Kind
      switch keyword {
      case .inv: kind = .inverse
      case .pow:
        let exponent = try arguments()
        guard exponent.count == 1 else {
          throw Failure(.wrongArity, "'pow' takes 1 exponent, not \(exponent.count)", at: start.through(lastRange))
        }
        kind = .power(exponent[0])
      case .ctrl, .negctrl:
        let count = isNext(.leftParenthesis) ? try arguments() : []
        guard count.count <= 1 else {
          throw Failure(.wrongArity, "'\(keyword.rawValue)' takes 1 count, not \(count.count)", at: start.through(lastRange))
        }
        kind = .control(count: count.first, isPositive: keyword == .ctrl)
      default: throw Failure(.syntax, "expected a gate or a modifier, found the reserved word '\(keyword.rawValue)'", at: start)
      }
      modifiers.append(GateCallSyntax.Modifier(kind: kind, range: start.through(lastRange)))
      guard modifiers.count <= Limits.nestingDepth else {
        throw .fatal("more than \(Limits.nestingDepth) modifiers on one gate", at: start)
      }
      try expect(.at, "after a gate modifier")
    }
    return modifiers
  }

  /// Qubits or bits, between commas.
  mutating func operands() throws(Failure) -> [Expression] {
    var operands = [try operand()]
    while take(.comma) { operands.append(try operand()) }
    return operands
  }

  /// One qubit, register or bit.
  mutating func operand() throws(Failure) -> Expression {
    switch peek().kind {
    case .identifier, .hardwareQubit: return try postfix()
    default: throw expected("a qubit or a register")
    }
  }

  // MARK: Other operations

  private mutating func measurement() throws(Failure) -> Statement.Kind {
    take()
    let qubits = try operand()
    var target: Expression?
    if take(.arrow) {
      target = try operand()
    } else if version == .v2 {
      throw expected("'->' and a classical bit after the measured qubit")
    }
    try endStatement("after the measurement")
    return .measure(qubits, into: target)
  }

  private mutating func operandStatement(_ keyword: Keyword) throws(Failure) -> Statement.Kind {
    take()
    var duration: Expression?
    if keyword == .delay {
      try expect(.leftBracket, "before a delay's duration")
      duration = try expression()
      try expect(.rightBracket, "after a delay's duration")
    }
    let operands = keyword != .reset && isNext(.semicolon) ? [] : try self.operands()
    try endStatement("after the qubits of '\(keyword.rawValue)'")
    if let duration { return .delay(duration, operands) }
    return keyword == .reset ? .reset(operands) : .barrier(operands)
  }

  private mutating func box() throws(Failure) -> Statement.Kind {
    take()
    _ = try designator()
    return .box(try block("to open the box"))
  }

  private mutating func jump(_ keyword: Keyword) throws(Failure) -> Statement.Kind {
    take()
    if keyword == .return {
      let value = isNext(.semicolon) ? nil : try storedValue()
      try endStatement("after 'return'")
      return .returnValue(value)
    }
    try endStatement("after '\(keyword.rawValue)'")
    return keyword == .break ? .breakLoop : keyword == .continue ? .continueLoop : .end
  }
}
