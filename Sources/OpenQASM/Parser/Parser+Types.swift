extension Parser {
  /// The words that begin a classical type.
  static let typeWords: Set<Keyword> = [
    .bit, .bool, .int, .uint, .float, .angle, .complex, .array, .duration, .stretch, .creg,
  ]

  /// A classical type: `int[32]`, `array[bit, 2, 3]`.
  mutating func type() throws(Failure) -> TypeSyntax {
    let token = peek()
    if take(.array) { return try arrayType(from: token.range) }
    guard case .keyword(let keyword) = token.kind else { throw expected("a type") }
    switch keyword {
    case .complex: throw Failure(.unsupported, "'complex' is not supported: a circuit's angles are real", at: token.range)
    case .stretch:
      throw Failure(.unsupported, "'stretch' is not supported: an ideal circuit has no schedule to solve it", at: token.range)
    default: break
    }
    guard let base = TypeSyntax.Base(rawValue: keyword.rawValue) else { throw expected("a classical type") }
    take()
    return TypeSyntax(base: base, width: try designator(), range: token.range.through(lastRange))
  }

  /// `[n]`, if there is one.
  mutating func designator() throws(Failure) -> Expression? {
    guard take(.leftBracket) else { return nil }
    let size = try expression()
    try expect(.rightBracket, "to close the size")
    return size
  }

  private mutating func arrayType(from start: SourceRange) throws(Failure) -> TypeSyntax {
    try expect(.leftBracket, "after 'array'")
    var type = try self.type()
    guard !type.isArray else { throw Failure(.syntax, "an array of arrays; write more dimensions instead", at: type.range) }
    try expect(.comma, "after the type of an array's elements")
    if take(.dimension) {
      try expect(.equals, "after '#dim'")
      type.dimensionCount = try expression()
      try expect(.rightBracket, "to close the array type")
    } else {
      type.dimensions = try list(until: .rightBracket, "in the array type") { (parser: inout Parser) throws(Failure) in
        try parser.expression()
      }
      guard !type.dimensions.isEmpty else { throw Failure(.syntax, "expected an array's sizes", at: lastRange) }
    }
    type.range = start.through(lastRange)
    return type
  }
}
