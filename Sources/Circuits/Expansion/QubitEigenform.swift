internal import RealModule

/// A unitary matrix on one qubit as V·diag(e^{ia}, e^{ib})·V†.
struct QubitEigenform {
  /// V.
  let vectors: Matrix
  /// a and b.
  let phases: (Double, Double)

  init(_ matrix: Matrix) {
    let (a, b, c, d) = (matrix[0, 0], matrix[0, 1], matrix[1, 0], matrix[1, 1])
    guard b.length + c.length > 1e-15 else {
      (vectors, phases) = (.identity(2), (a.phase, d.phase))
      return
    }
    // e^{iα}·(cos δ − i·sin δ·n·σ) with 0 ≤ δ ≤ π; the axis n from what is left of a multiple of the identity.
    let alpha = (a * d - b * c).phase / 2
    let turned = Complex(phase: -alpha)
    let (u, v, w, x) = (turned * a, turned * b, turned * c, turned * d)
    var axis = SIMD3(-(v + w).imaginary, (w - v).real, (x - u).imaginary) / 2
    let length = (axis * axis).sum().squareRoot()
    let angle = Double.atan2(y: length, x: (u + x).real / 2)
    axis /= axis.z < 0 ? -length : length
    let sign: Double = (x - u).imaginary < 0 ? -1 : 1
    // The first column is n·σ's vector of 1.
    let cosine = ((1 + axis.z) / 2).squareRoot()
    let sine = Complex(axis.x, axis.y) / (2 * cosine)
    vectors = Matrix([[Complex(cosine), -sine.conjugate], [sine, Complex(cosine)]])
    phases = (alpha - sign * angle, alpha + sign * angle)
  }
}
