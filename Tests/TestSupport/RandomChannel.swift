public import Circuits

/// Random unitaries and channels: the columns of random matrices made orthogonal.
public struct RandomChannel {
  private let qubitCount: Int
  private var generator: SplitMix

  /// Starts from a seed.
  public init(qubitCount: Int, seed: UInt64) { (self.qubitCount, generator) = (qubitCount, SplitMix(seed: seed)) }

  /// A channel that a random unitary on more qubits makes of these.
  public func channel(operatorCount: Int) throws -> Channel {
    var copy = self
    let size = 1 << qubitCount
    let columns = copy.orthonormal(count: size, length: size * operatorCount)
    return try Channel(
      kraus: (0..<operatorCount).map { number in
        Matrix((0..<size).map { row in columns.map { $0[number * size + row] } })
      })
  }

  /// A unitary that is as likely as any other.
  public mutating func unitary(dimension: Int) -> Matrix {
    let columns = orthonormal(count: dimension, length: dimension)
    return Matrix((0..<dimension).map { row in columns.map { $0[row] } })
  }

  private mutating func orthonormal(count: Int, length: Int) -> [[Complex]] {
    var found = [[Complex]]()
    while found.count < count {
      var vector = (0..<length).map { _ in
        Complex(Double.random(in: -1...1, using: &generator), Double.random(in: -1...1, using: &generator))
      }
      // Twice, because once leaves rounding errors.
      for other in found + found {
        let overlap = zip(other, vector).reduce(Complex.zero) { $0 + $1.0.conjugate * $1.1 }
        vector = zip(vector, other).map { $0 - overlap * $1 }
      }
      let norm = vector.reduce(0) { $0 + $1.lengthSquared }.squareRoot()
      found.append(vector.map { $0 / norm })
    }
    return found
  }
}
