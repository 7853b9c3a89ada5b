internal import RealModule

extension Matrix {
  /// A real power of a unitary, by the principal branch: eigenvalue exp(iθ), θ in (−π, π], becomes exp(i·exponent·θ).
  ///
  /// Integer exponents from −8 to 8 are products, so they carry no error of the decomposition.
  ///
  /// - Complexity: O(dimension³) for each of a few tens of Jacobi sweeps; at most 64×64 matrices come here.
  public func power(_ exponent: Double) -> Matrix {
    if exponent == exponent.rounded(), abs(exponent) <= 8 { return integerPower(Int(exponent)) }
    let (phases, vectors) = unitaryEigensystem()
    let scaled = Matrix.diagonal(phases.map { Complex(phase: exponent * $0) })
    return vectors * scaled * vectors.adjoint()
  }

  private func integerPower(_ exponent: Int) -> Matrix {
    let factor = exponent < 0 ? adjoint() : self
    return (0..<abs(exponent)).reduce(.identity(dimension)) { product, _ in product * factor }
  }

  /// The eigenphases of a unitary, in (−π, π], and its eigenvectors as columns.
  ///
  /// A unitary is A + iB with A, B Hermitian and commuting. The eigenvectors of cos α·A + sin α·B are the unitary's own unless two
  /// eigenphases mirror each other about α; another angle then separates them.
  private func unitaryEigensystem() -> (phases: [Double], vectors: Matrix) {
    let adjoint = adjoint()
    var best: (residual: Double, diagonal: [Complex], vectors: Matrix)?
    for angle in [0.83, 2.11, 0.29, 1.57, 2.77] {
      let hermitian = combined(with: adjoint, angle: angle)
      let vectors = hermitian.hermitianEigenvectors()
      let rotated = vectors.adjoint() * self * vectors
      let residual = rotated.distance(to: .diagonal(rotated.diagonalEntries))
      if best.map({ residual < $0.residual }) ?? true { best = (residual, rotated.diagonalEntries, vectors) }
      if residual < 1e-13 { break }
    }
    let found = best!
    return (found.diagonal.map(Matrix.principalPhase), found.vectors)
  }

  /// The least eigenvalue of a Hermitian matrix, to rounding errors of its largest entry.
  package var leastHermitianEigenvalue: Double {
    let vectors = hermitianEigenvectors()
    return (vectors.adjoint() * self * vectors).diagonalEntries.map(\.real).min() ?? 0
  }

  /// −π and π are one eigenvalue; rounding must not choose between them.
  private static func principalPhase(_ eigenvalue: Complex) -> Double {
    let phase = eigenvalue.phase
    return phase <= -Double.pi + 1e-12 ? Double.pi : phase
  }

  private func combined(with adjoint: Matrix, angle: Double) -> Matrix {
    let phase = Complex(phase: -angle)
    let pairs = zip(entries, adjoint.entries)
    return Matrix(dimension: dimension, entries: pairs.map { 0.5 * (phase * $0 + phase.conjugate * $1) })
  }

  /// Eigenvectors of a Hermitian matrix, as columns, by cyclic complex Jacobi rotations.
  ///
  /// Source: Golub and Van Loan (2013), Matrix Computations, §8.5.
  private func hermitianEigenvectors() -> Matrix {
    var matrix = self
    var vectors = Matrix.identity(dimension)
    let maximumSweeps = 64
    for _ in 0..<maximumSweeps {
      var offDiagonal = 0.0
      for p in 0..<dimension {
        for q in (p + 1)..<max(dimension, p + 1) {
          let size = matrix[p, q].length
          offDiagonal = max(offDiagonal, size)
          if size > 1e-300 { Matrix.rotate(&matrix, &vectors, p, q, size) }
        }
      }
      if offDiagonal < 1e-15 { break }
    }
    return vectors
  }

  private static func rotate(_ matrix: inout Matrix, _ vectors: inout Matrix, _ p: Int, _ q: Int, _ size: Double) {
    let phase = matrix[p, q] / size
    let ratio = (matrix[q, q].real - matrix[p, p].real) / (2 * size)
    let tangent = (ratio >= 0 ? 1.0 : -1.0) / (abs(ratio) + Double.sqrt(1 + ratio * ratio))
    let cosine = 1 / Double.sqrt(1 + tangent * tangent)
    let sine = tangent * cosine
    for k in 0..<matrix.dimension {
      let (a, b) = (matrix[k, p], matrix[k, q])
      matrix[k, p] = cosine * a - sine * (phase.conjugate * b)
      matrix[k, q] = sine * (phase * a) + cosine * b
      let (c, d) = (vectors[k, p], vectors[k, q])
      vectors[k, p] = cosine * c - sine * (phase.conjugate * d)
      vectors[k, q] = sine * (phase * c) + cosine * d
    }
    for k in 0..<matrix.dimension {
      let (a, b) = (matrix[p, k], matrix[q, k])
      matrix[p, k] = cosine * a - sine * (phase * b)
      matrix[q, k] = sine * (phase.conjugate * a) + cosine * b
    }
  }
}
