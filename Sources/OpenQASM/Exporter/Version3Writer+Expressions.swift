internal import Circuits

extension Version3Writer {
  /// An expression that reads back with the same value.
  func text(_ expression: ClassicalExpression) throws(ExportFailure) -> String {
    switch expression {
    case .literal(let value): return text(value)
    case .parameter(let parameter): return names.parameters[parameter] ?? parameter.name
    case .variable(let variable): return element(variable, "0")
    case .element(let variable, let index): return element(variable, try text(index))
    case .bit(let bit): return places.bit(bit)
    case .bits(let range): return places.bits(range)
    case .bitAt(let range, let index): return try bit(of: range, at: index)
    case .unary(let name, let operand): return "\(name.rawValue)\(try nested(operand))"
    case .binary(let name, let left, let right): return "\(try nested(left)) \(name.rawValue) \(try nested(right))"
    case .cast(let type, let operand): return "\(type)(\(try text(operand)))"
    case .call(let function, let arguments):
      var texts = [String]()
      for argument in arguments { texts.append(try text(argument)) }
      return "\(function.rawValue)(\(texts.joined(separator: ", ")))"
    }
  }

  private func nested(_ expression: ClassicalExpression) throws(ExportFailure) -> String {
    let text = try text(expression)
    switch expression {
    case .unary, .binary: return "(\(text))"
    case .literal: return text.hasPrefix("-") || text.contains("*") || text.contains("/") ? "(\(text))" : text
    default: return text
    }
  }

  private func text(_ value: ClassicalValue) -> String {
    switch value {
    case .bool(let value): value ? "true" : "false"
    case .bits(let pattern, let width): "\"\((0..<width).reversed().map { pattern >> UInt64($0) & 1 == 1 ? "1" : "0" }.joined())\""
    case .int(let number, width: 64) where number != .min: "\(number)"
    case .int(let number, let width): number == .min ? "int[64](uint[64](\(number.magnitude)))" : "int[\(width)](\(number))"
    case .uint(let number, let width): "uint[\(width)](\(number))"
    case .float(let number): numberText(number)
    case .angle(_, let width): "angle[\(width)](\(value.double))"
    }
  }

  private func element(_ variable: Int, _ index: String) -> String {
    circuit.variables[variable].elementCount == 1 ? names.variables[variable] : "\(names.variables[variable])[\(index)]"
  }

  private func bit(of range: Range<Int>, at index: ClassicalExpression) throws(ExportFailure) -> String {
    let parts = places.parts(range)
    guard parts.count == 1 else { throw ExportFailure("an index known at run time over bits of several registers") }
    if parts[0].slice.lowerBound == 0 { return "\(parts[0].name)[\(try text(index))]" }
    return "\(parts[0].name)[\(parts[0].slice.lowerBound) + \(try nested(index))]"
  }

  func text(_ target: ClassicalTarget) throws(ExportFailure) -> String {
    switch target {
    case .bit(let bit): return places.bit(bit)
    case .bits(let range):
      guard places.parts(range).count == 1 else { throw ExportFailure("an assignment to bits of several registers") }
      return places.bits(range)
    case .bitAt(let range, let index): return try bit(of: range, at: index)
    case .variable(let variable): return element(variable, "0")
    case .element(let variable, let index): return element(variable, try text(index))
    case .variableBit(let variable, let index, let bit): return "\(element(variable, try text(index)))[\(try text(bit))]"
    }
  }

  func text(_ values: Instruction.LoopValues) throws(ExportFailure) -> String {
    switch values {
    case .range(let start, let step, let end): return "[\(try text(start)):\(try text(step)):\(try text(end))]"
    case .list(let expressions):
      var texts = [String]()
      for expression in expressions { texts.append(try text(expression)) }
      return "{\(texts.joined(separator: ", "))}"
    }
  }
}
