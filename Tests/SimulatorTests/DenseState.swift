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

  /// Σ KρK† for any matrices, column by column.
  static func applying(_ operators: [Matrix], _ qubits: [Int], to state: [[Complex]]) -> [[Complex]] {
    let empty = Array(repeating: Array(repeating: Complex.zero, count: state.count), count: state.count)
    return operators.reduce(empty) { sum, matrix in
      func left(_ rows: [[Complex]]) -> [[Complex]] {
        // Each column is a vector; rows are taken as columns of the transpose.
        rows.map {
          ReferenceInterpreter.applying(.matrix(matrix, structure: .dense, targets: qubits, controls: []), to: $0)
        }
      }
      func adjoint(_ rows: [[Complex]]) -> [[Complex]] { rows.indices.map { row in rows.indices.map { rows[$0][row].conjugate } } }
      // K(Kρ)†: as a list of columns, ρ becomes Kρ, its adjoint's columns again.
      let columns = rows(of: state)
      let once = adjoint(left(columns))
      let twice = left(once)
      return zip(sum, rows(of: twice)).map { zip($0, $1).map { $0 + $1 } }
    }
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
