internal import RealModule

/// Shorthand for the table: a parameter by name.
func symbol(_ name: String) -> ClassicalExpression { .parameter(Parameter(name)) }

let pi = ClassicalExpression(Double.pi)
let halfPi = ClassicalExpression(Double.pi / 2)
let quarterPi = ClassicalExpression(Double.pi / 4)
let rootHalf = 0.5.squareRoot()

let negateAll: @Sendable ([ClassicalExpression]) -> [ClassicalExpression] = { $0.map { -$0 } }
let negateFirst: @Sendable ([ClassicalExpression]) -> [ClassicalExpression] = { [-$0[0]] + $0.dropFirst() }

/// u(θ, φ, λ) = [[cos θ/2, −e^{iλ} sin θ/2], [e^{iφ} sin θ/2, e^{i(φ+λ)} cos θ/2]].
func eulerMatrix(_ theta: Double, _ phi: Double, _ lambda: Double) -> Matrix {
  let (c, s) = (Double.cos(theta / 2), Double.sin(theta / 2))
  return Matrix([[Complex(c), -(s * Complex(phase: lambda))], [s * Complex(phase: phi), c * Complex(phase: phi + lambda)]])
}

/// exp(−iθ/2·(cos φ·X + sin φ·Y)).
func equatorialMatrix(_ theta: Double, _ phi: Double) -> Matrix {
  let (c, s) = (Double.cos(theta / 2), Double.sin(theta / 2))
  return Matrix([[Complex(c), Complex(0, -s) * Complex(phase: -phi)], [Complex(0, -s) * Complex(phase: phi), Complex(c)]])
}

let squareRootOfX = Matrix([[Complex(0.5, 0.5), Complex(0.5, -0.5)], [Complex(0.5, -0.5), Complex(0.5, 0.5)]])
let notMatrix = Matrix([[.zero, .one], [.one, .zero]])
let pauliY = Matrix([[.zero, Complex(0, -1)], [.i, .zero]])
let hadamard = Matrix([[Complex(rootHalf), Complex(rootHalf)], [Complex(rootHalf), Complex(-rootHalf)]])

extension GateTable {
  static let oneQubit: [GateRecord] = [
    GateRecord(
      name: "id", aliases: ["i"], structure: .diagonal, inverse: .itself, matrix: { _ in .identity(2) },
      decomposition: [("u", [0, 0, 0], [0])], documentation: "Identity: does nothing."),
    GateRecord(
      name: "x", structure: .permutation, inverse: .itself, matrix: { _ in notMatrix },
      decomposition: [("u", [pi, 0, pi], [0])], documentation: "Pauli X: exchanges |0⟩ and |1⟩."),
    GateRecord(
      name: "y", structure: .dense, inverse: .itself, matrix: { _ in pauliY },
      decomposition: [("u", [pi, halfPi, halfPi], [0])], documentation: "Pauli Y: exchanges |0⟩ and |1⟩ with phases i and −i."),
    GateRecord(
      name: "z", structure: .diagonal, inverse: .itself, matrix: { _ in .diagonal([.one, -.one]) },
      decomposition: [("p", [pi], [0])], documentation: "Pauli Z: flips the sign of |1⟩."),
    GateRecord(
      name: "h", structure: .dense, inverse: .itself, matrix: { _ in hadamard },
      decomposition: [("u", [halfPi, 0, pi], [0])], documentation: "Hadamard: exchanges the X and Z axes."),
    GateRecord(
      name: "s", structure: .diagonal, inverse: .gate("sdg"), matrix: { _ in .diagonal([.one, .i]) },
      decomposition: [("p", [halfPi], [0])], documentation: "Square root of Z: phase i on |1⟩."),
    GateRecord(
      name: "sdg", structure: .diagonal, inverse: .gate("s"), matrix: { _ in .diagonal([.one, -.i]) },
      decomposition: [("p", [-halfPi], [0])], documentation: "Inverse of s: phase −i on |1⟩."),
    GateRecord(
      name: "t", structure: .diagonal, inverse: .gate("tdg"), matrix: { _ in .diagonal([.one, Complex(rootHalf, rootHalf)]) },
      decomposition: [("p", [quarterPi], [0])], documentation: "Fourth root of Z: phase exp(iπ/4) on |1⟩."),
    GateRecord(
      name: "tdg", structure: .diagonal, inverse: .gate("t"), matrix: { _ in .diagonal([.one, Complex(rootHalf, -rootHalf)]) },
      decomposition: [("p", [-quarterPi], [0])], documentation: "Inverse of t: phase exp(−iπ/4) on |1⟩."),
    GateRecord(
      name: "sx", structure: .dense, inverse: .gate("sxdg"), matrix: { _ in squareRootOfX },
      decomposition: [("gphase", [quarterPi], []), ("rx", [halfPi], [0])], documentation: "Square root of X."),
    GateRecord(
      name: "sxdg", structure: .dense, inverse: .gate("sx"), matrix: { _ in squareRootOfX.adjoint() },
      decomposition: [("gphase", [-quarterPi], []), ("rx", [-halfPi], [0])], documentation: "Inverse of the square root of X."),
  ]

  static let rotations: [GateRecord] = [
    GateRecord(
      name: "gphase", parameterNames: ["gamma"], targetCount: 0, structure: .diagonal, inverse: .parameters(negateAll),
      matrix: { .diagonal([Complex(phase: $0[0])]) },
      documentation: "Global phase: multiplies the state by exp(iγ); under controls a phase on the controlled subspace."),
    GateRecord(
      name: "rx", parameterNames: ["theta"], structure: .dense, inverse: .parameters(negateAll),
      matrix: { equatorialMatrix($0[0], 0) },
      decomposition: [("u", [symbol("theta"), -halfPi, halfPi], [0])], documentation: "Rotation about X: exp(−iθX/2)."),
    GateRecord(
      name: "ry", parameterNames: ["theta"], structure: .dense, inverse: .parameters(negateAll),
      matrix: { eulerMatrix($0[0], 0, 0) },
      decomposition: [("u", [symbol("theta"), 0, 0], [0])], documentation: "Rotation about Y: exp(−iθY/2)."),
    GateRecord(
      name: "rz", parameterNames: ["theta"], structure: .diagonal, inverse: .parameters(negateAll),
      matrix: { .diagonal([Complex(phase: -$0[0] / 2), Complex(phase: $0[0] / 2)]) },
      decomposition: [("gphase", [-symbol("theta") / 2], []), ("p", [symbol("theta")], [0])],
      documentation: "Rotation about Z: exp(−iθZ/2) = diag(e^{−iθ/2}, e^{iθ/2})."),
    GateRecord(
      name: "p", aliases: ["phase", "u1"], parameterNames: ["lambda"], structure: .diagonal, inverse: .parameters(negateAll),
      matrix: { .diagonal([.one, Complex(phase: $0[0])]) },
      decomposition: [("u", [0, 0, symbol("lambda")], [0])], documentation: "Phase: diag(1, e^{iλ})."),
    GateRecord(
      name: "u2", parameterNames: ["phi", "lambda"], structure: .dense, inverse: .parameters({ [-$0[1] - pi, -$0[0] + pi] }),
      matrix: { eulerMatrix(Double.pi / 2, $0[0], $0[1]) },
      decomposition: [("u", [halfPi, symbol("phi"), symbol("lambda")], [0])], documentation: "u(π/2, φ, λ)."),
    GateRecord(
      name: "u", aliases: ["u3"], parameterNames: ["theta", "phi", "lambda"], structure: .dense,
      inverse: .parameters({ [-$0[0], -$0[2], -$0[1]] }), matrix: { eulerMatrix($0[0], $0[1], $0[2]) },
      documentation: "Any one-qubit gate up to global phase: Rz(φ)·Ry(θ)·Rz(λ) with the phase that makes the first entry real."),
    GateRecord(
      name: "U", parameterNames: ["theta", "phi", "lambda"], structure: .dense,
      inverse: .parameters({ [-$0[0], -$0[2], -$0[1]] }),
      matrix: {
        let phase = Complex(phase: $0[0] / 2)
        return Matrix(dimension: 2, entries: eulerMatrix($0[0], $0[1], $0[2]).entries.map { phase * $0 })
      },
      decomposition: [
        ("gphase", [symbol("theta") / 2], []), ("u", [symbol("theta"), symbol("phi"), symbol("lambda")], [0]),
      ],
      documentation: "OpenQASM 3's built-in U: e^{iθ/2}·u(θ, φ, λ). OpenQASM 2's U is u."),
    GateRecord(
      name: "r", aliases: ["prx"], parameterNames: ["theta", "phi"], structure: .dense, inverse: .parameters(negateFirst),
      matrix: { equatorialMatrix($0[0], $0[1]) },
      decomposition: [("u", [symbol("theta"), symbol("phi") - halfPi, halfPi - symbol("phi")], [0])],
      documentation: "Rotation about an axis in the equator: exp(−iθ/2·(cos φ·X + sin φ·Y))."),
  ]
}
