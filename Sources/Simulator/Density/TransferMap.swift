package import Circuits

/// A map of the operators on some qubits of a density matrix, in the basis of the Pauli strings.
package struct TransferMap: Hashable, Sendable {
  /// The first under digit 0 of the matrix.
  package let qubits: [Int]
  package let matrix: PauliTransferMatrix

  package init(_ matrix: PauliTransferMatrix, on qubits: [Int]) {
    precondition(matrix.qubitCount == qubits.count, "a map of \(matrix.qubitCount) qubits on \(qubits.count)")
    (self.matrix, self.qubits) = (matrix, qubits)
  }

  /// The map that an operation is; it may be one that keeps no norm.
  ///
  /// - Returns: Nil for more than ``Limits/channelQubitCount`` qubits: a ``WideGate``, or a rotation about a long string.
  package init?(_ operation: StateOperation) {
    let qubits = operation.touchedQubits
    guard qubits.count <= Circuits.Limits.channelQubitCount else { return nil }
    // What touches no qubit is a phase, which a density matrix does not have.
    let touched = qubits.isEmpty ? [0] : qubits
    self.init(PauliTransferMatrix(unitary: operation.matrix(on: touched)), on: touched)
  }

  /// Puts a qubit into |0⟩.
  package static func reset(_ qubit: Int) -> TransferMap {
    var matrix = PauliTransferMatrix(qubitCount: 1)
    (matrix[1, 1], matrix[2, 2], matrix[3, 3], matrix[2, 0]) = (0, 0, 0, 1)
    return TransferMap(matrix, on: [qubit])
  }

  /// First another map, then this one, on the qubits of both.
  package func following(_ other: TransferMap) -> TransferMap {
    let all = (other.qubits + qubits.filter { !other.qubits.contains($0) })
    return TransferMap(spread(over: all) * other.spread(over: all), on: all)
  }

  /// The matrix on more qubits, of which it leaves the others as they are.
  private func spread(over all: [Int]) -> PauliTransferMatrix {
    if all == qubits { return matrix }
    var result = PauliTransferMatrix(qubitCount: all.count)
    let places = qubits.map { qubit in all.firstIndex(of: qubit) ?? 0 }
    let mask = places.reduce(0) { $0 | 3 << (2 * $1) }
    func local(_ number: Int) -> Int { places.enumerated().reduce(0) { $0 | (number >> (2 * $1.element) & 3) << (2 * $1.offset) } }
    for row in 0..<result.dimension {
      for column in 0..<result.dimension {
        result[row, column] = row & ~mask == column & ~mask ? matrix[local(row), local(column)] : 0
      }
    }
    return result
  }
}

extension StateOperation {
  /// The qubits that it touches: targets or letters, then controls.
  var touchedQubits: [Int] {
    let targets: [Int] =
      switch self {
      case .matrix(_, let targets, _), .diagonal(_, let targets, _), .permutation(_, let targets, _): targets
      case .pauliRotation(let x, let z, _, _): (0..<64).filter { (x | z) >> UInt64($0) & 1 == 1 }
      }
    return targets + (0..<64).filter { controls.mask >> UInt64($0) & 1 == 1 }
  }
}
