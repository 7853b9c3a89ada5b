internal import Circuits

/// A unitary matrix on two qubits as rotations of each qubit, a core that mixes |00⟩ with |11⟩ and |01⟩ with |10⟩ only, and rotations again.
///
/// u = (A ⊗ B) · N · (C ⊗ D) with N = exp(i(aXX + bYY + cZZ)). In the magic basis the outer parts are real and orthogonal, so that
/// M = VᵀV of the matrix V there is P D Pᵀ with a real orthogonal P; real and imaginary part of M commute and are made diagonal together by
/// Jacobi rotations.
///
/// Sources: Khaneja and Glaser, Chemical Physics 267 (2001); Makhlin, arXiv:quant-ph/0002045 (the magic basis); Cardoso and Souloumiac,
/// SIAM J. Matrix Anal. Appl. 17 (1996) (the angles).
struct CartanForm {
  /// What comes first, on the lower qubit and on the higher.
  private(set) var first: (low: Matrix2, high: Matrix2)
  private(set) var core: Matrix4
  private(set) var last: (low: Matrix2, high: Matrix2)

  /// Takes a matrix apart; nil if it is not unitary, or so near to that that the parts do not give it again.
  init?(_ u: Matrix4) {
    let inMagic = Self.toMagic(u)
    let square = inMagic.transposed * inMagic
    var jacobi = JointDiagonalization(square)
    guard jacobi.run() else { return nil }
    let rotated = inMagic * Matrix4(jacobi.vectors)
    guard let order = EigenphaseOrder(rotated, jacobi) else { return nil }
    guard let first = Self.factors(Self.fromMagic(order.right.transposed)), let last = Self.factors(Self.fromMagic(order.left))
    else {
      return nil
    }
    (self.first, self.last) = (first, last)
    core = Self.core(order.phases)
    guard isEqual(to: u) else { return nil }
  }

  private func isEqual(to u: Matrix4) -> Bool {
    let product = Matrix4(last.low, last.high) * core * Matrix4(first.low, first.high)
    for index in 0..<16 {
      guard (product.entries[index] - u.entries[index]).lengthSquared < Self.tolerance * Self.tolerance else { return false }
    }
    return true
  }

  /// How far an entry may be from the matrix's: some roundings.
  private static let tolerance = 1e-13

  /// N, whose eigenvectors are the magic basis, with these eigenvalues; what its symmetry makes zero is zero.
  private static func core(_ eigenvalues: InlineArray<4, Complex>) -> Matrix4 {
    var result = Matrix4()
    for (row, first, second) in [(0, 0, 3), (1, 1, 2)] {
      let same = (eigenvalues[first] + eigenvalues[second]) / 2
      let other = (eigenvalues[first] - eigenvalues[second]) / 2
      (result[row, row], result[3 - row, 3 - row]) = (same, same)
      (result[row, 3 - row], result[3 - row, row]) = (other, other)
    }
    return result
  }

  /// The columns are (|00⟩ + |11⟩), i(|01⟩ + |10⟩), (|01⟩ − |10⟩) and i(|00⟩ − |11⟩), each over √2.
  private static let magic: Matrix4 = {
    let h = Complex(0.5.squareRoot())
    let ih = Complex.i * h
    return Matrix4([h, .zero, .zero, ih, .zero, ih, h, .zero, .zero, ih, -h, .zero, h, .zero, .zero, -ih], at: 0)
  }()
  private static let magicInverse = magic.transposed.conjugate

  private static func toMagic(_ u: Matrix4) -> Matrix4 { magicInverse * u * magic }
  private static func fromMagic(_ u: Matrix4) -> Matrix4 { magic * u * magicInverse }

  /// The two factors of a product of matrices on one qubit each; nil if it is none.
  private static func factors(_ u: Matrix4) -> (low: Matrix2, high: Matrix2)? {
    var largest = 0
    for index in 1..<16 where u.entries[index].lengthSquared > u.entries[largest].lengthSquared { largest = index }
    // Rows and columns are 2·high + low.
    let (a, b, c, d) = (largest >> 3, largest >> 2 & 1, largest >> 1 & 1, largest & 1)
    let block = Matrix2(
      a: u[2 * a, 2 * c], b: u[2 * a, 2 * c + 1], c: u[2 * a + 1, 2 * c], d: u[2 * a + 1, 2 * c + 1])
    // Twice a column's square is the square of the block's length: the lower factor is made unitary.
    let length = (block.a.lengthSquared + block.b.lengthSquared + block.c.lengthSquared + block.d.lengthSquared) / 2
    guard length > 0 else { return nil }
    let scale = 1 / length.squareRoot()
    let low = Matrix2(a: scale * block.a, b: scale * block.b, c: scale * block.c, d: scale * block.d)
    let pivot = [low.a, low.b, low.c, low.d][2 * b + d]
    func quotient(_ row: Int, _ column: Int) -> Complex {
      u[2 * row + b, 2 * column + d] * pivot.conjugate / pivot.lengthSquared
    }
    return (low, Matrix2(a: quotient(0, 0), b: quotient(0, 1), c: quotient(1, 0), d: quotient(1, 1)))
  }
}
