/// A unitary matrix on two qubits as rotations of each qubit, a core that mixes |00⟩ with |11⟩ and |01⟩ with |10⟩ only, and rotations again.
///
/// u = (A ⊗ B) · N · (C ⊗ D) with N = exp(i(aXX + bYY + cZZ)). In the magic basis the outer parts are real and orthogonal, so that
/// M = VᵀV of the matrix V there is P D Pᵀ with a real orthogonal P; real and imaginary part of M commute and are made diagonal together by
/// Jacobi rotations.
///
/// Sources: Khaneja and Glaser, Chemical Physics 267 (2001); Makhlin, arXiv:quant-ph/0002045 (the magic basis); Cardoso and Souloumiac,
/// SIAM J. Matrix Anal. Appl. 17 (1996) (the angles).
package struct CartanForm: Sendable {
  /// The core, row by row: the entry on the diagonal, and the one on the other diagonal.
  package struct Core: Sendable {
    package var diagonal: InlineArray<4, Complex>
    package var other: InlineArray<4, Complex>

    /// N, whose eigenvectors are the magic basis, with these eigenvalues.
    init(_ eigenvalues: InlineArray<4, Complex>) {
      let outer = ((eigenvalues[0] + eigenvalues[3]) / 2, (eigenvalues[0] - eigenvalues[3]) / 2)
      let inner = ((eigenvalues[1] + eigenvalues[2]) / 2, (eigenvalues[1] - eigenvalues[2]) / 2)
      diagonal = [outer.0, inner.0, inner.0, outer.0]
      other = [outer.1, inner.1, inner.1, outer.1]
    }

    /// Becomes X · N · X, with X on the qubit of a bit.
    package mutating func conjugateByX(_ bit: Int) {
      (diagonal, other) = (InlineArray { [diagonal] in diagonal[$0 ^ bit] }, InlineArray { [other] in other[$0 ^ bit] })
    }

    /// Multiplies the columns in which a bit is 0, and those in which it is 1.
    package mutating func scaleColumns(_ bit: Int, by factors: (zero: Complex, one: Complex)) {
      for row in 0..<4 {
        diagonal[row] *= row & bit == 0 ? factors.zero : factors.one
        other[row] *= row & bit != 0 ? factors.zero : factors.one
      }
    }
  }

  /// What comes first, on the lower qubit and on the higher.
  package let first: (low: Matrix2, high: Matrix2)
  package let core: Core
  package let last: (low: Matrix2, high: Matrix2)

  /// Takes a matrix apart; nil if it is not unitary, or so near to that that the parts do not give it again.
  package init?(_ u: Matrix4) {
    var jacobi = JointDiagonalization(columns: Self.columnsInMagic(u))
    guard jacobi.run(), let order = EigenphaseOrder(jacobi) else { return nil }
    first = Self.factors(order.right)
    last = Self.factors(Self.transposed(order.left))
    core = Core(order.phases)
    guard isEqual(to: u) else { return nil }
  }

  private func isEqual(to u: Matrix4) -> Bool {
    let (a, b, c, d) = (first.high, first.low, last.high, last.low)
    func row(_ high: (Complex, Complex), _ low: (Complex, Complex)) -> ComplexRow {
      ComplexRow(high.0 * low.0, high.0 * low.1, high.1 * low.0, high.1 * low.1)
    }
    let before: InlineArray<4, ComplexRow> = [
      row((a.a, a.b), (b.a, b.b)), row((a.a, a.b), (b.c, b.d)), row((a.c, a.d), (b.a, b.b)), row((a.c, a.d), (b.c, b.d)),
    ]
    let inner: InlineArray<4, ComplexRow> = InlineArray { core.diagonal[$0] * before[$0] + core.other[$0] * before[3 - $0] }
    for high in 0..<2 {
      let (x, y) = high == 0 ? (c.a, c.b) : (c.c, c.d)
      let (zero, one) = (x * inner[0] + y * inner[2], x * inner[1] + y * inner[3])
      for low in 0..<2 {
        let product = low == 0 ? d.a * zero + d.b * one : d.c * zero + d.d * one
        let row = 2 * high + low
        let rest = product - u[row: row]
        let squares = rest.real * rest.real + rest.imaginary * rest.imaginary
        guard squares.max() < Self.tolerance * Self.tolerance else { return false }
      }
    }
    return true
  }

  /// How far an entry may be from the matrix's: some roundings.
  private static let tolerance = 1e-13

  /// The columns of Q†uQ, where those of Q are (|00⟩ + |11⟩), i(|01⟩ + |10⟩), (|01⟩ − |10⟩) and i(|00⟩ − |11⟩), each over √2.
  private static func columnsInMagic(_ u: Matrix4) -> InlineArray<4, ComplexRow> {
    func column(_ k: Int) -> ComplexRow {
      let (even, odd) = (u[1, k] + u[2, k], u[0, k] - u[3, k])
      return ComplexRow(
        u[0, k] + u[3, k], Complex(even.imaginary, -even.real), u[1, k] - u[2, k], Complex(odd.imaginary, -odd.real))
    }
    let (a, b, c, d) = (0.5 * column(0), 0.5 * column(1), 0.5 * column(2), 0.5 * column(3))
    return [a + d, (b + c).timesI, b - c, (a - d).timesI]
  }

  private static func transposed(_ rows: InlineArray<4, SIMD4<Double>>) -> InlineArray<4, SIMD4<Double>> {
    InlineArray { SIMD4(rows[0][$0], rows[1][$0], rows[2][$0], rows[3][$0]) }
  }

  /// QrQ† of a real orthogonal matrix with determinant 1, as matrices of determinant 1 on one qubit each but for a phase that they share.
  private static func factors(_ r: InlineArray<4, SIMD4<Double>>) -> (low: Matrix2, high: Matrix2) {
    // The first two rows of the product, ((α, β) ⊗ B): α·B on the left, β·B on the right.
    func row(_ t: ComplexRow) -> (Complex, Complex, Complex, Complex) {
      let (first, second) = (Complex(t[1].imaginary, -t[1].real), Complex(t[3].imaginary, -t[3].real))
      return (0.5 * (t[0] + second), 0.5 * (first + t[2]), 0.5 * (first - t[2]), 0.5 * (t[0] - second))
    }
    let (upper, lower) = (row(ComplexRow(r[0], r[3])), row(ComplexRow(r[2], r[1])))
    let left = Matrix2(a: upper.0, b: upper.1, c: lower.0, d: lower.1)
    let right = Matrix2(a: upper.2, b: upper.3, c: lower.2, d: lower.3)
    let (leftLength, rightLength) = (left.a.lengthSquared + left.b.lengthSquared, right.a.lengthSquared + right.b.lengthSquared)
    let scale = 1 / max(leftLength, rightLength).squareRoot()
    let larger = leftLength > rightLength ? left : right
    let low = Matrix2(a: scale * larger.a, b: scale * larger.b, c: scale * larger.c, d: scale * larger.d)
    // (α, β) with the phase that the lower factor has too much; the second row is (−β*, α*), and has it as well.
    let alpha = left.a * low.a.conjugate + left.b * low.b.conjugate
    let beta = right.a * low.a.conjugate + right.b * low.b.conjugate
    let phase = (low.a * low.d - low.b * low.c).conjugate
    return (low, Matrix2(a: alpha, b: beta, c: -(beta.conjugate * phase), d: alpha.conjugate * phase))
  }
}
