internal import Circuits
internal import RealModule

extension Matrix2 {
  static let hadamard = Matrix2(
    a: Complex(0.5.squareRoot()), b: Complex(0.5.squareRoot()), c: Complex(0.5.squareRoot()), d: Complex(-0.5.squareRoot()))
  static let x = Matrix2(a: .zero, b: .one, c: .one, d: .zero)
  static let z = Matrix2(a: .one, b: .zero, c: .zero, d: Complex(-1))

  /// exp(−iθX/2).
  static func rx(_ angle: Double) -> Matrix2 {
    let (cosine, sine) = (Complex(.cos(angle / 2)), Complex(0, -.sin(angle / 2)))
    return Matrix2(a: cosine, b: sine, c: sine, d: cosine)
  }

  /// exp(−iθY/2).
  static func ry(_ angle: Double) -> Matrix2 {
    let (cosine, sine) = (Complex(.cos(angle / 2)), Complex(.sin(angle / 2)))
    return Matrix2(a: cosine, b: -sine, c: sine, d: cosine)
  }

  /// exp(−iθZ/2).
  static func rz(_ angle: Double) -> Matrix2 {
    Matrix2(a: Complex(phase: -angle / 2), b: .zero, c: .zero, d: Complex(phase: angle / 2))
  }

  /// The matrix of a table's gate on one qubit.
  init(_ matrix: Matrix) { self.init(matrix.entries) }

  /// The conjugate transpose.
  var adjoint: Matrix2 { Matrix2(a: a.conjugate, b: c.conjugate, c: b.conjugate, d: d.conjugate) }

  static func * (factor: Complex, matrix: Matrix2) -> Matrix2 {
    Matrix2(a: factor * matrix.a, b: factor * matrix.b, c: factor * matrix.c, d: factor * matrix.d)
  }

  /// The phase, if the matrix is one times the identity.
  var phaseOfIdentity: Double? {
    guard b.lengthSquared + c.lengthSquared + (a - d).lengthSquared < Limits.matrixTolerance * Limits.matrixTolerance else {
      return nil
    }
    return a.phase
  }
}
