internal import Circuits

/// What operations cost in a block, in vector instructions for each vector of amplitudes; measured in docs/performance.md.
enum BlockCost {
  /// A 4×4 matrix: sixteen complex multiply-adds for each four amplitudes.
  static let matrixOnTwo = 16.0
  /// A 2×2 matrix that cannot be taken apart.
  private static let matrixOnOne = 8.0
  /// A rotation: one multiply-add for each real and imaginary part, and half of what a load and a store cost.
  private static let rotation = 2.5
  /// The share of one gate in a table of factors.
  private static let diagonal = 0.7
  /// Halves that change places, in registers.
  private static let exchange = 1.0

  /// The cost of a gate on one qubit, before it is taken apart.
  static func cost(ofSingle u: [Complex]) -> Double {
    if u[1] == .zero, u[2] == .zero { return diagonal }
    if u[0] == .zero, u[3] == .zero { return exchange }
    guard let form = RotationForm(u) else { return matrixOnOne }
    return rotation + (form.left == .one ? 0 : diagonal) + (form.right == .one ? 0 : diagonal) + (form.flips ? exchange : 0)
  }

  /// The cost of an operation on two qubits.
  static func cost(of operation: StateOperation) -> Double {
    switch operation {
    case .matrix(let entries, let targets, _): targets.count == 1 ? cost(ofSingle: entries) : matrixOnTwo
    case .diagonal: diagonal
    case .permutation: exchange
    case .pauliRotation(let x, _, _, _): x == 0 ? diagonal : matrixOnTwo
    }
  }
}
