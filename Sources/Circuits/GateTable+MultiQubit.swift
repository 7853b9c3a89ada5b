internal import RealModule

/// What a gate's steps multiply to: for relative-phase gates, whose definition is a circuit.
private func entries(dimension: Int, _ moved: [(row: Int, column: Int, value: Complex)]) -> Matrix {
  var result = Matrix.identity(dimension)
  for index in moved { result[index.column, index.column] = .zero }
  for index in moved { result[index.row, index.column] = index.value }
  return result
}

extension GateTable {
  static let multiQubit: [GateRecord] = [
    GateRecord(
      name: "ccx", aliases: ["toffoli"], controlCount: 2, structure: .permutation, inverse: .itself, matrix: { _ in notMatrix },
      decomposition: [
        ("h", [], [2]), ("cx", [], [1, 2]), ("tdg", [], [2]), ("cx", [], [0, 2]), ("t", [], [2]), ("cx", [], [1, 2]),
        ("tdg", [], [2]), ("cx", [], [0, 2]), ("t", [], [1]), ("t", [], [2]), ("h", [], [2]), ("cx", [], [0, 1]), ("t", [], [0]),
        ("tdg", [], [1]), ("cx", [], [0, 1]),
      ], documentation: "Toffoli: flips the third qubit where the first two are 1."),
    GateRecord(
      name: "ccz", controlCount: 2, structure: .diagonal, inverse: .itself, matrix: { _ in .diagonal([.one, -.one]) },
      decomposition: [("h", [], [2]), ("ccx", [], [0, 1, 2]), ("h", [], [2])], documentation: "Flips the sign of |111⟩."),
    GateRecord(
      name: "cswap", aliases: ["fredkin"], controlCount: 1, targetCount: 2, structure: .permutation, inverse: .itself,
      matrix: { _ in
        Matrix([
          [.one, .zero, .zero, .zero], [.zero, .zero, .one, .zero], [.zero, .one, .zero, .zero], [.zero, .zero, .zero, .one],
        ])
      },
      decomposition: [("cx", [], [2, 1]), ("ccx", [], [0, 1, 2]), ("cx", [], [2, 1])],
      documentation: "Fredkin: exchanges the last two qubits where the first is 1."),
    GateRecord(
      name: "rccx", targetCount: 3, structure: .dense, inverse: .itself,
      matrix: { _ in entries(dimension: 8, [(7, 3, .i), (3, 7, -.i), (5, 5, -.one)]) },
      decomposition: [
        ("u2", [0, pi], [2]), ("p", [quarterPi], [2]), ("cx", [], [1, 2]), ("p", [-quarterPi], [2]), ("cx", [], [0, 2]),
        ("p", [quarterPi], [2]), ("cx", [], [1, 2]), ("p", [-quarterPi], [2]), ("u2", [0, pi], [2]),
      ], documentation: "Toffoli up to relative phases, with three cx (Maslov 2016, arXiv:1508.03273)."),
    GateRecord(
      name: "c3x", aliases: ["mcx3"], controlCount: 3, structure: .permutation, inverse: .itself, matrix: { _ in notMatrix },
      decomposition: [
        ("h", [], [3]), ("cp", [quarterPi], [0, 3]), ("cx", [], [0, 1]), ("cp", [-quarterPi], [1, 3]), ("cx", [], [0, 1]),
        ("cp", [quarterPi], [1, 3]), ("cx", [], [1, 2]), ("cp", [-quarterPi], [2, 3]), ("cx", [], [0, 2]),
        ("cp", [quarterPi], [2, 3]),
        ("cx", [], [1, 2]), ("cp", [-quarterPi], [2, 3]), ("cx", [], [0, 2]), ("cp", [quarterPi], [2, 3]), ("h", [], [3]),
      ], documentation: "Flips the fourth qubit where the first three are 1."),
    GateRecord(
      name: "c3sx", aliases: ["c3sqrtx"], controlCount: 3, structure: .dense, inverse: .exponent, matrix: { _ in squareRootOfX },
      decomposition: [
        ("h", [], [3]), ("cp", [quarterPi / 2], [0, 3]), ("cx", [], [0, 1]), ("cp", [-quarterPi / 2], [1, 3]), ("cx", [], [0, 1]),
        ("cp", [quarterPi / 2], [1, 3]), ("cx", [], [1, 2]), ("cp", [-quarterPi / 2], [2, 3]), ("cx", [], [0, 2]),
        ("cp", [quarterPi / 2], [2, 3]), ("cx", [], [1, 2]), ("cp", [-quarterPi / 2], [2, 3]), ("cx", [], [0, 2]),
        ("cp", [quarterPi / 2], [2, 3]), ("h", [], [3]),
      ], documentation: "Square root of X on the fourth qubit where the first three are 1."),
    GateRecord(
      name: "c4x", aliases: ["mcx4"], controlCount: 4, structure: .permutation, inverse: .itself, matrix: { _ in notMatrix },
      decomposition: [
        ("h", [], [4]), ("cp", [halfPi], [3, 4]), ("h", [], [4]), ("c3x", [], [0, 1, 2, 3]), ("h", [], [4]),
        ("cp", [-halfPi], [3, 4]),
        ("h", [], [4]), ("c3x", [], [0, 1, 2, 3]), ("c3sx", [], [0, 1, 2, 4]),
      ], documentation: "Flips the fifth qubit where the first four are 1."),
    GateRecord(
      name: "rc3x", aliases: ["rcccx"], targetCount: 4, structure: .dense, inverse: .exponent,
      matrix: { _ in entries(dimension: 16, [(15, 7, -.one), (7, 15, .one), (11, 11, -.i), (3, 3, .i)]) },
      decomposition: [
        ("u2", [0, pi], [3]), ("p", [quarterPi], [3]), ("cx", [], [2, 3]), ("p", [-quarterPi], [3]), ("u2", [0, pi], [3]),
        ("cx", [], [0, 3]), ("p", [quarterPi], [3]), ("cx", [], [1, 3]), ("p", [-quarterPi], [3]), ("cx", [], [0, 3]),
        ("p", [quarterPi], [3]), ("cx", [], [1, 3]), ("p", [-quarterPi], [3]), ("u2", [0, pi], [3]), ("p", [quarterPi], [3]),
        ("cx", [], [2, 3]), ("p", [-quarterPi], [3]), ("u2", [0, pi], [3]),
      ], documentation: "c3x up to relative phases, with six cx (Maslov 2016, arXiv:1508.03273)."),
  ]
}
