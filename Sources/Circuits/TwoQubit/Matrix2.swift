/// A matrix on one qubit, row by row.
package struct Matrix2: Hashable, Sendable {
  package var a: Complex
  package var b: Complex
  package var c: Complex
  package var d: Complex

  @inlinable
  package init(a: Complex, b: Complex, c: Complex, d: Complex) { (self.a, self.b, self.c, self.d) = (a, b, c, d) }

  /// Four entries of a list.
  @inlinable
  package init(_ numbers: [Complex], at first: Int = 0) {
    self.init(a: numbers[first], b: numbers[first + 1], c: numbers[first + 2], d: numbers[first + 3])
  }

  @inlinable package static var identity: Matrix2 { Matrix2(a: .one, b: .zero, c: .zero, d: .one) }

  /// With its rows exchanged.
  @inlinable package var flipped: Matrix2 { Matrix2(a: c, b: d, c: a, d: b) }
  /// With its columns exchanged.
  @inlinable package var columnsFlipped: Matrix2 { Matrix2(a: b, b: a, c: d, d: c) }

  @inlinable package var isDiagonal: Bool { b == .zero && c == .zero }
  @inlinable package var isAntidiagonal: Bool { a == .zero && d == .zero }

  /// Applies a phase of |1⟩ first.
  @inlinable
  package mutating func scaleSecondColumn(by factor: Complex) { (b, d) = (b * factor, d * factor) }

  /// The matrix that applies `right` first.
  @inlinable
  package static func * (left: Matrix2, right: Matrix2) -> Matrix2 {
    Matrix2(
      a: left.a * right.a + left.b * right.c, b: left.a * right.b + left.b * right.d,
      c: left.c * right.a + left.d * right.c, d: left.c * right.b + left.d * right.d)
  }
}
