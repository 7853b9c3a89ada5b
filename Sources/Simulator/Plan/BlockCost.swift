internal import Circuits

/// What operations cost in a block, in vector instructions for each vector of amplitudes; measured in docs/performance.md.
enum BlockCost {
  /// A 4×4 matrix: sixteen complex multiply-adds for each four amplitudes.
  static let matrixOnTwo = 16.0
  /// The same by a Cartan decomposition: two rotations and eight multiply-adds.
  static let cartan = 12.5
  /// A shear on two qubits with imaginary numbers, and one with complex ones.
  private static let imaginaryShear = 2.5
  private static let complexShear = 4.5
  /// A 2×2 matrix that cannot be taken apart.
  private static let matrixOnOne = 8.0
  /// A rotation: one multiply-add for each real and imaginary part, and half of what a load and a store cost.
  static let rotation = 2.5
  /// The share of one gate in a table of factors.
  private static let diagonal = 0.7
  /// Halves that change places, in registers.
  private static let exchange = 1.0

  /// The cost of a gate on one qubit, before it is taken apart.
  static func cost(of u: Matrix2) -> Double {
    if u.isDiagonal { return diagonal }
    if u.isAntidiagonal { return exchange }
    guard let form = RotationForm(u) else { return matrixOnOne }
    return rotation + (form.left == .one ? 0 : diagonal) + (form.right == .one ? 0 : diagonal) + (form.flips ? exchange : 0)
  }

  /// The cost of an operation on two qubits.
  static func cost(of gate: BlockOperation, _ numbers: [Complex]) -> Double {
    switch gate.kind {
    case .matrix where gate.targets.nonzeroBitCount == 1: cost(of: Matrix2(numbers, at: gate.firstNumber))
    case .matrix:
      if gate.controls == .none, let form = ShearForm(Matrix4(numbers, at: gate.firstNumber)) {
        (form.isImaginary ? imaginaryShear : complexShear) + diagonal
      } else {
        matrixOnTwo
      }
    case .diagonal: diagonal
    case .exchange: exchange
    case .cartan: cartan
    }
  }
}

extension BlockOperation {
  /// About how many rotations take as long.
  var weight: Int { kind != .diagonal && numberCount > 4 ? Int(BlockCost.matrixOnTwo / BlockCost.rotation) : 1 }
}
