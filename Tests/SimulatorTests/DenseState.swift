import Circuits
import Simulator
import TestSupport

/// Dense density matrices, by definition.
enum DenseState {
  static func zero(_ qubitCount: Int) -> [[Complex]] {
    var result = Array(repeating: Array(repeating: Complex.zero, count: 1 << qubitCount), count: 1 << qubitCount)
    result[0][0] = .one
    return result
  }

  /// Σ KρK†.
  static func applying(_ channel: Channel, _ qubits: [Int], to state: [[Complex]]) -> [[Complex]] {
    applying(channel.krausOperators, qubits, to: state)
  }

  /// Σ KρK† for any matrices.
  static func applying(_ operators: [Matrix], _ qubits: [Int], to state: [[Complex]]) -> [[Complex]] {
    let empty = Array(repeating: Array(repeating: Complex.zero, count: state.count), count: state.count)
    return operators.reduce(empty) { sum, matrix in
      let term = applying(.matrix(matrix, structure: .dense, targets: qubits, controls: []), to: state)
      return zip(sum, term).map { zip($0, $1).map { $0 + $1 } }
    }
  }

  /// UρU† for a gate, column by column.
  static func applying(_ gate: ResolvedGate, to state: [[Complex]]) -> [[Complex]] {
    func left(_ columns: [[Complex]]) -> [[Complex]] { columns.map { ReferenceInterpreter.applying(gate, to: $0) } }
    func adjoint(_ rows: [[Complex]]) -> [[Complex]] { rows.indices.map { row in rows.indices.map { rows[$0][row].conjugate } } }
    // U(Uρ)†: as a list of columns, ρ becomes Uρ, its adjoint's columns again.
    return rows(of: left(adjoint(left(rows(of: state)))))
  }

  /// From rows to columns and back.
  private static func rows(of columns: [[Complex]]) -> [[Complex]] { columns.indices.map { row in columns.map { $0[row] } } }

  /// Tr(Pρ) for a string by its masks: one entry of each column.
  static func expectation(_ pauli: PauliMask, _ state: [[Complex]]) -> Double {
    let x = Int(pauli.x)
    // P|j⟩ = i^|x∧z| (−1)^|j∧z| |j ⊕ x⟩.
    let phase = [Complex.one, Complex(0, 1), -.one, Complex(0, -1)][(pauli.x & pauli.z).nonzeroBitCount & 3]
    return state.indices.reduce(0) { sum, j in
      let sign: Complex = (UInt64(j) & pauli.z).nonzeroBitCount & 1 == 0 ? .one : -.one
      return sum + (phase * sign * state[j][j ^ x]).real
    }
  }
}
