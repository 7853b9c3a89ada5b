/// Numbers for all outcomes that add up to 1, of which some may be below 0.
public struct QuasiDistribution: Hashable, Sendable {
  /// Bits of an outcome.
  public let bitCount: Int
  /// 2ⁿ numbers, by outcome.
  public let values: [Double]

  /// The sum of the magnitudes of the numbers below 0: how far this is from a distribution.
  public var negativity: Double { values.reduce(0) { $0 - min($1, 0) } }

  /// The distribution that is nearest by the sum of squared differences.
  ///
  /// What is below 0 is taken from the others in equal shares, the smallest first, until nothing is below 0.
  ///
  /// Source: Smolin, Gambetta and Smith, arXiv:1106.5458 (2011).
  ///
  /// - Complexity: O(2ⁿ·n).
  public func nearestProbabilities() -> [Double] {
    let order = values.indices.sorted { values[$0] < values[$1] }
    var (result, missing) = (values, 0.0)
    for (rank, index) in order.enumerated() {
      let share = missing / Double(order.count - rank)
      if values[index] + share >= 0 {
        for rest in order[rank...] { result[rest] = values[rest] + share }
        break
      }
      missing += values[index]
      result[index] = 0
    }
    return result
  }
}
