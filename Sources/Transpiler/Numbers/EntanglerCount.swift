internal import Circuits

/// How many `cx` a gate on two qubits takes, and how many it takes together with a SWAP after it.
///
/// From two traces of γ(U) = U·(Y⊗Y)·Uᵀ·(Y⊗Y), without taking the gate apart; a SWAP multiplies the determinant by −1 and leaves γ as it is.
///
/// Source: Shende, Bullock and Markov (2004), Recognizing small-circuit structure in two-qubit operators, arXiv:quant-ph/0308045.
struct EntanglerCount: Hashable {
  /// Of the gate itself, 0 to 3.
  var own: Int
  /// Of the gate with a SWAP after it.
  var mirrored: Int

  /// Of gates on one qubit.
  static let none = EntanglerCount(own: 0, mirrored: 3)
  /// Of a SWAP.
  static let swap = EntanglerCount(own: 3, mirrored: 0)

  init(own: Int, mirrored: Int) { (self.own, self.mirrored) = (own, mirrored) }

  init(_ u: Matrix4) {
    let (a, b, c, d) = (Self.gamma(u, u.rows.0), Self.gamma(u, u.rows.1), Self.gamma(u, u.rows.2), Self.gamma(u, u.rows.3))
    let (first, second, third, fourth) = (-a[0], b[1], c[2], -d[3])
    let trace = first + second + third + fourth
    // Signs are those of columns, of which a product off the diagonal has two.
    let equal = a[3] * d[0] + b[2] * c[1]
    let opposite = a[1] * b[0] + a[2] * c[0] + (b[3] * d[1] + c[3] * d[2])
    let diagonal = first * first + second * second + (third * third + fourth * fourth)
    let square = diagonal + 2 * (equal - opposite)
    // γ is divided by a root of det U; squares do not depend on which.
    let inverse = Self.determinant(u).conjugate
    let (squared, sum) = (trace * trace * inverse, square * inverse)
    own = Self.count(squared, sum)
    mirrored = Self.count(-squared, -sum)
  }

  /// A row of U·σ·Uᵀ·σ but for a sign, where σ = Y⊗Y has −1, 1, 1, −1 from the upper right to the lower left.
  private static func gamma(_ u: Matrix4, _ row: ComplexRow) -> ComplexRow {
    let (x, y) = (row.real, row.imaginary)
    let flipped = ComplexRow(SIMD4(-x[3], x[2], x[1], -x[0]), SIMD4(-y[3], y[2], y[1], -y[0]))
    return ComplexRow(flipped.dot(u.rows.3), flipped.dot(u.rows.2), flipped.dot(u.rows.1), flipped.dot(u.rows.0))
  }

  /// From the squared trace t² and the trace of γ², both for determinant 1.
  private static func count(_ squared: Complex, _ square: Complex) -> Int {
    let tolerance = Limits.traceTolerance
    if (squared - Complex(16)).lengthSquared < tolerance { return 0 }
    if squared.lengthSquared < tolerance, (square + Complex(4)).lengthSquared < tolerance { return 1 }
    // A real trace has a square that is real and not negative.
    return squared.imaginary * squared.imaginary < tolerance && squared.real > -tolerance.squareRoot() ? 2 : 3
  }

  /// The determinant.
  static func determinant(_ u: Matrix4) -> Complex {
    func minor(_ upper: ComplexRow, _ lower: ComplexRow, _ first: Int, _ second: Int) -> Complex {
      upper[first] * lower[second] - upper[second] * lower[first]
    }
    let (a, b, c, d) = u.rows
    let outer = minor(a, b, 0, 1) * minor(c, d, 2, 3) - minor(a, b, 0, 2) * minor(c, d, 1, 3)
    let middle = minor(a, b, 0, 3) * minor(c, d, 1, 2) + minor(a, b, 1, 2) * minor(c, d, 0, 3)
    return outer + middle - minor(a, b, 1, 3) * minor(c, d, 0, 2) + minor(a, b, 2, 3) * minor(c, d, 0, 1)
  }
}
