/// A matrix on two qubits, row by row, the lower qubit in bit 0 of a row's and a column's number.
package struct Matrix4: Sendable {
  package var entries: InlineArray<16, Complex>

  /// The identity.
  @inlinable
  package init() {
    entries = InlineArray(repeating: .zero)
    for index in 0..<4 { entries[5 * index] = .one }
  }

  /// Sixteen entries of a list.
  @inlinable
  package init(_ numbers: [Complex], at first: Int = 0) {
    entries = InlineArray { numbers[first + $0] }
  }

  @inlinable
  package subscript(_ row: Int, _ column: Int) -> Complex {
    get { entries[4 * row + column] }
    set { entries[4 * row + column] = newValue }
  }

  /// The matrix that applies `right` first.
  @inlinable
  package static func * (left: Matrix4, right: Matrix4) -> Matrix4 {
    var result = left
    for row in 0..<4 {
      for column in 0..<4 {
        var sum = left[row, 0] * right[0, column]
        for inner in 1..<4 { sum += left[row, inner] * right[inner, column] }
        result[row, column] = sum
      }
    }
    return result
  }

  /// Multiplies the columns in which a bit is 0, and those in which it is 1.
  @inlinable
  package mutating func scaleColumns(_ bit: Int, by factors: (zero: Complex, one: Complex)) {
    for row in 0..<4 {
      for column in 0..<4 { self[row, column] *= column & bit == 0 ? factors.zero : factors.one }
    }
  }
}
