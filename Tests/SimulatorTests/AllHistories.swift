import Circuits
import TestSupport
import Testing

@testable import Simulator

/// Results of circuits on three qubits beside what the reference makes of all of their histories.
enum AllHistories {
  /// Every letter once at least, on every qubit several, under coefficients of which none is the sum of others.
  static func observable() throws -> Observable { try Observable("0.5*ZXI - 1.5*IYZ + XXX") }

  /// Expects the value of ``observable()``, the first that was asked for, and all probabilities.
  static func expectAgreement(_ result: SimulationResult, _ circuit: Circuit, tolerance: Double, seed: UInt64) throws {
    let branches = try ReferenceInterpreter.run(circuit)
    let expected = try observable().terms.reduce(0) {
      $0 + $1.coefficient * ReferenceInterpreter.expectation($1.pauli, branches)
    }
    #expect(abs(result.expectations[0].value - expected) < tolerance, "seed \(seed)")
    for state in 0..<8 {
      let probability = branches.reduce(0) { $0 + $1.amplitudes[state].lengthSquared }
      #expect(abs((result.probabilities?[state] ?? -1) - probability) < tolerance, "seed \(seed), state \(state)")
    }
  }

  /// Expects shots to follow the exact distribution: Pearson's statistic, whose bound is passed by chance once in 10⁷ tests (Laurent and Massart
  /// 2000, Lemma 1).
  static func expectDistribution(_ counts: [String: Int], shots: Int, _ circuit: Circuit, seed: UInt64) throws {
    let distribution = try ReferenceInterpreter.distribution(circuit)
    #expect(counts.values.reduce(0, +) == shots)
    #expect(counts.keys.allSatisfy { (distribution[$0] ?? 0) > 1e-9 }, "an impossible outcome, seed \(seed)")
    // Rare outcomes are put together, so that every cell expects at least five shots.
    var (statistic, cells, rareExpected, rareFound) = (0.0, 0.0, 0.0, 0.0)
    for (key, probability) in distribution {
      let (expected, found) = (probability * Double(shots), Double(counts[key] ?? 0))
      if expected < 5 {
        rareExpected += expected
        rareFound += found
      } else {
        statistic += (found - expected) * (found - expected) / expected
        cells += 1
      }
    }
    if rareExpected >= 5 {
      statistic += (rareFound - rareExpected) * (rareFound - rareExpected) / rareExpected
      cells += 1
    }
    let freedom = max(cells - 1, 0)
    let x = 16.2  // −ln 10⁻⁷
    #expect(
      statistic <= freedom + 2 * (freedom * x).squareRoot() + 2 * x, "seed \(seed): \(statistic) at \(freedom) degrees of freedom")
  }
}
