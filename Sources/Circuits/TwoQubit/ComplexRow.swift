/// Four complex numbers, real parts and imaginary parts apart.
struct ComplexRow {
  var real: SIMD4<Double>
  var imaginary: SIMD4<Double>

  init(_ real: SIMD4<Double>, _ imaginary: SIMD4<Double>) { (self.real, self.imaginary) = (real, imaginary) }

  init(_ a: Complex, _ b: Complex, _ c: Complex, _ d: Complex) {
    real = SIMD4(a.real, b.real, c.real, d.real)
    imaginary = SIMD4(a.imaginary, b.imaginary, c.imaginary, d.imaginary)
  }

  subscript(_ place: Int) -> Complex { Complex(real[place], imaginary[place]) }

  @inline(__always)
  static func + (a: ComplexRow, b: ComplexRow) -> ComplexRow { ComplexRow(a.real + b.real, a.imaginary + b.imaginary) }
  @inline(__always)
  static func - (a: ComplexRow, b: ComplexRow) -> ComplexRow { ComplexRow(a.real - b.real, a.imaginary - b.imaginary) }
  @inline(__always)
  static func * (a: Double, b: ComplexRow) -> ComplexRow { ComplexRow(a * b.real, a * b.imaginary) }
  @inline(__always)
  static func * (a: Complex, b: ComplexRow) -> ComplexRow {
    ComplexRow(a.real * b.real - a.imaginary * b.imaginary, a.real * b.imaginary + a.imaginary * b.real)
  }

  /// The row multiplied by i.
  var timesI: ComplexRow { ComplexRow(-imaginary, real) }

  /// The sum of the products of entries, neither conjugated.
  @inline(__always)
  func dot(_ other: ComplexRow) -> Complex {
    let (x, y) = (real * other.real - imaginary * other.imaginary, real * other.imaginary + imaginary * other.real)
    let (low, high) = (x.lowHalf + x.highHalf, y.lowHalf + y.highHalf)
    return Complex(low[0] + low[1], high[0] + high[1])
  }
}
