internal import Circuits

extension Matrix4 {
  /// The matrix of a gate on two qubits.
  init(_ matrix: Matrix) { self.init(matrix.entries) }

  /// A matrix on each qubit.
  init(low: Matrix2, high: Matrix2) {
    self.init()
    let (inner, outer) = ([low.a, low.b, low.c, low.d], [high.a, high.b, high.c, high.d])
    for row in 0..<4 {
      for column in 0..<4 {
        self[row, column] = outer[row & 2 | column >> 1] * inner[(row & 1) << 1 | column & 1]
      }
    }
  }

  static let swap = Matrix4(Gate.swap.matrix([]))

  /// The same gate where the qubits are named the other way round.
  var exchanged: Matrix4 {
    var result = swapped
    for row in 0..<4 {
      let (real, imaginary) = (result[row: row].real, result[row: row].imaginary)
      result[row: row] = ComplexRow(
        SIMD4(real[0], real[2], real[1], real[3]),
        SIMD4(imaginary[0], imaginary[2], imaginary[1], imaginary[3]))
    }
    return result
  }

  /// The matrix, and then a SWAP.
  var swapped: Matrix4 {
    var result = self
    (result.rows.1, result.rows.2) = (rows.2, rows.1)
    return result
  }

  /// This, after a matrix on one of the qubits, bit 0 or 1.
  func after(_ first: Matrix2, onBit bit: Int) -> Matrix4 {
    var result = self
    let step = 1 << bit
    for column in 0..<4 where column & step == 0 {
      for row in 0..<4 {
        let (zero, one) = (self[row, column], self[row, column | step])
        result[row, column] = zero * first.a + one * first.c
        result[row, column | step] = zero * first.b + one * first.d
      }
    }
    return result
  }

  /// This, and then a matrix on one of the qubits.
  func before(_ last: Matrix2, onBit bit: Int) -> Matrix4 {
    var result = self
    let step = 1 << bit
    for row in 0..<4 where row & step == 0 {
      let (zero, one) = (self[row: row], self[row: row | step])
      result[row: row] = last.a * zero + last.b * one
      result[row: row | step] = last.c * zero + last.d * one
    }
    return result
  }

  /// The phase, if the matrix is one times the identity.
  var phaseOfIdentity: Double? {
    var distance = 0.0
    for row in 0..<4 {
      for column in 0..<4 { distance += (row == column ? self[row, column] - self[0, 0] : self[row, column]).lengthSquared }
    }
    return distance < Limits.matrixTolerance * Limits.matrixTolerance ? self[0, 0].phase : nil
  }
}
