extension Matrix {
  /// Makes a matrix of zeros.
  static func zero(_ dimension: Int) -> Matrix {
    Matrix(dimension: dimension, entries: Array(repeating: .zero, count: dimension * dimension))
  }

  /// Makes a matrix of real numbers.
  static func real(_ rows: [[Double]]) -> Matrix { Matrix(rows.map { $0.map { Complex($0) } }) }

  /// The sum of two matrices.
  static func + (a: Matrix, b: Matrix) -> Matrix {
    Matrix(dimension: a.dimension, entries: zip(a.entries, b.entries).map { $0 + $1 })
  }

  /// This matrix times a number.
  func scaled(by factor: Complex) -> Matrix { Matrix(dimension: dimension, entries: entries.map { $0 * factor }) }
  func scaled(by factor: Double) -> Matrix { scaled(by: Complex(factor)) }

  /// Whether every entry is exactly zero.
  var isZero: Bool { entries.allSatisfy { $0 == .zero } }

  /// The real part of Tr(this · other).
  func realTraceOfProduct(with other: Matrix) -> Double {
    (0..<dimension).reduce(0) { sum, row in
      (0..<dimension).reduce(sum) { $0 + (self[row, $1] * other[$1, row]).real }
    }
  }
}
