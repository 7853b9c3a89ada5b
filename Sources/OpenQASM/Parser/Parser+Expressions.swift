internal import Circuits

extension Parser {
  /// How tightly an operator binds; a higher number binds tighter.
  private struct Binding {
    var strength: Int
    var kind: ClassicalExpression.BinaryOperator?
    var isRightAssociative = false
  }

  private static let concatenation = 1
  private static let unaryStrength = 12

  private func binding(_ symbol: Symbol) -> Binding? {
    switch symbol {
    case .concatenate: Binding(strength: Parser.concatenation)
    case .logicalOr: Binding(strength: 2, kind: .logicalOr)
    case .logicalAnd: Binding(strength: 3, kind: .logicalAnd)
    case .or: Binding(strength: 4, kind: .or)
    case .caret:
      version == .v2
        ? Binding(strength: 13, kind: .power, isRightAssociative: true) : Binding(strength: 5, kind: .exclusiveOr)
    case .and: Binding(strength: 6, kind: .and)
    case .equal: Binding(strength: 7, kind: .equal)
    case .notEqual: Binding(strength: 7, kind: .notEqual)
    case .less: Binding(strength: 8, kind: .less)
    case .lessOrEqual: Binding(strength: 8, kind: .lessOrEqual)
    case .greater: Binding(strength: 8, kind: .greater)
    case .greaterOrEqual: Binding(strength: 8, kind: .greaterOrEqual)
    case .shiftLeft: Binding(strength: 9, kind: .shiftLeft)
    case .shiftRight: Binding(strength: 9, kind: .shiftRight)
    case .plus: Binding(strength: 10, kind: .add)
    case .minus: Binding(strength: 10, kind: .subtract)
    case .times: Binding(strength: 11, kind: .multiply)
    case .divide: Binding(strength: 11, kind: .divide)
    case .remainder: Binding(strength: 11, kind: .remainder)
    case .power: Binding(strength: 13, kind: .power, isRightAssociative: true)
    default: nil
    }
  }

  /// An expression; operators that bind less than `strength` are left.
  mutating func expression(_ strength: Int = 0) throws(Failure) -> Expression {
    try enter()
    defer { leave() }
    var left = try unary()
    while case .symbol(let symbol) = peek().kind, let binding = binding(symbol), binding.strength >= strength {
      take()
      let right = try expression(binding.isRightAssociative ? binding.strength : binding.strength + 1)
      left = try combined(left, binding, right)
    }
    return left
  }

  private func combined(_ left: Expression, _ binding: Binding, _ right: Expression) throws(Failure) -> Expression {
    let range = left.range.through(right.range)
    let depth = try deeper(max(left.depth, right.depth), range)
    guard let kind = binding.kind else { return Expression(.concatenation(left, right), range, depth: depth) }
    return Expression(.binary(kind, left, right), range, depth: depth)
  }

  private func deeper(_ depth: Int, _ range: SourceRange) throws(Failure) -> Int {
    guard depth < Limits.nestingDepth else {
      throw .fatal("an expression deeper than \(Limits.nestingDepth) operations", at: range)
    }
    return depth + 1
  }

  private mutating func unary() throws(Failure) -> Expression {
    let token = peek()
    let kind: ClassicalExpression.UnaryOperator
    switch token.kind {
    case .symbol(.minus): kind = .minus
    case .symbol(.not): kind = .not
    case .symbol(.tilde): kind = .complement
    case .symbol(.plus) where version == .v2:
      take()
      return try expression(Parser.unaryStrength)
    default: return try postfix()
    }
    take()
    let operand = try expression(Parser.unaryStrength)
    let range = token.range.through(operand.range)
    return Expression(.unary(kind, operand), range, depth: try deeper(operand.depth, range))
  }

  /// A primary and the indices behind it.
  mutating func postfix() throws(Failure) -> Expression {
    var result = try primary()
    while isNext(.leftBracket) {
      let indices = try indexList()
      let range = result.range.through(lastRange)
      let depth = try deeper(max(result.depth, indices.map(\.depth).max() ?? 0), range)
      result = Expression(.index(result, indices), range, depth: depth)
    }
    return result
  }

  /// `[i, a:b]` behind a name.
  private mutating func indexList() throws(Failure) -> [Expression] {
    try expect(.leftBracket, "before an index")
    let items = try list(until: .rightBracket, "in the index") { (parser: inout Parser) throws(Failure) in
      try parser.rangeOrExpression()
    }
    guard !items.isEmpty else { throw Failure(.syntax, "expected an index between '[' and ']'", at: lastRange) }
    return items
  }

  /// `e`, `a:b`, `a:s:b`, with ends that may be missing.
  mutating func rangeOrExpression() throws(Failure) -> Expression {
    let start = peek().range
    let first = isNext(.colon) ? nil : try expression()
    guard take(.colon) else {
      guard let first else { throw expected("an index") }
      return first
    }
    let second = try endOfRange()
    guard take(.colon) else { return try range(first, nil, second, from: start) }
    let third = try endOfRange()
    return try range(first, second, third, from: start)
  }

  private mutating func endOfRange() throws(Failure) -> Expression? {
    switch peek().kind {
    case .symbol(.colon), .symbol(.rightBracket), .symbol(.comma): nil
    default: try expression()
    }
  }

  private func range(_ start: Expression?, _ step: Expression?, _ end: Expression?, from first: SourceRange) throws(Failure)
    -> Expression
  {
    let range = first.through(lastRange)
    let depth = try deeper([start, step, end].compactMap { $0?.depth }.max() ?? 0, range)
    return Expression(.range(start, step: step, end), range, depth: depth)
  }

  // MARK: Primaries

  private mutating func primary() throws(Failure) -> Expression {
    let token = peek()
    switch token.kind {
    case .integer(let value): return literal(.integer(value))
    case .real(let value): return literal(.real(value))
    case .duration(let seconds): return literal(.duration(seconds))
    case .hardwareQubit(let index): return literal(.hardwareQubit(index))
    case .keyword(.true): return literal(.boolean(true))
    case .keyword(.false): return literal(.boolean(false))
    case .string: return try bitString()
    case .identifier: return try nameOrCall()
    case .keyword(.pow):
      take()
      return try call("pow", from: token.range)
    case .symbol(.leftParenthesis):
      take()
      var inner = try expression()
      try expect(.rightParenthesis, "to close the parenthesis")
      inner.range = token.range.through(lastRange)
      return inner
    case .symbol(.leftBrace): return try braces()
    case .keyword(.durationof):
      throw Failure(.unsupported, "'durationof' is not supported: a simulator's gates take no time", at: token.range)
    case .keyword(let keyword) where Parser.typeWords.contains(keyword): return try cast()
    default: throw expected("an expression")
    }
  }

  private mutating func literal(_ kind: Expression.Kind) -> Expression { Expression(kind, take().range) }

  private mutating func bitString() throws(Failure) -> Expression {
    let token = take()
    let digits = token.text.filter { $0 != "_" }
    guard !digits.isEmpty, digits.allSatisfy({ $0 == "0" || $0 == "1" }) else {
      throw Failure(.syntax, "expected a bit string such as \"0110\", found \(describe(token))", at: token.range)
    }
    return Expression(.bits(digits.reversed().map { $0 == "1" }), token.range)
  }

  private mutating func nameOrCall() throws(Failure) -> Expression {
    let token = take()
    return isNext(.leftParenthesis) ? try call(token.text, from: token.range) : Expression(.name(token.text), token.range)
  }

  private mutating func call(_ name: String, from start: SourceRange) throws(Failure) -> Expression {
    let arguments = try self.arguments()
    let range = start.through(lastRange)
    return Expression(.call(name, arguments), range, depth: try deeper(arguments.map(\.depth).max() ?? 0, range))
  }

  /// `(a, b)`.
  mutating func arguments() throws(Failure) -> [Expression] {
    try expect(.leftParenthesis, "before the arguments")
    return try list(until: .rightParenthesis, "in the arguments") { (parser: inout Parser) throws(Failure) in
      try parser.expression()
    }
  }

  /// `{a, b}`, also inside each other.
  mutating func braces() throws(Failure) -> Expression {
    let opening = peek().range
    try expect(.leftBrace, "before the values")
    let items = try list(until: .rightBrace, "in the values") { (parser: inout Parser) throws(Failure) in
      try parser.expression()
    }
    let range = opening.through(lastRange)
    return Expression(.list(items), range, depth: try deeper(items.map(\.depth).max() ?? 0, range))
  }

  private mutating func cast() throws(Failure) -> Expression {
    let type = try self.type()
    try expect(.leftParenthesis, "after the type of a cast")
    let operand = try expression()
    try expect(.rightParenthesis, "to close the cast")
    let range = type.range.through(lastRange)
    return Expression(.cast(type, operand), range, depth: try deeper(operand.depth, range))
  }

  /// An expression or `measure q`, where a value is stored.
  mutating func storedValue() throws(Failure) -> Expression {
    guard isNext(.measure) else { return try expression() }
    let start = take().range
    let operand = try postfix()
    return Expression(.measure(operand), start.through(operand.range), depth: operand.depth)
  }
}
