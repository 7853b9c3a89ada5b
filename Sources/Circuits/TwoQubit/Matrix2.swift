internal import Circuits

/// A matrix on one qubit, row by row.
struct Matrix2: Hashable {
  var a: Complex
  var b: Complex
  var c: Complex
  var d: Complex

  static let identity = Matrix2(a: .one, b: .zero, c: .zero, d: .one)

  /// With its rows exchanged.
  var flipped: Matrix2 { Matrix2(a: c, b: d, c: a, d: b) }
  /// With its columns exchanged.
  var columnsFlipped: Matrix2 { Matrix2(a: b, b: a, c: d, d: c) }

  var isDiagonal: Bool { b == .zero && c == .zero }
  var isAntidiagonal: Bool { a == .zero && d == .zero }

  /// Applies a phase of |1⟩ first.
  mutating func scaleSecondColumn(by factor: Complex) { (b, d) = (b * factor, d * factor) }

  /// The matrix that applies `right` first.
  static func * (left: Matrix2, right: Matrix2) -> Matrix2 {
    Matrix2(
      a: left.a * right.a + left.b * right.c, b: left.a * right.b + left.b * right.d,
      c: left.c * right.a + left.d * right.c, d: left.c * right.b + left.d * right.d)
  }
}

extension Matrix2 {
  /// Four entries of a list.
  init(_ numbers: [Complex], at first: Int = 0) {
    self.init(a: numbers[first], b: numbers[first + 1], c: numbers[first + 2], d: numbers[first + 3])
  }

  /// What an operation on one qubit does, whatever form it has.
  init(_ gate: BlockOperation, _ numbers: [Complex]) {
    let first = gate.firstNumber
    switch gate.kind {
    case .matrix: self.init(numbers, at: first)
    case .exchange: self.init(a: .zero, b: .one, c: .one, d: .zero)
    case .cartan: preconditionFailure("a Cartan form on one qubit")
    case .diagonal where gate.targets == 0:
      // A phase on one value of the qubit is a control.
      let isOnZero = gate.controls.values == 0
      self.init(a: isOnZero ? numbers[first] : .one, b: .zero, c: .zero, d: isOnZero ? .one : numbers[first])
    case .diagonal: self.init(a: numbers[first], b: .zero, c: .zero, d: numbers[first + 1])
    }
  }
}
