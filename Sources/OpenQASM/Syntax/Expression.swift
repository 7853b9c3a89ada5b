internal import Circuits

/// An expression as it was written.
struct Expression {
  indirect enum Kind {
    case integer(UInt64)
    case real(Double)
    case boolean(Bool)
    /// The bits of a string such as "0110", the last written first: bit 0 is the least significant.
    case bits([Bool])
    /// Seconds.
    case duration(Double)
    case name(String)
    case hardwareQubit(Int)
    case unary(ClassicalExpression.UnaryOperator, Expression)
    case binary(ClassicalExpression.BinaryOperator, Expression, Expression)
    /// `a ++ b`.
    case concatenation(Expression, Expression)
    case call(String, [Expression])
    case cast(TypeSyntax, Expression)
    /// `a[i, j]`.
    case index(Expression, [Expression])
    /// `start:step:end` between brackets.
    case range(Expression?, step: Expression?, Expression?)
    /// `{a, b}`: an index set or an array literal.
    case list([Expression])
    case measure(Expression)
  }

  var kind: Kind
  var range: SourceRange
  /// The longest way down the tree.
  var depth = 1

  init(_ kind: Kind, _ range: SourceRange, depth: Int = 1) {
    self.kind = kind
    self.range = range
    self.depth = depth
  }

  /// The name, if the expression is just one.
  var name: String? { if case .name(let name) = kind { name } else { nil } }

  /// The name that is indexed, or is the expression: what an assignment to it changes.
  var baseName: String? {
    switch kind {
    case .name(let name): name
    case .index(let base, _): base.baseName
    default: nil
    }
  }
}

/// A name and where it stands.
struct Identifier {
  var text: String
  var range: SourceRange
}
