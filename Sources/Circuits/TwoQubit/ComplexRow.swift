/// Four complex numbers, real parts and imaginary parts apart.
package struct ComplexRow: Sendable {
  package var real: SIMD4<Double>
  package var imaginary: SIMD4<Double>

  @inlinable
  package init(_ real: SIMD4<Double>, _ imaginary: SIMD4<Double>) { (self.real, self.imaginary) = (real, imaginary) }

  @inlinable
  package init(_ a: Complex, _ b: Complex, _ c: Complex, _ d: Complex) {
    real = SIMD4(a.real, b.real, c.real, d.real)
    imaginary = SIMD4(a.imaginary, b.imaginary, c.imaginary, d.imaginary)
  }

  @inlinable
  package subscript(_ place: Int) -> Complex {
    get { Complex(real[place], imaginary[place]) }
    set { (real[place], imaginary[place]) = (newValue.real, newValue.imaginary) }
  }

  @inlinable @inline(__always)
  package static func + (a: ComplexRow, b: ComplexRow) -> ComplexRow { ComplexRow(a.real + b.real, a.imaginary + b.imaginary) }
  @inlinable @inline(__always)
  package static func - (a: ComplexRow, b: ComplexRow) -> ComplexRow { ComplexRow(a.real - b.real, a.imaginary - b.imaginary) }
  @inlinable @inline(__always)
  package static func * (a: Double, b: ComplexRow) -> ComplexRow { ComplexRow(a * b.real, a * b.imaginary) }
  @inlinable @inline(__always)
  package static func * (a: Complex, b: ComplexRow) -> ComplexRow {
    ComplexRow(a.real * b.real - a.imaginary * b.imaginary, a.real * b.imaginary + a.imaginary * b.real)
  }

  /// The row multiplied by i.
  @inlinable package var timesI: ComplexRow { ComplexRow(-imaginary, real) }

  /// The sum of the products of entries, neither conjugated.
  @inlinable @inline(__always)
  package func dot(_ other: ComplexRow) -> Complex {
    let (x, y) = (real * other.real - imaginary * other.imaginary, real * other.imaginary + imaginary * other.real)
    let (low, high) = (x.lowHalf + x.highHalf, y.lowHalf + y.highHalf)
    return Complex(low[0] + low[1], high[0] + high[1])
  }
}
