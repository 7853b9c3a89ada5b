/// A weighted linear fit: coefficients θ that make Σ wₖ(yₖ − Σⱼ Aₖⱼθⱼ)² least, as the linear map that gives them of the data.
struct LeastSquares {
  /// θ = map·y.
  let map: RealMatrix
  private let design: RealMatrix

  /// Prepares a fit; nil if the columns of the design are not independent.
  ///
  /// By Gram and Schmidt's orthogonalization, each column twice, which loses nothing to rounding.
  init?(design: RealMatrix, weights: [Double]) {
    self.design = design
    let (points, count) = (design.rowCount, design.columnCount)
    guard points >= count else { return nil }
    let roots = weights.map { $0.squareRoot() }
    var (basis, triangle) = ([[Double]](), RealMatrix(rowCount: count, columnCount: count))
    for column in 0..<count {
      var vector = (0..<points).map { roots[$0] * design[$0, column] }
      let length = Self.length(vector)
      for _ in 0..<2 {
        for (index, other) in basis.enumerated() {
          let overlap = zip(other, vector).reduce(0) { $0 + $1.0 * $1.1 }
          triangle[index, column] += overlap
          for point in 0..<points { vector[point] -= overlap * other[point] }
        }
      }
      let left = Self.length(vector)
      guard left > Limits.dependentColumn * length, left > 0 else { return nil }
      triangle[column, column] = left
      basis.append(vector.map { $0 / left })
    }
    var map = RealMatrix(rowCount: count, columnCount: points)
    for point in 0..<points {
      for row in stride(from: count - 1, through: 0, by: -1) {
        let known = (row + 1..<count).reduce(0) { $0 + triangle[row, $1] * map[$1, point] }
        map[row, point] = (basis[row][point] * roots[point] - known) / triangle[row, row]
      }
    }
    self.map = map
  }

  private static func length(_ vector: [Double]) -> Double { vector.reduce(0) { $0 + $1 * $1 }.squareRoot() }

  /// The coefficients of some data.
  func coefficients(_ values: [Double]) -> [Double] { map.times(values) }

  /// What the data differs by from the fit.
  func residuals(_ values: [Double]) -> [Double] { zip(values, design.times(coefficients(values))).map { $0 - $1 } }

  /// With which factors the data makes up a linear combination of the coefficients.
  func factors(of combination: [Double]) -> [Double] { map.transposed().times(combination) }
}
