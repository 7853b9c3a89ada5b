/// A type as it was written.
struct TypeSyntax {
  enum Base: String {
    case bit, bool, int, uint, float, angle, duration
  }

  var base: Base
  /// The width or register size between brackets.
  var width: Expression?
  /// The sizes of an array's dimensions; empty for a scalar.
  var dimensions: [Expression] = []
  /// `#dim = n`: an array of any sizes in n dimensions, as a subroutine's parameter.
  var dimensionCount: Expression?
  var range: SourceRange

  /// Whether it is an array.
  var isArray: Bool { !dimensions.isEmpty || dimensionCount != nil }
}
