extension Parser {
  /// `qreg q[2];`, `creg c[2];`, `qubit[2] q;`.
  mutating func registerDeclaration(_ keyword: Keyword) throws(Failure) -> Statement.Kind {
    let start = take().range
    var size: Expression?
    if keyword == .qubit { size = try notingName { (parser: inout Parser) throws(Failure) in try parser.designator() } }
    let name = try declared("the name of a register")
    if keyword != .qubit { size = try designator() }
    if keyword != .qubit, size == nil, version == .v2 { throw expected("'[' and the size of the register") }
    try endStatement("after the declaration")
    guard keyword == .creg else { return .qubits(name, size: size) }
    let type = TypeSyntax(base: .bit, width: size, range: start.through(lastRange))
    return .classical(Declaration(role: .variable, type: type, name: name, value: nil))
  }

  /// A name that is declared here; noted, so that its uses are not reported if the rest is wrong.
  private mutating func declared(_ context: String) throws(Failure) -> Identifier {
    let name = try identifier(context)
    declaredName = name.text
    return name
  }

  mutating func qualifiedDeclaration(_ keyword: Keyword) throws(Failure) -> Statement.Kind {
    take()
    return try declaration(keyword == .const ? .constant : keyword == .input ? .input : .output)
  }

  /// `int[8] x = 1;`.
  mutating func declaration(_ role: Declaration.Role) throws(Failure) -> Statement.Kind {
    if isNext(.creg), role == .output { return try registerDeclaration(.creg) }
    let type = try notingName { (parser: inout Parser) throws(Failure) in try parser.type() }
    let name = try declared("the name of a variable")
    var value: Expression?
    if take(.equals) {
      value = isNext(.leftBrace) ? try braces() : try storedValue()
    } else if role == .constant {
      throw expected("'=' and a value: a constant needs one")
    }
    try endStatement("after the declaration")
    return .classical(Declaration(role: role, type: type, name: name, value: value))
  }

  /// Reads a type; if it is refused, remembers the name declared with it.
  private mutating func notingName<Result>(_ read: (inout Parser) throws(Failure) -> Result) throws(Failure) -> Result {
    do throws(Failure) {
      return try read(&self)
    } catch {
      noteName()
      throw error
    }
  }

  private mutating func noteName() {
    for offset in 0..<8 {
      if peek(offset).kind == .symbol(.semicolon) || peek(offset).kind == .symbol(.equals) { return }
      if peek(offset).kind == .identifier { declaredName = peek(offset).text }
    }
  }

  /// `let a = q[0:2];`.
  mutating func alias() throws(Failure) -> Statement.Kind {
    take()
    let name = try declared("the name of an alias")
    try expect(.equals, "after the name of an alias")
    let value = try expression()
    try endStatement("after the alias")
    return .alias(name, value)
  }

  /// `gate g(a) q { … }`.
  mutating func gateDefinition() throws(Failure) -> Statement.Kind {
    take()
    let name = try declared("the name of the gate")
    let (parameters, qubits) = try signature()
    let body = try block("to open the body of gate '\(name.text)'")
    return .gate(GateSyntax(name: name, parameters: parameters, qubits: qubits, body: body))
  }

  /// `opaque g(a) q;`.
  mutating func opaqueGate() throws(Failure) -> Statement.Kind {
    take()
    let name = try declared("the name of the gate")
    _ = try signature()
    try endStatement("after the opaque gate")
    return .opaque(name)
  }

  private mutating func signature() throws(Failure) -> (parameters: [Identifier], qubits: [Identifier]) {
    var parameters = [Identifier]()
    if take(.leftParenthesis) {
      parameters = try list(until: .rightParenthesis, "in the parameters") { (parser: inout Parser) throws(Failure) in
        try parser.identifier("the name of a parameter")
      }
    }
    guard !isNext(.leftBrace) else { return (parameters, []) }
    var qubits = [try identifier("the name of a qubit")]
    while take(.comma) { qubits.append(try identifier("the name of a qubit")) }
    return (parameters, qubits)
  }

  /// `def f(qubit q, int[8] n) -> bit { … }`.
  mutating func subroutine() throws(Failure) -> Statement.Kind {
    take()
    let name = try declared("the name of the subroutine")
    try expect(.leftParenthesis, "before the subroutine's parameters")
    let formals = try list(until: .rightParenthesis, "in the parameters") { (parser: inout Parser) throws(Failure) in
      try parser.formal()
    }
    let result = take(.arrow) ? try type() : nil
    let body = try block("to open the body of subroutine '\(name.text)'")
    return .subroutine(
      SubroutineSyntax(name: name, formals: formals, result: result, body: body, assigned: body.assignedNames))
  }

  private mutating func formal() throws(Failure) -> SubroutineSyntax.Formal {
    if isNext(.qubit) || isNext(.qreg) || isNext(.creg) { return try registerFormal() }
    if isNext(.mutable) || isNext(.readonly) {
      let isMutable = take().kind == .keyword(.mutable)
      let type = try self.type()
      guard type.isArray else { throw Failure(.wrongType, "'mutable' and 'readonly' stand before arrays", at: type.range) }
      return .init(name: try identifier("the name of a parameter"), kind: .array(type, isMutable: isMutable))
    }
    let type = try self.type()
    let name = try identifier("the name of a parameter")
    return .init(name: name, kind: type.isArray ? .array(type, isMutable: false) : .value(type))
  }

  private mutating func registerFormal() throws(Failure) -> SubroutineSyntax.Formal {
    let token = take()
    var size = token.kind == .keyword(.qubit) ? try designator() : nil
    let name = try identifier("the name of a parameter")
    if token.kind != .keyword(.qubit) { size = try designator() }
    guard token.kind == .keyword(.creg) else { return .init(name: name, kind: .qubits(size: size)) }
    return .init(name: name, kind: .value(TypeSyntax(base: .bit, width: size, range: token.range)))
  }
}
