internal import Circuits

/// A 2×2 matrix taken apart so that what mixes amplitudes costs a quarter of a multiplication by the matrix.
///
/// u = scale · diag(1, left) · S · diag(1, right) · Xᶠ, where S is (1, s; t, 1) with s and t both real or both imaginary and not longer than asked for.
/// S takes one fused multiply-add for each real and imaginary part; the diagonals join those of other gates, the scale those too. Every
/// unitary matrix has this form (Euler angles about z, y and z, or about z and x), and so do its multiples.
struct RotationForm {
  /// What comes first: whether the two amplitudes change places.
  let flips: Bool
  let right: Complex
  /// s and t.
  let upper: Complex
  let lower: Complex
  let left: Complex
  let scale: Complex

  /// Takes a matrix apart; nil if it has not the form, or is diagonal up to an exchange.
  ///
  /// - Parameter longest: The largest |s|, 1 or more. Larger ones save exchanges, and let amplitudes grow as much before the scale is applied.
  init?(_ u: Matrix2, longest: Double = Limits.longestRotation) {
    flips = u.b.lengthSquared > longest * longest * u.a.lengthSquared
    let (a, b, c, d) = flips ? (u.b, u.a, u.d, u.c) : (u.a, u.b, u.c, u.d)
    guard a.lengthSquared > 0, b.lengthSquared > 0 else { return nil }
    let (upper, lower, corner) = (b.divided(by: a), c.divided(by: a), d.divided(by: a))
    guard Self.areNear(corner.lengthSquared, 1), Self.areNear(upper.lengthSquared, lower.lengthSquared) else {
      return nil
    }
    // The phase of s goes to the right, unless s is real or imaginary as it is.
    let first = upper.snapped
    let isOnAxis = first.real == 0 || first.imaginary == 0
    var right = isOnAxis ? Complex.one : upper / upper.lengthSquared.squareRoot()
    var left = corner.divided(by: right).snapped
    var s = isOnAxis ? first : Complex(upper.lengthSquared.squareRoot())
    if !isOnAxis, left == -.one { (left, right, s) = (.one, -right, -s) }
    let t = lower.divided(by: left).snapped
    guard s.imaginary == 0 && t.imaginary == 0 || s.real == 0 && t.real == 0 else { return nil }
    (self.upper, self.lower) = (s, t)
    (self.left, self.right) = (left, right)
    scale = a
  }

  /// How far a matrix may be from the form: a few roundings.
  private static let tolerance = 1e-14

  /// Whether two numbers are the same up to a few roundings.
  static func areNear(_ first: Double, _ second: Double) -> Bool { abs(first - second) < tolerance * max(1, abs(first)) }
}

extension Complex {
  func divided(by other: Complex) -> Complex { self * other.conjugate / other.lengthSquared }

  /// Without what rounding has left of a part that should be 0 or ±1; the length is about 1 at most.
  var snapped: Complex {
    func near(_ part: Double) -> Double {
      if abs(part) < 1e-15 { return 0 }
      return abs(abs(part) - 1) < 1e-15 ? (part < 0 ? -1 : 1) : part
    }
    return Complex(near(real), near(imaginary))
  }
}
