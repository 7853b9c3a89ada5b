internal import Circuits

/// The eigenphases of a Cartan decomposition's core in the order that mixes least, and the orthogonal matrices beside it.
///
/// Phases are known up to π, and columns may stand in any order as long as both orthogonal matrices have determinant 1. The core mixes by the
/// tangent of half the difference of the first and the last phase, and of the two others: neighbours on the circle are put together, in the
/// one of two ways that gives the determinant.
struct EigenphaseOrder {
  private(set) var phases = InlineArray<4, Complex>(repeating: .one)
  /// What comes after the core, and what comes before it, transposed.
  private(set) var left = Matrix4()
  private(set) var right = Matrix4()

  /// Orders the columns of V·P; nil if they are not real but for the phases.
  init?(_ rotated: Matrix4, _ jacobi: JointDiagonalization) {
    var angles = InlineArray<4, Double> { jacobi.eigenvalue($0).phase / 2 }
    for index in 0..<4 where angles[index] < 0 { angles[index] += .pi }
    let ascending = [0, 1, 2, 3].sorted { angles[$0] < angles[$1] }
    fill(ascending, angles, rotated, jacobi)
    if left.realDeterminant < 0 {
      // The other neighbours; the first phase comes round behind the last.
      angles[ascending[0]] += .pi
      fill(Array(ascending[1...]) + [ascending[0]], angles, rotated, jacobi)
    }
    for index in 0..<16 {
      guard abs(left.entries[index].imaginary) < 1e-12 else { return nil }
    }
  }

  /// Puts neighbours first and last, and second and third.
  private mutating func fill(
    _ ascending: [Int], _ angles: InlineArray<4, Double>, _ rotated: Matrix4, _ jacobi: JointDiagonalization
  ) {
    for (place, source) in [ascending[0], ascending[2], ascending[3], ascending[1]].enumerated() {
      phases[place] = Complex(phase: angles[source])
      for row in 0..<4 {
        left[row, place] = rotated[row, source] * phases[place].conjugate
        right[row, place] = Complex(jacobi.vectors[4 * row + source])
      }
    }
    guard right.realDeterminant < 0 else { return }
    for row in 0..<4 {
      left[row, 0] = -left[row, 0]
      right[row, 0] = -right[row, 0]
    }
  }
}
