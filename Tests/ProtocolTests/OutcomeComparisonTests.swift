import Circuits
import Protocol
import Testing

@Suite("Comparison of outcomes")
struct OutcomeComparisonTests {
  private static func compare(
    _ a: CircuitValues, _ b: CircuitValues, isExact: Bool = false
  ) -> OutcomeComparison {
    OutcomeComparison.compare(result(a), result(b), isExact: isExact)
  }

  private static func result(_ values: CircuitValues) -> CircuitResult { CircuitResult(item: 1, row: 2, outcome: .values(values)) }

  private static func changed(_ change: (inout CircuitValues) -> Void) -> CircuitValues {
    var values = Samples.values
    change(&values)
    return values
  }

  @Test("times, device, notes and names are not compared")
  func notCompared() {
    let other = Self.changed {
      ($0.compileTime, $0.executeTime, $0.device, $0.notes) = (.seconds(5), .seconds(7), "elsewhere", [])
    }
    #expect(Self.compare(Samples.values, other, isExact: true) == .equal)
    var labelled = Self.result(other)
    labelled.labels = Samples.results[0].labels
    #expect(labelled.outcomeDigest == Self.result(Samples.values).outcomeDigest)
  }

  @Test("whatever was asked for is compared", arguments: 0..<9)
  func compared(change: Int) {
    let other = Self.changed {
      switch change {
      case 0: $0.counts = Counts(bitCount: 2, outcomes: [(3, 10)])
      case 1: $0.probabilities = [0.4, 0.1, 0, 0.5]
      case 2: $0.statevector?[7] = -0.7
      case 3: $0.expectations[0].value = 1.3
      case 4: $0.expectations[0].gradient[1] = 0.5
      case 5: $0.shots = 11
      case 6: $0.qubitCount = 3
      case 7: $0.expectations = []
      default: $0.probabilities = nil
      }
    }
    for isExact in [false, true] {
      guard case .different = Self.compare(Samples.values, other, isExact: isExact) else {
        Issue.record("change \(change), exact \(isExact): not found")
        continue
      }
    }
  }

  @Test("rounding is close, unless the settings promise the same bits")
  func rounding() {
    let single = Self.changed { $0.precision = .single }
    let other = Self.changed {
      $0.precision = .single
      $0.probabilities = [0.5 + 1e-6, 0, 0, 0.5 - 1e-6]
      $0.counts = Counts(bitCount: 2, outcomes: [(3, 5), (0, 5)])
    }
    #expect(Self.compare(single, other) == .close)
    #expect(Self.compare(single, other, isExact: true) == .different("counts: 1 of 10 shots"))
    // A double holds more, so less is forgiven.
    let double = Self.changed { $0.probabilities = [0.5 + 1e-6, 0, 0, 0.5 - 1e-6] }
    #expect(Self.compare(Samples.values, double) == .different("probabilities"))
  }

  @Test(
    "of a few shots a tenth may fall elsewhere, of many a thousandth",
    arguments: [(1, 1), (10, 1), (40, 4), (1_000, 4), (100_000, 100)])
  func shots(total: Int, allowed: Int) {
    func values(_ moved: Int) -> CircuitValues {
      CircuitValues(qubitCount: 1, counts: Counts(bitCount: 1, outcomes: [(0, total - moved), (1, moved)]))
    }
    #expect(Self.compare(values(0), values(allowed)) == .close)
    guard total > allowed else { return }
    #expect(Self.compare(values(0), values(allowed + 1)) != .close)
  }

  @Test("nothing follows from another method or precision, or where only one failed")
  func incomparable() {
    #expect(Self.compare(Samples.values, Self.changed { $0.method = "stabilizer" }) == .incomparable)
    #expect(Self.compare(Samples.values, Self.changed { $0.precision = .single }) == .incomparable)
    let failure = CircuitResult(item: 1, row: 2, outcome: .failure(CircuitFailure(code: "memory", message: "here")))
    let other = CircuitResult(item: 1, row: 2, outcome: .failure(CircuitFailure(code: "memory", message: "there")))
    #expect(OutcomeComparison.compare(failure, Self.result(Samples.values), isExact: true) == .incomparable)
    #expect(OutcomeComparison.compare(failure, other, isExact: true) == .equal)
  }
}
