/// A symbol that stands for a real number until a value is bound to it, row by row.
public struct Parameter: Hashable, Sendable {
  /// The name, unique in a circuit.
  public let name: String
  /// Makes a parameter.
  public init(_ name: String) { self.name = name }
}

/// Arithmetic over literals, parameters and classical memory: a gate's angle, a condition, the right side of an assignment.
///
///     let theta = Parameter("theta")
///     try circuit.append(.ry, 2 * .parameter(theta) + 0.5, on: 0)
public indirect enum ClassicalExpression: Hashable, Sendable {
  /// A value.
  case literal(ClassicalValue)
  /// A parameter bound before the run.
  case parameter(Parameter)
  /// A scalar variable, by its index in ``Circuit/variables``.
  case variable(Int)
  /// An element of an array variable.
  case element(variable: Int, index: ClassicalExpression)
  /// One classical bit, as a bool.
  case bit(Int)
  /// Consecutive classical bits as a bit string; at most 64.
  case bits(Range<Int>)
  /// One of a range of classical bits, chosen by an index known only at run time.
  case bitAt(Range<Int>, index: ClassicalExpression)
  /// One operand.
  case unary(UnaryOperator, ClassicalExpression)
  /// Two operands.
  case binary(BinaryOperator, ClassicalExpression, ClassicalExpression)
  /// A function's value.
  case call(Function, [ClassicalExpression])
  /// A conversion.
  case cast(ClassicalType, ClassicalExpression)

  /// An operator before its operand.
  public enum UnaryOperator: String, Hashable, Sendable, CaseIterable {
    /// Arithmetic negation.
    case minus = "-"
    /// Logical not.
    case not = "!"
    /// Bitwise complement.
    case complement = "~"
  }

  /// An operator between two operands; the raw value is its spelling in OpenQASM 3.
  public enum BinaryOperator: String, Hashable, Sendable, CaseIterable {
    case add = "+"
    case subtract = "-"
    case multiply = "*"
    case divide = "/"
    case remainder = "%"
    case power = "**"
    case and = "&"
    case or = "|"
    case exclusiveOr = "^"
    case shiftLeft = "<<"
    case shiftRight = ">>"
    case equal = "=="
    case notEqual = "!="
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
    case logicalAnd = "&&"
    case logicalOr = "||"
  }

  /// A built-in function; the raw value is its name in OpenQASM 3.
  public enum Function: String, Hashable, Sendable, CaseIterable {
    case arccos, arcsin, arctan, ceiling, cos, exp, floor, log, mod, popcount, pow, rotl, rotr, sin, sqrt, tan, abs

    /// The number of arguments.
    public var arity: Int {
      switch self {
      case .mod, .pow, .rotl, .rotr: 2
      default: 1
      }
    }
  }
}

extension ClassicalExpression: ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral {
  /// Makes a literal real number.
  public init(floatLiteral value: Double) { self = .literal(.float(value)) }
  /// Makes a literal real number.
  public init(integerLiteral value: Int) { self = .literal(.float(Double(value))) }
  /// Makes a literal real number.
  public init(_ value: Double) { self = .literal(.float(value)) }

  /// The sum.
  public static func + (a: Self, b: Self) -> Self { .binary(.add, a, b).folded() }
  /// The difference.
  public static func - (a: Self, b: Self) -> Self { .binary(.subtract, a, b).folded() }
  /// The product.
  public static func * (a: Self, b: Self) -> Self { .binary(.multiply, a, b).folded() }
  /// The quotient.
  public static func / (a: Self, b: Self) -> Self { .binary(.divide, a, b).folded() }
  /// The negative.
  public static prefix func - (a: Self) -> Self { .unary(.minus, a).folded() }
}

extension ClassicalExpression {
  /// The expressions one level down.
  public var operands: [ClassicalExpression] {
    switch self {
    case .literal, .parameter, .variable, .bit, .bits: []
    case .element(_, let index), .bitAt(_, let index): [index]
    case .unary(_, let operand), .cast(_, let operand): [operand]
    case .binary(_, let left, let right): [left, right]
    case .call(_, let arguments): arguments
    }
  }

  /// The literal's value, if this is one.
  public var literal: ClassicalValue? {
    if case .literal(let value) = self { value } else { nil }
  }

  /// The parameters that occur, in order of first occurrence.
  public var parameters: [Parameter] {
    if case .parameter(let parameter) = self { return [parameter] }
    var seen = [Parameter]()
    for operand in operands { for parameter in operand.parameters where !seen.contains(parameter) { seen.append(parameter) } }
    return seen
  }

  /// Whether the value depends on classical memory, and so on measurement outcomes.
  public var readsMemory: Bool {
    switch self {
    case .variable, .element, .bit, .bits, .bitAt: true
    default: operands.contains(where: \.readsMemory)
    }
  }

  /// Replaces parameters by expressions; those that `replacement` does not know stay.
  public func substituting(_ replacement: [Parameter: ClassicalExpression]) -> ClassicalExpression {
    switch self {
    case .literal, .variable, .bit, .bits: self
    case .parameter(let parameter): replacement[parameter] ?? self
    case .element(let variable, let index): .element(variable: variable, index: index.substituting(replacement))
    case .bitAt(let range, let index): .bitAt(range, index: index.substituting(replacement))
    case .unary(let name, let operand): Self.unary(name, operand.substituting(replacement)).folded()
    case .cast(let type, let operand): Self.cast(type, operand.substituting(replacement)).folded()
    case .binary(let name, let left, let right):
      Self.binary(name, left.substituting(replacement), right.substituting(replacement)).folded()
    case .call(let function, let arguments): Self.call(function, arguments.map { $0.substituting(replacement) }).folded()
    }
  }

  /// The literal this comes to if its operands are literals and it has a value; else itself.
  public func folded() -> ClassicalExpression {
    let operands = operands
    guard !operands.isEmpty, operands.allSatisfy({ $0.literal != nil }) else { return self }
    // A constant without a value (1/0) is reported when it is evaluated, with its place.
    guard let value = try? evaluated(in: ClassicalMemory()) else { return self }
    return .literal(value)
  }

  /// The longest path down, at least 1; expressions deeper than ``Limits/expressionDepth`` are refused by those who build them from text.
  public var depth: Int { 1 + (operands.map(\.depth).max() ?? 0) }
}
