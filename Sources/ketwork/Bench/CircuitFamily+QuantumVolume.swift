internal import Circuits

extension CircuitFamily {
  /// n layers; each pairs the qubits at random and applies a Haar-random two-qubit unitary to every pair, as one dense gate.
  ///
  /// For an odd number of qubits one of them idles in each layer.
  ///
  /// Source: Cross, Bishop, Sheldon, Nation and Gambetta (2019), arXiv:1811.12926.
  static func quantumVolumeCircuit(qubitCount: Int, seed: UInt64) throws(CircuitError) -> Circuit {
    var circuit = try Circuit(qubitCount: qubitCount)
    var generator = SplitMix64(seed: seed)
    for _ in 0..<qubitCount {
      let order = (0..<qubitCount).shuffled(using: &generator)
      for pair in 0..<qubitCount / 2 {
        try circuit.append(unitary: .haarRandom(dimension: 4, using: &generator), on: [order[2 * pair], order[2 * pair + 1]])
      }
    }
    return circuit
  }
}

extension Matrix {
  /// A unitary drawn from the Haar measure: the columns of a complex normal matrix, made orthonormal one after the other.
  ///
  /// Gram and Schmidt's factor R has a positive diagonal, which is what makes Q Haar distributed.
  ///
  /// Source: Mezzadri (2007), arXiv:math-ph/0609050, §5.
  static func haarRandom(dimension: Int, using generator: inout SplitMix64) -> Matrix {
    var columns = [[Complex]]()
    for _ in 0..<dimension {
      var column = (0..<dimension).map { _ in generator.nextNormal() }
      // Twice is enough to be orthogonal to rounding.
      for other in columns + columns {
        let overlap = zip(other, column).reduce(Complex.zero) { $0 + $1.0.conjugate * $1.1 }
        for row in 0..<dimension { column[row] = column[row] - overlap * other[row] }
      }
      let length = column.reduce(0) { $0 + $1.lengthSquared }.squareRoot()
      columns.append(column.map { $0 / length })
    }
    return Matrix((0..<dimension).map { row in columns.map { $0[row] } })
  }
}
