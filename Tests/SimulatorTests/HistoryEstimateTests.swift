import TestSupport
import Testing

@testable import Simulator

@Suite("how many different histories shots have")
struct HistoryEstimateTests {
  /// Sites with an error probability and so many equally likely errors each.
  private static func estimate(siteCount: Int, errorProbability: Double, errorCount: Int) -> HistoryEstimate {
    var estimate = HistoryEstimate()
    let errors = [Double](repeating: errorProbability / Double(errorCount), count: errorCount)
    for _ in 0..<siteCount { estimate.add([1 - errorProbability] + errors) }
    return estimate
  }

  /// The mean over draws of how many different histories there are.
  private static func drawn(siteCount: Int, errorProbability: Double, errorCount: Int, shots: Int, seed: UInt64) -> Double {
    var generator = SplitMix(seed: seed)
    let repetitions = 20
    let counts = (0..<repetitions).map { _ in
      Set(
        (0..<shots).map { _ in
          (0..<siteCount).map { _ in
            Double.random(in: 0..<1, using: &generator) < errorProbability ? Int.random(in: 1...errorCount, using: &generator) : 0
          }
        }
      ).count
    }
    return Double(counts.reduce(0, +)) / Double(repetitions)
  }

  @Test(
    "the estimate is what is found by drawing, within a fifth",
    arguments: [
      (50, 0.001, 3, 300), (50, 0.02, 3, 30), (50, 0.02, 3, 1_000), (20, 0.02, 15, 1_000), (100, 0.05, 3, 300), (4, 0.1, 1, 1_000),
      (10, 0.01, 1, 2_000), (10, 0.2, 3, 500), (20, 0.1, 1, 3_000),
    ])
  func drawing(siteCount: Int, errorProbability: Double, errorCount: Int, shots: Int) {
    let seed = UInt64(shots + siteCount)
    let expected = Self.drawn(
      siteCount: siteCount, errorProbability: errorProbability, errorCount: errorCount, shots: shots, seed: seed)
    let found = Self.estimate(siteCount: siteCount, errorProbability: errorProbability, errorCount: errorCount).count(shots: shots)
    #expect(abs(found / expected - 1) < 0.2, "seed \(seed): \(found), not \(expected)")
  }

  @Test("measurements double histories, and there are never more than shots")
  func splits() {
    var estimate = HistoryEstimate()
    #expect(estimate.count(shots: 1_000) == 1)
    for _ in 0..<3 { estimate.split() }
    #expect(abs(estimate.count(shots: 1_000_000) - 8) < 1e-3)
    for _ in 0..<200 { estimate.split() }
    #expect(abs(estimate.count(shots: 500) - 500) < 1e-6 && estimate.count(shots: 0) == 1)
  }

  @Test("errors beyond number and errors that are certain have finite estimates")
  func extremes() {
    #expect(Self.estimate(siteCount: 100_000, errorProbability: 0.5, errorCount: 15).count(shots: 700) == 700)
    let certain = Self.estimate(siteCount: 1, errorProbability: 0.75, errorCount: 3).count(shots: 1_000_000)
    #expect(certain > 3 && certain < 6, "\(certain)")
    var nothing = HistoryEstimate()
    nothing.add([0, 0])
    #expect(nothing.count(shots: 10) == 1)
  }
}
