/// How outcomes of measurements are misread: a channel on classical bits.
public struct ReadoutError: Hashable, Sendable {
  /// How many bits are read together: 1 to ``Limits/readoutBitCount``.
  public let bitCount: Int
  /// probabilities[n][m]: how often what is n is read as m; bit 0 is the least significant. Rows add up to 1. As Qiskit Aer's.
  public let probabilities: [[Double]]

  /// Makes a readout error.
  ///
  /// - Throws: ``CircuitError`` with code `invalid_channel` unless it is 2ᵏ rows of 2ᵏ probabilities, each of which adds up to 1, to 1e-8.
  public init(_ probabilities: [[Double]]) throws(CircuitError) {
    let name = "readout error", bitCount = probabilities.count.trailingZeroBitCount
    guard probabilities.count == 1 << bitCount, (1...Limits.readoutBitCount).contains(bitCount) else {
      throw CircuitError(
        .invalidChannel, "\(name): \(probabilities.count) rows; 2ᵏ for k = 1 to \(Limits.readoutBitCount) bits are accepted")
    }
    var rows = [[Double]]()
    for (index, row) in probabilities.enumerated() {
      guard row.count == probabilities.count else {
        throw CircuitError(.invalidChannel, "\(name): row \(index) has \(row.count) entries, there are \(probabilities.count) rows")
      }
      rows.append(try Channel.normalized(row, "\(name), row \(index)"))
    }
    (self.bitCount, self.probabilities) = (bitCount, rows)
  }

  /// Makes the error of one bit.
  ///
  /// - Parameters:
  ///   - zeroAsOne: How often 0 is read as 1.
  ///   - oneAsZero: How often 1 is read as 0.
  /// - Throws: ``CircuitError`` with code `invalid_channel`.
  public init(zeroAsOne: Double, oneAsZero: Double) throws(CircuitError) {
    try self.init([[1 - zeroAsOne, zeroAsOne], [oneAsZero, 1 - oneAsZero]])
  }
}
