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
    // σ = Y⊗Y has −1, 1, 1, −1 from the upper right to the lower left.
    var left = u
    for row in 0..<4 {
      for column in 0..<4 { left[row, column] = (column == 1 || column == 2) ? u[row, 3 - column] : -u[row, 3 - column] }
    }
    var gamma = u
    for row in 0..<4 {
      for column in 0..<4 {
        // (Uᵀσ)[k, column] = ±U[3 − column, k].
        var sum = left[row, 0] * u[3 - column, 0]
        for inner in 1..<4 { sum += left[row, inner] * u[3 - column, inner] }
        gamma[row, column] = (column == 1 || column == 2) ? sum : -sum
      }
    }
    var (trace, square) = (Complex.zero, Complex.zero)
    for row in 0..<4 {
      trace += gamma[row, row]
      for column in 0..<4 { square += gamma[row, column] * gamma[column, row] }
    }
    // γ is divided by a root of det U; squares do not depend on which.
    let inverse = Self.determinant(u).conjugate
    let (first, second) = (trace * trace * inverse, square * inverse)
    own = Self.count(first, second)
    mirrored = Self.count(-first, -second)
  }

  /// From the squared trace t² and the trace of γ², both for determinant 1.
  private static func count(_ squared: Complex, _ square: Complex) -> Int {
    let tolerance = Limits.traceTolerance
    if (squared - Complex(16)).lengthSquared < tolerance { return 0 }
    if squared.lengthSquared < tolerance, (square + Complex(4)).lengthSquared < tolerance { return 1 }
    // A real trace has a square that is real and not negative.
    return squared.imaginary * squared.imaginary < tolerance && squared.real > -tolerance.squareRoot() ? 2 : 3
  }

  private static func determinant(_ u: Matrix4) -> Complex {
    func minor(_ row: Int, _ first: Int, _ second: Int) -> Complex {
      u[row, first] * u[row + 1, second] - u[row, second] * u[row + 1, first]
    }
    let outer = minor(0, 0, 1) * minor(2, 2, 3) - minor(0, 0, 2) * minor(2, 1, 3) + minor(0, 0, 3) * minor(2, 1, 2)
    return outer + minor(0, 1, 2) * minor(2, 0, 3) - minor(0, 1, 3) * minor(2, 0, 2) + minor(0, 2, 3) * minor(2, 0, 1)
  }
}
