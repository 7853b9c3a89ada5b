internal import RealModule

extension GateTable {
  static let controlledOneQubit: [GateRecord] = [
    GateRecord(
      name: "cx", aliases: ["CX", "cnot"], controlCount: 1, structure: .permutation, inverse: .itself, matrix: { _ in notMatrix },
      documentation: "Controlled X: flips the second qubit where the first is 1."),
    GateRecord(
      name: "cy", controlCount: 1, structure: .dense, inverse: .itself, matrix: { _ in pauliY },
      decomposition: [("sdg", [], [1]), ("cx", [], [0, 1]), ("s", [], [1])], documentation: "Controlled Y."),
    GateRecord(
      name: "cz", controlCount: 1, structure: .diagonal, inverse: .itself, matrix: { _ in .diagonal([.one, -.one]) },
      decomposition: [("h", [], [1]), ("cx", [], [0, 1]), ("h", [], [1])], documentation: "Controlled Z: flips the sign of |11⟩."),
    GateRecord(
      name: "ch", controlCount: 1, structure: .dense, inverse: .itself, matrix: { _ in hadamard },
      decomposition: [
        ("s", [], [1]), ("h", [], [1]), ("t", [], [1]), ("cx", [], [0, 1]), ("tdg", [], [1]), ("h", [], [1]), ("sdg", [], [1]),
      ], documentation: "Controlled Hadamard."),
    GateRecord(
      name: "cs", controlCount: 1, structure: .diagonal, inverse: .gate("csdg"), matrix: { _ in .diagonal([.one, .i]) },
      decomposition: [("cp", [halfPi], [0, 1])], documentation: "Controlled S: phase i on |11⟩."),
    GateRecord(
      name: "csdg", controlCount: 1, structure: .diagonal, inverse: .gate("cs"), matrix: { _ in .diagonal([.one, -.i]) },
      decomposition: [("cp", [-halfPi], [0, 1])], documentation: "Inverse of cs: phase −i on |11⟩."),
    GateRecord(
      name: "csx", controlCount: 1, structure: .dense, inverse: .exponent, matrix: { _ in squareRootOfX },
      decomposition: [("h", [], [1]), ("cp", [halfPi], [0, 1]), ("h", [], [1])], documentation: "Controlled square root of X."),
    GateRecord(
      name: "cp", aliases: ["cphase", "cu1"], parameterNames: ["lambda"], controlCount: 1, structure: .diagonal,
      inverse: .parameters(negateAll), matrix: { .diagonal([.one, Complex(phase: $0[0])]) },
      decomposition: [
        ("p", [symbol("lambda") / 2], [0]), ("cx", [], [0, 1]), ("p", [-symbol("lambda") / 2], [1]), ("cx", [], [0, 1]),
        ("p", [symbol("lambda") / 2], [1]),
      ], documentation: "Controlled phase: phase e^{iλ} on |11⟩."),
    GateRecord(
      name: "crx", parameterNames: ["theta"], controlCount: 1, structure: .dense, inverse: .parameters(negateAll),
      matrix: { equatorialMatrix($0[0], 0) },
      decomposition: [
        ("s", [], [1]), ("cx", [], [0, 1]), ("ry", [-symbol("theta") / 2], [1]), ("cx", [], [0, 1]),
        ("ry", [symbol("theta") / 2], [1]), ("sdg", [], [1]),
      ], documentation: "Controlled rotation about X."),
    GateRecord(
      name: "cry", parameterNames: ["theta"], controlCount: 1, structure: .dense, inverse: .parameters(negateAll),
      matrix: { eulerMatrix($0[0], 0, 0) },
      decomposition: [
        ("ry", [symbol("theta") / 2], [1]), ("cx", [], [0, 1]), ("ry", [-symbol("theta") / 2], [1]), ("cx", [], [0, 1]),
      ], documentation: "Controlled rotation about Y."),
    GateRecord(
      name: "crz", parameterNames: ["theta"], controlCount: 1, structure: .diagonal, inverse: .parameters(negateAll),
      matrix: { .diagonal([Complex(phase: -$0[0] / 2), Complex(phase: $0[0] / 2)]) },
      decomposition: [
        ("rz", [symbol("theta") / 2], [1]), ("cx", [], [0, 1]), ("rz", [-symbol("theta") / 2], [1]), ("cx", [], [0, 1]),
      ], documentation: "Controlled rotation about Z."),
    GateRecord(
      name: "cu", parameterNames: ["theta", "phi", "lambda", "gamma"], controlCount: 1, structure: .dense,
      inverse: .parameters({ [-$0[0], -$0[2], -$0[1], -$0[3]] }),
      matrix: {
        let phase = Complex(phase: $0[3])
        return Matrix(dimension: 2, entries: eulerMatrix($0[0], $0[1], $0[2]).entries.map { phase * $0 })
      },
      decomposition: [
        ("p", [symbol("gamma")], [0]), ("cu3", [symbol("theta"), symbol("phi"), symbol("lambda")], [0, 1]),
      ], documentation: "Controlled e^{iγ}·u(θ, φ, λ)."),
    GateRecord(
      name: "cu3", parameterNames: ["theta", "phi", "lambda"], controlCount: 1, structure: .dense,
      inverse: .parameters({ [-$0[0], -$0[2], -$0[1]] }), matrix: { eulerMatrix($0[0], $0[1], $0[2]) },
      decomposition: [
        ("p", [(symbol("lambda") + symbol("phi")) / 2], [0]), ("p", [(symbol("lambda") - symbol("phi")) / 2], [1]),
        ("cx", [], [0, 1]), ("u", [-symbol("theta") / 2, 0, -(symbol("phi") + symbol("lambda")) / 2], [1]), ("cx", [], [0, 1]),
        ("u", [symbol("theta") / 2, symbol("phi"), 0], [1]),
      ], documentation: "Controlled u(θ, φ, λ)."),
  ]
}
