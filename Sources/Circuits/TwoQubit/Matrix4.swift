/// A matrix on two qubits, row by row, the lower qubit in bit 0 of a row's and a column's number.
package struct Matrix4: Sendable {
  package var rows: (ComplexRow, ComplexRow, ComplexRow, ComplexRow)

  /// The identity.
  @inlinable
  package init() {
    let (one, zero) = (Complex.one, Complex.zero)
    rows = (
      ComplexRow(one, zero, zero, zero), ComplexRow(zero, one, zero, zero), ComplexRow(zero, zero, one, zero),
      ComplexRow(zero, zero, zero, one)
    )
  }

  /// Sixteen entries of a list.
  @inlinable
  package init(_ numbers: [Complex], at first: Int = 0) {
    func row(_ start: Int) -> ComplexRow {
      ComplexRow(numbers[start], numbers[start + 1], numbers[start + 2], numbers[start + 3])
    }
    rows = (row(first), row(first + 4), row(first + 8), row(first + 12))
  }

  /// One of the four rows.
  @inlinable
  package subscript(row row: Int) -> ComplexRow {
    get {
      switch row {
      case 0: rows.0
      case 1: rows.1
      case 2: rows.2
      default: rows.3
      }
    }
    set {
      switch row {
      case 0: rows.0 = newValue
      case 1: rows.1 = newValue
      case 2: rows.2 = newValue
      default: rows.3 = newValue
      }
    }
  }

  @inlinable
  package subscript(_ row: Int, _ column: Int) -> Complex {
    get { self[row: row][column] }
    set { self[row: row][column] = newValue }
  }

  /// The matrix that applies `right` first.
  @inlinable
  package static func * (left: Matrix4, right: Matrix4) -> Matrix4 {
    var result = left
    for row in 0..<4 {
      let factors = left[row: row]
      let (low, high) = (factors[0] * right.rows.0 + factors[1] * right.rows.1, factors[2] * right.rows.2)
      result[row: row] = low + high + factors[3] * right.rows.3
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
