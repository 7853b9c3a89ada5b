/// How often what some bits are is read as what they are not, and its inverse.
public struct ConfusionMatrix: Hashable, Sendable {
  /// The bits' places in an outcome; the first is the least significant of an index.
  public let bits: [Int]
  /// probabilities[n][m]: how often n is read as m. Rows add up to 1.
  public let probabilities: [[Double]]
  /// The probabilities as a matrix.
  let forward: RealMatrix
  /// inverse[m, n]: with which factor the reading m counts for n; nil if there is no inverse.
  private let inverse: RealMatrix?

  /// Makes a matrix.
  ///
  /// - Throws: ``MitigationError``: `limit_exceeded` for more than ``Limits/jointBitCount`` bits, `invalid_results` for rows that are no
  ///   distributions of 2ᵏ readings, to 1e-8.
  public init(bits: [Int], probabilities: [[Double]]) throws(MitigationError) {
    guard (1...Limits.jointBitCount).contains(bits.count) else {
      throw MitigationError(
        .limitExceeded,
        "readout: a confusion matrix of \(bits.count) bits; 1 to \(Limits.jointBitCount) are accepted, more as several matrices")
    }
    let size = 1 << bits.count
    guard Set(bits).count == bits.count, probabilities.count == size, probabilities.allSatisfy({ Self.isDistribution($0, size) })
    else {
      throw MitigationError(
        .invalidResults,
        "readout: a confusion matrix of bits \(bits) that is not \(size) rows of \(size) probabilities, each adding up to 1")
    }
    (self.bits, self.probabilities, forward) = (bits, probabilities, RealMatrix(probabilities))
    inverse = forward.inverse()
  }

  /// The inverse.
  ///
  /// - Throws: ``MitigationError`` with code `singular` if there is none.
  func inverted() throws(MitigationError) -> RealMatrix {
    guard let inverse else {
      throw MitigationError(
        .singular,
        "readout: the confusion matrix of bits \(bits) has no inverse, as some values are read alike; unfolding is accepted")
    }
    return inverse
  }

  private static func isDistribution(_ row: [Double], _ size: Int) -> Bool {
    row.count == size && row.allSatisfy { $0 >= 0 } && abs(row.reduce(0, +) - 1) <= 1e-8
  }

  /// What an outcome's own bits are, as an index of the matrix.
  func index(of state: UInt64) -> Int {
    bits.enumerated().reduce(0) { $0 | Int(state >> UInt64($1.element) & 1) << $1.offset }
  }

  /// By reading, the value on average of a sign over these bits, errors undone: Σₙ inverse[m, n]·(−1)^(n∧mask).
  ///
  /// - Throws: ``MitigationError``, as ``inverted()``.
  func unbiasedSigns(_ mask: UInt64) throws(MitigationError) -> [Double] {
    let (own, inverse) = (index(of: mask), try inverted())
    return (0..<inverse.rowCount).map { reading in
      (0..<inverse.columnCount).reduce(0) { sum, truth in
        sum + inverse[reading, truth] * ((truth & own).nonzeroBitCount & 1 == 0 ? 1 : -1)
      }
    }
  }

  /// Applies a matrix m[n][m], or its transpose, to a dense distribution over all bits.
  func apply(_ matrix: RealMatrix, transposed: Bool, to values: inout [Double]) {
    let mask = bits.reduce(0) { $0 | 1 << $1 }
    let offsets = (0..<1 << bits.count).map { local in
      bits.enumerated().reduce(0) { $0 | (local >> $1.offset & 1) << $1.element }
    }
    for base in values.indices where base & mask == 0 {
      let old = offsets.map { values[base | $0] }
      for (target, offset) in offsets.enumerated() {
        var sum = 0.0
        for source in old.indices { sum += (transposed ? matrix[source, target] : matrix[target, source]) * old[source] }
        values[base | offset] = sum
      }
    }
  }
}
