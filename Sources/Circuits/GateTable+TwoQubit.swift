internal import RealModule

private func block(_ a: Complex, _ b: Complex, _ c: Complex, _ d: Complex, outer: (Complex, Complex) = (.one, .one)) -> Matrix {
  Matrix([[outer.0, .zero, .zero, .zero], [.zero, a, b, .zero], [.zero, c, d, .zero], [.zero, .zero, .zero, outer.1]])
}

/// exp(−iθ/2·P⊗P′) for a two-qubit Pauli given as a matrix.
private func rotation(_ theta: Double, _ pauli: Matrix) -> Matrix {
  let (c, s) = (Double.cos(theta / 2), Double.sin(theta / 2))
  let identity = Matrix.identity(4)
  return Matrix(dimension: 4, entries: zip(identity.entries, pauli.entries).map { c * $0 + Complex(0, -s) * $1 })
}

private let signZ = Matrix.diagonal([.one, -.one])

extension GateTable {
  static let twoQubit: [GateRecord] = [
    GateRecord(
      name: "swap", targetCount: 2, structure: .permutation, inverse: .itself,
      matrix: { _ in block(.zero, .one, .one, .zero) },
      decomposition: [("cx", [], [0, 1]), ("cx", [], [1, 0]), ("cx", [], [0, 1])], documentation: "Exchanges two qubits."),
    GateRecord(
      name: "iswap", targetCount: 2, structure: .dense, inverse: .exponent, matrix: { _ in block(.zero, .i, .i, .zero) },
      decomposition: [
        ("s", [], [0]), ("s", [], [1]), ("h", [], [0]), ("cx", [], [0, 1]), ("cx", [], [1, 0]), ("h", [], [1]),
      ], documentation: "Exchanges two qubits with phase i on |01⟩ and |10⟩."),
    GateRecord(
      name: "dcx", targetCount: 2, structure: .permutation, inverse: .exponent,
      matrix: { _ in
        Matrix([
          [.one, .zero, .zero, .zero], [.zero, .zero, .zero, .one], [.zero, .one, .zero, .zero], [.zero, .zero, .one, .zero],
        ])
      },
      decomposition: [("cx", [], [0, 1]), ("cx", [], [1, 0])], documentation: "Two cx, back to back, with exchanged roles."),
    GateRecord(
      name: "ecr", targetCount: 2, structure: .dense, inverse: .itself,
      matrix: { _ in
        let (a, b) = (Complex(rootHalf), Complex(0, rootHalf))
        return Matrix([[.zero, a, .zero, b], [a, .zero, -b, .zero], [.zero, b, .zero, a], [-b, .zero, a, .zero]])
      },
      decomposition: [("rzx", [quarterPi], [0, 1]), ("x", [], [0]), ("rzx", [-quarterPi], [0, 1])],
      documentation: "Echoed cross-resonance: (I⊗X − X⊗Y)/√2, equivalent to cx up to one-qubit gates."),
  ]

  static let interactions: [GateRecord] = [
    GateRecord(
      name: "rxx", parameterNames: ["theta"], targetCount: 2, structure: .dense, inverse: .parameters(negateAll),
      matrix: { rotation($0[0], notMatrix.tensor(notMatrix)) },
      decomposition: [
        ("h", [], [0]), ("h", [], [1]), ("rzz", [symbol("theta")], [0, 1]), ("h", [], [0]), ("h", [], [1]),
      ], documentation: "exp(−iθ/2·X⊗X)."),
    GateRecord(
      name: "ryy", parameterNames: ["theta"], targetCount: 2, structure: .dense, inverse: .parameters(negateAll),
      matrix: { rotation($0[0], pauliY.tensor(pauliY)) },
      decomposition: [
        ("rx", [halfPi], [0]), ("rx", [halfPi], [1]), ("rzz", [symbol("theta")], [0, 1]), ("rx", [-halfPi], [0]),
        ("rx", [-halfPi], [1]),
      ], documentation: "exp(−iθ/2·Y⊗Y)."),
    GateRecord(
      name: "rzz", parameterNames: ["theta"], targetCount: 2, structure: .diagonal, inverse: .parameters(negateAll),
      matrix: {
        let (same, other) = (Complex(phase: -$0[0] / 2), Complex(phase: $0[0] / 2))
        return .diagonal([same, other, other, same])
      },
      decomposition: [("cx", [], [0, 1]), ("rz", [symbol("theta")], [1]), ("cx", [], [0, 1])],
      documentation: "exp(−iθ/2·Z⊗Z)."),
    GateRecord(
      name: "rzx", parameterNames: ["theta"], targetCount: 2, structure: .dense, inverse: .parameters(negateAll),
      matrix: { rotation($0[0], notMatrix.tensor(signZ)) },
      decomposition: [("h", [], [1]), ("rzz", [symbol("theta")], [0, 1]), ("h", [], [1])],
      documentation: "exp(−iθ/2·X⊗Z): Z on the first qubit, X on the second; the cross-resonance interaction."),
    GateRecord(
      name: "xx_plus_yy", parameterNames: ["theta", "beta"], targetCount: 2, structure: .dense, inverse: .parameters(negateFirst),
      matrix: {
        let (c, s) = (Double.cos($0[0] / 2), Double.sin($0[0] / 2))
        return block(Complex(c), Complex(0, -s) * Complex(phase: -$0[1]), Complex(0, -s) * Complex(phase: $0[1]), Complex(c))
      },
      decomposition: [
        ("rz", [symbol("beta")], [0]), ("rxx", [symbol("theta") / 2], [0, 1]), ("ryy", [symbol("theta") / 2], [0, 1]),
        ("rz", [-symbol("beta")], [0]),
      ], documentation: "exp(−iθ/4·(X⊗X + Y⊗Y)) between rotations by ±β: mixes |01⟩ and |10⟩."),
    GateRecord(
      name: "xx_minus_yy", parameterNames: ["theta", "beta"], targetCount: 2, structure: .dense, inverse: .parameters(negateFirst),
      matrix: {
        let (c, s) = (Double.cos($0[0] / 2), Double.sin($0[0] / 2))
        var result = Matrix.identity(4)
        (result[0, 0], result[3, 3]) = (Complex(c), Complex(c))
        result[0, 3] = Complex(0, -s) * Complex(phase: -$0[1])
        result[3, 0] = Complex(0, -s) * Complex(phase: $0[1])
        return result
      },
      decomposition: [
        ("rz", [-symbol("beta")], [1]), ("rxx", [symbol("theta") / 2], [0, 1]), ("ryy", [-symbol("theta") / 2], [0, 1]),
        ("rz", [symbol("beta")], [1]),
      ], documentation: "exp(−iθ/4·(X⊗X − Y⊗Y)) between rotations by ±β: mixes |00⟩ and |11⟩."),
    GateRecord(
      name: "fsim", parameterNames: ["theta", "phi"], targetCount: 2, structure: .dense, inverse: .parameters(negateAll),
      matrix: {
        let (c, s) = (Complex(Double.cos($0[0])), Complex(0, -Double.sin($0[0])))
        return block(c, s, s, c, outer: (.one, Complex(phase: -$0[1])))
      },
      decomposition: [
        ("rxx", [symbol("theta")], [0, 1]), ("ryy", [symbol("theta")], [0, 1]), ("cp", [-symbol("phi")], [0, 1]),
      ],
      documentation: "Fermionic simulation: partial iswap by θ, then phase e^{−iφ} on |11⟩ (Foxen et al. 2020, arXiv:2001.08343)."),
  ]
}
