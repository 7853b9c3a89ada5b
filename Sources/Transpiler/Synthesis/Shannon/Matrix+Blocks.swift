internal import Circuits

extension Matrix {
  /// The rows in which a bit has a value, and the columns in which it has one: a matrix of half the dimension.
  func block(bit: Int, row: Int, column: Int) -> Matrix {
    let half = dimension / 2
    var entries = [Complex]()
    entries.reserveCapacity(half * half)
    for r in 0..<half {
      for c in 0..<half { entries.append(self[Self.inserted(r, bit, row), Self.inserted(c, bit, column)]) }
    }
    return Matrix(dimension: half, entries: entries)
  }

  /// A number with a bit put in at a place.
  private static func inserted(_ index: Int, _ bit: Int, _ value: Int) -> Int {
    (index >> bit) << (bit + 1) | value << bit | index & (1 << bit - 1)
  }

  /// The rows multiplied by factors.
  func scalingRows(_ factors: [Complex]) -> Matrix {
    var result = self
    for row in 0..<dimension { for column in 0..<dimension { result[row, column] *= factors[row] } }
    return result
  }

  /// The columns in which an odd number of some bits is 1 negated.
  func negatingColumns(parity mask: Int) -> Matrix {
    guard mask != 0 else { return self }
    var result = self
    for column in 0..<dimension where (column & mask).nonzeroBitCount % 2 == 1 {
      for row in 0..<dimension { result[row, column] = -result[row, column] }
    }
    return result
  }

  /// The rows in which an odd number of some bits is 1 negated.
  func negatingRows(parity mask: Int) -> Matrix {
    scalingRows((0..<dimension).map { ($0 & mask).nonzeroBitCount % 2 == 1 ? -Complex.one : .one })
  }

  /// All entries times a number.
  func scaled(by factor: Complex) -> Matrix { Matrix(dimension: dimension, entries: entries.map { factor * $0 }) }

  /// The factor, if this is near a matrix times a number.
  func factor(of other: Matrix) -> Complex? {
    var sum = Complex.zero
    for (mine, its) in zip(entries, other.entries) { sum += its.conjugate * mine }
    let norm = other.entries.reduce(0) { $0 + $1.lengthSquared }
    let factor = sum / norm
    let isNear = zip(entries, other.entries).allSatisfy { ($0 - factor * $1).lengthSquared < Limits.blockTolerance }
    return isNear ? factor : nil
  }

  /// Whether all entries are near zero.
  var isNegligible: Bool { entries.allSatisfy { $0.lengthSquared < Limits.blockTolerance } }

  /// The unitary matrix next to one that is nearly unitary.
  ///
  /// Source: Higham (1986), Computing the polar decomposition, SIAM J. Sci. Stat. Comput. 7 (the iteration of Newton and Schulz).
  func orthonormalized() -> Matrix {
    var result = self
    for _ in 0..<Limits.polarStepCount {
      let square = result.adjoint() * result
      var step = Matrix.identity(dimension)
      var distance = 0.0
      for index in step.entries.indices {
        let (row, column) = (index / dimension, index % dimension)
        let rest = step[row, column] - square[row, column]
        distance = max(distance, rest.lengthSquared)
        step[row, column] += 0.5 * rest
      }
      result = result * step
      // The step squares the distance.
      if distance < Limits.polarTolerance { break }
    }
    return result
  }
}
