/// Turns the columns of a unitary 4×4 matrix V by real rotations until VᵀV is diagonal.
///
/// The real and the imaginary part of VᵀV are symmetric and commute, so there are rotations that make both diagonal; each step takes the one
/// in a plane that leaves least off the diagonals. VᵀV itself is never written down: what a step needs of it are products of two columns
/// (as in Hestenes' method for singular values).
/// - Complexity: Six planes a round; it converges quadratically, in four or five rounds.
struct JointDiagonalization {
  /// The columns of V·P.
  private(set) var columns: InlineArray<4, ComplexRow>
  /// The columns of the orthogonal matrix P.
  private(set) var vectors: InlineArray<4, SIMD4<Double>>
  /// The diagonal of (V·P)ᵀ(V·P), but for roundings.
  private var eigenvalues: InlineArray<4, Complex>

  init(columns: InlineArray<4, ComplexRow>) {
    self.columns = columns
    vectors = [SIMD4(1, 0, 0, 0), SIMD4(0, 1, 0, 0), SIMD4(0, 0, 1, 0), SIMD4(0, 0, 0, 1)]
    eigenvalues = InlineArray { columns[$0].dot(columns[$0]) }
  }

  /// Rotates until nothing is left; false if it does not converge.
  mutating func run() -> Bool {
    for _ in 0..<Self.roundLimit {
      var offDiagonal = 0.0
      for first in 0..<3 {
        for second in (first + 1)..<4 { offDiagonal += rotate(first, second) }
      }
      if offDiagonal < Self.tolerance { return true }
    }
    return false
  }

  private static let roundLimit = 30
  /// The sum of squares off the diagonals at which roundings are all that is left, and the share of it that is not worth a rotation.
  private static let tolerance = 1e-29
  private static let negligible = 1e-31

  /// Returns the square of what was off the diagonals in this plane.
  private mutating func rotate(_ first: Int, _ second: Int) -> Double {
    let (a, b) = (columns[first], columns[second])
    let both = a.dot(b)
    let square = both.lengthSquared
    guard square > Self.negligible else { return square }
    let (own, other) = (eigenvalues[first], eigenvalues[second])
    let gap = own - other
    let double = Complex(gap.lengthSquared - 4 * square, 4 * (gap.real * both.real + gap.imaginary * both.imaginary))
    guard double != .zero else { return square }
    let angle = double.unitSquareRoot.unitSquareRoot
    let (cosine, sine) = (angle.real, angle.imaginary)
    columns[first] = cosine * a + sine * b
    columns[second] = cosine * b - sine * a
    (vectors[first], vectors[second]) = (
      cosine * vectors[first] + sine * vectors[second], cosine * vectors[second] - sine * vectors[first]
    )
    let moved = 2 * cosine * sine * both - sine * sine * gap
    (eigenvalues[first], eigenvalues[second]) = (own + moved, other - moved)
    return square
  }
}

extension Complex {
  /// The principal square root of z/|z|: length 1, half the argument of z. By real square roots, because a cosine and a sine take several times
  /// as long. Of zero it is not a number.
  var unitSquareRoot: Complex {
    let length = lengthSquared.squareRoot()
    // Twice the half's square is the number and its length; neither sum cancels.
    let larger = ((length + abs(real)) / (2 * length)).squareRoot()
    let smaller = abs(imaginary) / (2 * length * larger)
    let (across, up) = real < 0 ? (smaller, larger) : (larger, smaller)
    return Complex(across, imaginary < 0 ? -up : up)
  }
}
