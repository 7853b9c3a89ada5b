internal import Circuits

extension PauliStep {
  /// A unitary as rotations, global phase included; nil for one that is neither on one qubit nor diagonal.
  static func steps(of matrix: Matrix) -> [PauliStep]? {
    if matrix.isDiagonal { return diagonalSteps(matrix.diagonalEntries) }
    return matrix.dimension == 2 ? eulerSteps(matrix) : nil
  }

  /// Phases e^{iφ(b)} as rotations about strings of Z: φ(b) = Σ φ̂(z)·(−1)^|z∧b|, φ̂ the Walsh–Hadamard transform of φ over 2ᵏ.
  private static func diagonalSteps(_ entries: [Complex]) -> [PauliStep] {
    let phases = entries.map(\.phase)
    return entries.indices.compactMap { z in
      let sum = phases.indices.reduce(0.0) { (z & $1).nonzeroBitCount & 1 == 0 ? $0 + phases[$1] : $0 - phases[$1] }
      let coefficient = sum / Double(entries.count)
      return coefficient == 0 ? nil : PauliStep(x: 0, z: UInt64(z), LinearForm(constant: -2 * coefficient))
    }
  }

  /// u(θ, φ, λ) with the phase of the first entry in front, or of the one below where the first is zero.
  private static func eulerSteps(_ matrix: Matrix) -> [PauliStep] {
    let (a, b, c, d) = (matrix[0, 0], matrix[0, 1], matrix[1, 0], matrix[1, 1])
    let theta = 2 * Complex(a.length, c.length).phase
    // a = e^{iα} cos, c = e^{i(α+φ)} sin, −b = e^{i(α+λ)} sin, d = e^{i(α+φ+λ)} cos, of θ/2: the larger pair says what it says best.
    let (alpha, phi, lambda): (Double, Double, Double)
    if a.length >= c.length {
      alpha = a.phase
      phi = c.length == 0 ? 0 : c.phase - alpha
      lambda = d.phase - alpha - phi
    } else {
      alpha = a.length == 0 ? 0 : a.phase
      phi = c.phase - alpha
      lambda = (-b).phase - alpha
    }
    return steps("u", [theta, phi, lambda].map { LinearForm(constant: $0) })! + [.phase(LinearForm(constant: alpha))]
  }
}
