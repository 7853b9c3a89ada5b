internal import Circuits

/// A unitary matrix on one qubit, its larger entries on the diagonal, as a real rotation between two diagonals.
///
/// u = diag(left) · (1, s; t, 1) · diag(1, right) with real s and t not longer than 1.
struct RealRotation {
  let left: (zero: Complex, one: Complex)
  /// s and t.
  let upper: Double
  let lower: Double
  let right: Complex

  init(_ u: Matrix2) {
    let length = u.a.lengthSquared
    // But for roundings: all four may be as long.
    precondition(u.b.lengthSquared <= 1.001 * length, "a matrix whose larger entries are on the diagonal")
    let upper = u.b * u.a.conjugate / length
    let size = upper.lengthSquared.squareRoot()
    right = size == 0 ? .one : upper / size
    left = (u.a, u.d * right.conjugate)
    self.upper = size
    // Unitary: the columns are orthogonal, so that t is real as well.
    lower = (u.c * left.one.conjugate).real / left.one.lengthSquared
  }
}
