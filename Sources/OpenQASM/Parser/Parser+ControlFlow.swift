extension Parser {
  /// Statements between braces, or a single one.
  private mutating func body(_ context: String) throws(Failure) -> [Statement] {
    if isNext(.leftBrace) { return try block(context) }
    if peek().kind == .end { throw expected("'{' or a statement \(context)") }
    return [try statement()]
  }

  private mutating func condition(_ context: String) throws(Failure) -> Expression {
    try expect(.leftParenthesis, "before \(context)")
    let condition = try expression()
    try expect(.rightParenthesis, "after \(context)")
    return condition
  }

  /// `if (c) … else …`; in version 2 `if (c == 1) operation;`.
  mutating func ifElse() throws(Failure) -> Statement.Kind {
    take()
    let condition = try condition("the condition of 'if'")
    if version == .v2 { return .ifElse(condition, then: [try statement()], otherwise: []) }
    let then = try body("after the condition of 'if'")
    let otherwise = take(.else) ? try body("after 'else'") : []
    return .ifElse(condition, then: then, otherwise: otherwise)
  }

  /// `while (c) …`.
  mutating func whileLoop() throws(Failure) -> Statement.Kind {
    take()
    let condition = try condition("the condition of 'while'")
    return .whileLoop(condition, try body("after the condition of 'while'"))
  }

  /// `for int i in [0:3] …`.
  mutating func forLoop() throws(Failure) -> Statement.Kind {
    take()
    let type: TypeSyntax
    if peek().kind == .identifier {
      throw expected("the type of the loop variable, as in 'for int i in [0:3]'")
    } else {
      type = try self.type()
    }
    let name = try identifier("the name of the loop variable")
    try expect(.in, "after the loop variable")
    let values = try loopValues()
    return .forLoop(ForSyntax(type: type, name: name, values: values, body: try body("after the values of 'for'")))
  }

  private mutating func loopValues() throws(Failure) -> Expression {
    if isNext(.leftBrace) { return try braces() }
    guard isNext(.leftBracket) else { return try expression() }
    take()
    let values = try rangeOrExpression()
    try expect(.rightBracket, "after the range")
    guard case .range(.some, step: _, .some) = values.kind else {
      throw Failure(.syntax, "expected a range with a start and an end, such as [0:3]", at: values.range)
    }
    return values
  }

  /// `switch (x) { case 1, 2 { … } default { … } }`.
  mutating func switchCase() throws(Failure) -> Statement.Kind {
    take()
    let value = try condition("the value of 'switch'")
    try expect(.leftBrace, "to open the cases")
    var cases = [CaseSyntax]()
    var otherwise: [Statement]?
    while !take(.rightBrace) {
      if take(.case) {
        guard otherwise == nil else { throw Failure(.misplaced, "'case' after 'default'", at: lastRange) }
        var values = [try expression()]
        while take(.comma), !isNext(.leftBrace) { values.append(try expression()) }
        cases.append(CaseSyntax(values: values, body: try block("after the values of 'case'")))
      } else if take(.default) {
        guard otherwise == nil else { throw Failure(.duplicateName, "a second 'default'", at: lastRange) }
        otherwise = try block("after 'default'")
      } else {
        throw expected("'case', 'default' or '}'")
      }
    }
    return .switchCase(value, cases, otherwise: otherwise ?? [])
  }
}
