internal import RealModule

/// A complex number in double precision, stored as real part, then imaginary part.
public struct Complex: Hashable, Sendable {
  /// The real part.
  public var real: Double
  /// The imaginary part.
  public var imaginary: Double

  /// Makes `real + i·imaginary`.
  @inlinable
  public init(_ real: Double, _ imaginary: Double = 0) {
    self.real = real
    self.imaginary = imaginary
  }

  /// Makes `length · exp(i·phase)`, the phase in radians.
  public init(length: Double = 1, phase: Double) {
    self.init(length * Double.cos(phase), length * Double.sin(phase))
  }

  /// Zero.
  @inlinable public static var zero: Complex { Complex(0) }
  /// One.
  @inlinable public static var one: Complex { Complex(1) }
  /// The imaginary unit.
  @inlinable public static var i: Complex { Complex(0, 1) }

  /// The complex conjugate.
  @inlinable
  public var conjugate: Complex { Complex(real, -imaginary) }
  /// |z|².
  @inlinable
  public var lengthSquared: Double { real * real + imaginary * imaginary }
  /// |z|.
  public var length: Double { Double.hypot(real, imaginary) }
  /// The argument in (−π, π], in radians.
  public var phase: Double { Double.atan2(y: imaginary, x: real) }
  /// Whether both parts are finite.
  @inlinable public var isFinite: Bool { real.isFinite && imaginary.isFinite }
}

extension Complex {
  /// Whether both parts are equal.
  @inlinable public static func == (a: Complex, b: Complex) -> Bool { a.real == b.real && a.imaginary == b.imaginary }
  /// The sum.
  @inlinable public static func + (a: Complex, b: Complex) -> Complex { Complex(a.real + b.real, a.imaginary + b.imaginary) }
  /// The difference.
  @inlinable public static func - (a: Complex, b: Complex) -> Complex { Complex(a.real - b.real, a.imaginary - b.imaginary) }
  /// The negative.
  @inlinable public static prefix func - (a: Complex) -> Complex { Complex(-a.real, -a.imaginary) }
  /// The product with a real number.
  @inlinable public static func * (a: Double, b: Complex) -> Complex { Complex(a * b.real, a * b.imaginary) }
  /// The product.
  @inlinable public static func * (a: Complex, b: Complex) -> Complex {
    Complex(a.real * b.real - a.imaginary * b.imaginary, a.real * b.imaginary + a.imaginary * b.real)
  }
  /// The quotient by a real number.
  @inlinable public static func / (a: Complex, b: Double) -> Complex { Complex(a.real / b, a.imaginary / b) }
  /// Adds in place.
  @inlinable public static func += (a: inout Complex, b: Complex) { a = a + b }
  /// Multiplies in place.
  @inlinable public static func *= (a: inout Complex, b: Complex) { a = a * b }
}

extension Complex: CustomStringConvertible {
  /// Real and imaginary part in parentheses.
  public var description: String { "(\(real), \(imaginary))" }
}
