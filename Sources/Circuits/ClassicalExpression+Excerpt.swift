extension ClassicalExpression {
  /// The expression nearly as OpenQASM 3 writes it, for messages: cut after ``Limits/excerptCharacterCount`` characters, and no more of
  /// the tree is visited than is shown.
  var excerpt: String {
    var writer = ExcerptWriter()
    writer.write(self)
    return writer.text
  }
}

/// Writes an expression until its text is long enough.
private struct ExcerptWriter {
  private(set) var text = ""
  private var isFull = false

  mutating func write(_ expression: ClassicalExpression) {
    guard !isFull else { return }
    switch expression {
    case .literal(let value): append(Self.text(value))
    case .parameter(let parameter): append(parameter.name)
    case .variable(let variable): append("variable \(variable)")
    case .element(let variable, let index): write("variable \(variable)[", [index], "]")
    case .bit(let bit): append("bit \(bit)")
    case .bits(let range): append("bits \(range)")
    case .bitAt(let range, let index): write("bits \(range)[", [index], "]")
    case .unary(let name, let operand):
      append(name.rawValue)
      nested(operand)
    case .binary(let name, let left, let right):
      nested(left)
      append(" \(name.rawValue) ")
      nested(right)
    case .call(let function, let arguments): write("\(function.rawValue)(", arguments, ")")
    case .cast(let type, let operand): write("\(type)(", [operand], ")")
    }
  }

  private mutating func write(_ before: String, _ operands: [ClassicalExpression], _ after: String) {
    append(before)
    for (position, operand) in operands.enumerated() {
      if position > 0 { append(", ") }
      write(operand)
    }
    append(after)
  }

  private mutating func nested(_ expression: ClassicalExpression) {
    switch expression {
    case .unary, .binary: write("(", [expression], ")")
    default: write(expression)
    }
  }

  private mutating func append(_ more: String) {
    guard !isFull else { return }
    text += more
    isFull = text.count > Limits.excerptCharacterCount
    if isFull { text = text.prefix(Limits.excerptCharacterCount) + "…" }
  }

  private static func text(_ value: ClassicalValue) -> String {
    switch value {
    case .bool(let flag): "\(flag)"
    case .float(let number): "\(number)"
    case .int(let number, _): "\(number)"
    case .uint(let number, _): "\(number)"
    case .bits(let pattern, let width): "\(ClassicalType.bits(width: width))(\(pattern))"
    case .angle(_, let width): "\(ClassicalType.angle(width: width))(\(value.double))"
    }
  }
}
