/// The eigenphases of a Cartan decomposition's core in the order that mixes least, and the orthogonal matrices beside it.
///
/// Phases are known up to π, and columns may stand in any order as long as both orthogonal matrices have determinant 1. The core mixes by the
/// tangent of half the difference of the first and the last phase, and of the two others: neighbours on the circle are put together, in the
/// one of two ways that gives the determinant.
struct EigenphaseOrder {
  private(set) var phases = InlineArray<4, Complex>(repeating: .one)
  /// The columns of what comes after the core, and the rows of what comes before it.
  private(set) var left = InlineArray<4, SIMD4<Double>>(repeating: .zero)
  private(set) var right = InlineArray<4, SIMD4<Double>>(repeating: .zero)

  /// Orders the columns of V·P; nil if they are not real but for the phases.
  init?(_ jacobi: JointDiagonalization) {
    var (halves, reals) = (phases, left)
    for column in 0..<4 {
      // Not the eigenvalue that was kept: it has all the rotations' roundings.
      let half = jacobi.columns[column].dot(jacobi.columns[column]).unitSquareRoot
      halves[column] = half.imaginary < 0 ? -half : half
      let turned = halves[column].conjugate * jacobi.columns[column]
      guard (turned.imaginary * turned.imaginary).max() < Self.tolerance * Self.tolerance else { return nil }
      reals[column] = turned.real
    }
    // In the upper half of the circle a phase is the larger the smaller its cosine is.
    var order = InlineArray<4, Int> { $0 }
    for step in Self.exchanges.indices {
      let (low, high) = Self.exchanges[step]
      if halves[order[low]].real < halves[order[high]].real { order.swapAt(low, high) }
    }
    if Self.determinant(reals) * Self.determinant(jacobi.vectors) < 0 {
      // The other neighbours; the first phase comes round behind the last.
      let first = order[0]
      (halves[first], reals[first]) = (-halves[first], -reals[first])
      order = [order[1], order[2], order[3], first]
    }
    order = [order[0], order[2], order[3], order[1]]
    for place in 0..<4 {
      let source = order[place]
      (phases[place], left[place], right[place]) = (halves[source], reals[source], jacobi.vectors[source])
    }
    if Self.determinant(right) < 0 { (left[0], right[0]) = (-left[0], -right[0]) }
  }

  /// How far a column may be from real.
  private static let tolerance = 1e-12

  /// Compared and exchanged one after the other, these pairs of places sort four numbers.
  private static let exchanges: InlineArray<5, (Int, Int)> = [(0, 1), (2, 3), (0, 2), (1, 3), (1, 2)]

  /// By Laplace's expansion along the first two rows.
  private static func determinant(_ rows: InlineArray<4, SIMD4<Double>>) -> Double {
    func minor(_ row: Int, _ first: Int, _ second: Int) -> Double {
      rows[row][first] * rows[row + 1][second] - rows[row][second] * rows[row + 1][first]
    }
    return minor(0, 0, 1) * minor(2, 2, 3) - minor(0, 0, 2) * minor(2, 1, 3) + minor(0, 0, 3) * minor(2, 1, 2)
      + minor(0, 1, 2) * minor(2, 0, 3) - minor(0, 1, 3) * minor(2, 0, 2) + minor(0, 2, 3) * minor(2, 0, 1)
  }
}
