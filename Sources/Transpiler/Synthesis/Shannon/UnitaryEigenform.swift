internal import Circuits
internal import RealModule

/// A unitary matrix as V·diag(e^{iφ})·V†, V unitary to rounding also where eigenvalues are equal or nearly so.
///
/// By Jacobi rotations: each makes that Hermitian part cos α·A + sin α·B of a principal 2×2 matrix diagonal, A + iB, whose own is the largest.
/// A and B commute, so that both become diagonal together; nothing is divided by differences of eigenvalues.
///
/// Sources: Goldstine and Horwitz (1959), A procedure for the diagonalization of normal matrices, J. ACM 6; Cardoso and Souloumiac (1996),
/// Jacobi angles for simultaneous diagonalization, SIAM J. Matrix Anal. Appl. 17.
struct UnitaryEigenform {
  /// The eigenvectors, as columns.
  private(set) var vectors: Matrix
  /// φ, in radians.
  private(set) var phases: [Double] = []
  private var matrix: Matrix

  init(_ unitary: Matrix) {
    (matrix, vectors) = (unitary, .identity(unitary.dimension))
    // A matrix at which all rotations stand still but that is not diagonal is left by starting from another basis.
    for attempt in 0..<UInt64(Limits.jacobiAttemptCount) {
      if attempt > 0 {
        vectors = Self.reflection(unitary.dimension, seed: attempt)
        matrix = vectors * unitary * vectors
      }
      if diagonalize() { break }
    }
    phases = matrix.diagonalEntries.map(\.phase)
  }

  private mutating func diagonalize() -> Bool {
    for _ in 0..<Limits.jacobiSweepCount {
      var hasTurned = false
      for p in 0..<matrix.dimension {
        for q in p + 1..<max(matrix.dimension, p + 1) where rotate(p, q) { hasTurned = true }
      }
      if !hasTurned { break }
    }
    return matrix.entries.indices.allSatisfy {
      $0 / matrix.dimension == $0 % matrix.dimension || matrix.entries[$0].lengthSquared < Limits.eigenTolerance
    }
  }

  /// Makes the entries of two rows and columns off the diagonal smaller; returns whether that was more than rounding.
  private mutating func rotate(_ p: Int, _ q: Int) -> Bool {
    let (a, b, c, d) = (matrix[p, p], matrix[p, q], matrix[q, p], matrix[q, q])
    guard max(b.lengthSquared, c.lengthSquared) > Limits.eigenRounding else { return false }
    let (sum, difference) = (b + c, Complex.i * (c - b))
    // The Pauli coordinates of A and of B.
    let first = SIMD3((a - d).real, sum.real, difference.real)
    let second = SIMD3((a - d).imaginary, sum.imaginary, difference.imaginary)
    let angle = Double.atan2(y: 2 * (first * second).sum(), x: (first * first).sum() - (second * second).sum()) / 2
    var axis = .cos(angle) * first + .sin(angle) * second
    let length = (axis * axis).sum().squareRoot()
    guard length > 0 else { return false }
    axis /= axis.x < 0 ? -length : length
    let cosine = ((axis.x + 1) / 2).squareRoot()
    let sine = Complex(axis.y, -axis.z) / (2 * cosine)
    guard sine.lengthSquared > Limits.eigenRounding else { return false }
    apply(p, q, cosine, sine)
    return true
  }

  private mutating func apply(_ p: Int, _ q: Int, _ cosine: Double, _ sine: Complex) {
    for k in 0..<matrix.dimension {
      let (a, b) = (matrix[k, p], matrix[k, q])
      matrix[k, p] = cosine * a + sine * b
      matrix[k, q] = cosine * b - sine.conjugate * a
      let (c, d) = (vectors[k, p], vectors[k, q])
      vectors[k, p] = cosine * c + sine * d
      vectors[k, q] = cosine * d - sine.conjugate * c
    }
    for k in 0..<matrix.dimension {
      let (a, b) = (matrix[p, k], matrix[q, k])
      matrix[p, k] = cosine * a + sine.conjugate * b
      matrix[q, k] = cosine * b - sine * a
    }
  }

  /// A reflection about a random axis, which is its own inverse.
  private static func reflection(_ dimension: Int, seed: UInt64) -> Matrix {
    var random = SplitMix64(seed: seed)
    let axis = (0..<dimension).map { _ in
      Complex(Double.random(in: -1...1, using: &random), Double.random(in: -1...1, using: &random))
    }
    let scale = 2 / axis.reduce(0) { $0 + $1.lengthSquared }
    var result = Matrix.identity(dimension)
    for row in 0..<dimension {
      for column in 0..<dimension { result[row, column] += -scale * (axis[row] * axis[column].conjugate) }
    }
    return result
  }
}
