/// How many different histories shots have, as far as it can be known before anything runs.
///
/// At each site one outcome is the likeliest, and each other one an error; its odds are its probability over the likeliest one's. With P₀ the
/// probability that there is no error, L the sum of all odds and M the number of errors that would give the same sums were all as likely,
/// L² / Σ odds², some k errors come with about P₀·Lᵏ/k!, in Mᵏ/k! ways. Of N histories of probability q each, s shots have N·(1 − (1 − q)ˢ).
/// Measurements and resets of a qubit whose state is unknown double the number of histories.
///
/// Nothing but the four operations is used, so that every machine finds the same to the last bit.
struct HistoryEstimate {
  private var noErrorProbability = 1.0
  private var odds = 0.0
  private var squaredOdds = 0.0
  private var splitCount = 0

  /// Adds a site by its outcomes' probabilities.
  mutating func add(_ probabilities: [Double]) {
    let total = probabilities.reduce(0, +)
    guard let place = probabilities.indices.max(by: { probabilities[$0] < probabilities[$1] }), total > 0 else { return }
    let likeliest = probabilities[place]
    noErrorProbability *= likeliest / total
    for other in probabilities.indices where other != place {
      let ratio = probabilities[other] / likeliest
      odds += ratio
      squaredOdds += ratio * ratio
    }
  }

  /// Adds a site with two outcomes, of which nothing is known.
  mutating func split() { splitCount += 1 }

  /// The expected number of different histories among shots: from 1 to their number.
  func count(shots: Int) -> Double {
    let shots = Double(max(shots, 1))
    let splits = splitCount < 62 ? Double(UInt64(1) << UInt64(splitCount)) : 0x1p62
    var (probability, ways, left, found) = (noErrorProbability, splits, 1.0, 0.0)
    let evenWays = squaredOdds > 0 ? odds * odds / squaredOdds : 0
    for errorCount in 1...Limits.errorCount {
      guard probability < left, odds > 0 else { break }
      found += Self.distinct(ways, probability: probability, shots)
      left -= probability
      probability *= odds / Double(errorCount)
      // More ways than shots are as good as endlessly many.
      ways = max(min(ways * evenWays / Double(errorCount), 0x1p80), 1)
    }
    return min(max(found + Self.distinct(ways, probability: left, shots), 1), shots)
  }

  /// N·(1 − e⁻ˣ) for N equally likely histories that x shots each are expected to have, with the exponential function cut off.
  private static func distinct(_ ways: Double, probability: Double, _ shots: Double) -> Double {
    let x = probability * shots / ways
    let rest = 1 + x / 2 * (1 + x / 3)
    return probability * shots * rest / (1 + x * rest)
  }
}
