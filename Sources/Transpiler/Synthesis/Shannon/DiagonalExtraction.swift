internal import Circuits
internal import RealModule

/// Takes from gates on pairs that need three `cx` a diagonal that leaves two, and hands it to the next gate on the pair, if all between commutes
/// with it.
///
/// Source: Shende, Bullock and Markov (2006), arXiv:quant-ph/0406176, theorem 14 and appendix A.2.
enum DiagonalExtraction {
  static func run(_ nodes: [Node]) -> [Node] {
    var result = nodes
    for index in result.indices where result[index].count.own == 3 {
      guard let next = nextOnPair(index, result), case .pair(let matrix) = result[index].kind,
        let later = result[next].matrix(low: result[index].low)
      else { continue }
      let node = result[index]
      let diagonal = Self.diagonal(of: matrix)
      let kept = Node(diagonal.conjugated * matrix, low: node.low, high: node.high)
      let moved = Node(later * diagonal, low: node.low, high: node.high)
      guard kept.count.own + moved.count.own < 3 + result[next].count.own else { continue }
      (result[index], result[next]) = (kept, moved)
    }
    return result
  }

  /// The next gate on the two wires of one, if only what is diagonal on them lies between.
  private static func nextOnPair(_ index: Int, _ nodes: [Node]) -> Int? {
    let wires = [nodes[index].low, nodes[index].high]
    for next in (index + 1)..<nodes.count {
      let node = nodes[next]
      let shared = wires.filter { node.low == $0 || node.high == $0 }
      if shared.count == 2, node.isPair { return next }
      guard shared.allSatisfy({ node.axes(on: $0).contains(.z) }) else { return nil }
    }
    return nil
  }

  /// exp(iψZZ) such that the rest has a γ of real trace: cos 2ψ·Im(Σγ) = sin 2ψ·Re(γ₀₀ + γ₃₃ − γ₁₁ − γ₂₂).
  private static func diagonal(of matrix: Matrix4) -> Matrix4 {
    // For determinant 1; the sign of the root does not matter.
    let root = Complex(phase: -EntanglerCount.determinant(matrix).phase / 2)
    let gamma = matrix * flips * matrix.transposed * flips
    let (outer, inner) = (root * (gamma[0, 0] + gamma[3, 3]), root * (gamma[1, 1] + gamma[2, 2]))
    let angle = Double.atan2(y: (outer + inner).imaginary, x: (outer - inner).real) / 2
    let (even, odd) = (Complex(phase: angle), Complex(phase: -angle))
    return Matrix4(Matrix.diagonal([even, odd, odd, even]))
  }

  /// Y⊗Y.
  private static let flips = Matrix4(low: pauliY, high: pauliY)
  private static let pauliY = Matrix2(a: .zero, b: Complex(0, -1), c: .i, d: .zero)
}

extension Matrix4 {
  /// Every entry conjugated.
  fileprivate var conjugated: Matrix4 {
    var result = self
    for row in 0..<4 { result[row: row].imaginary = -self[row: row].imaginary }
    return result
  }

  fileprivate var transposed: Matrix4 {
    var result = self
    for row in 0..<4 { for column in 0..<4 { result[row, column] = self[column, row] } }
    return result
  }
}
