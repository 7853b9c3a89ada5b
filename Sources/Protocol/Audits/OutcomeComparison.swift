internal import Circuits

/// What two runs of one circuit have to say of each other.
///
/// Compared is what the client asked for: counts, probabilities, amplitudes, expectation values with their errors, derivatives and mitigated
/// values, and what was left out. How long it took, on which device, notes and names for people are not.
package enum OutcomeComparison: Hashable, Sendable {
  /// The same, bit for bit.
  case equal
  /// The same up to rounding: another plan adds in another order. What of it there can be is bounded; see ``Tolerance``.
  case close
  /// Not the same; says in what.
  case different(String)
  /// Nothing follows: not the same class of device, method or precision, or one of them failed.
  case incomparable

  /// How far two honest runs may be apart that do not promise the same bits.
  package enum Tolerance {
    /// Of a value in single precision, in units of the larger of 1 and the value.
    package static let single = 1e-3
    /// The same in double precision.
    package static let double = 1e-9
    /// Shots that fall on another outcome, as a share of all.
    package static let shotShare = 1e-3
    /// Shots that may fall on another outcome where that share is less, but no more than a tenth of all, and 1 in any case: of a single
    /// shot that falls elsewhere nothing follows.
    package static let fewShots = 4.0

    /// How many of so many shots may fall on another outcome.
    static func shots(of total: Double) -> Double { max(min(fewShots, max(1, total / 10)), shotShare * total) }
  }

  /// Compares two results of one circuit that ran on one class of device.
  ///
  /// - Parameter isExact: Whether the settings promise the same bits everywhere, so that nothing but equal will do.
  package static func compare(_ first: CircuitResult, _ second: CircuitResult, isExact: Bool) -> OutcomeComparison {
    switch (first.outcome, second.outcome) {
    case (.failure(let first), .failure(let second)): first.code == second.code ? .equal : .incomparable
    // What one device has no memory for another has.
    case (.failure, .values), (.values, .failure): .incomparable
    case (.values(let a), .values(let b)):
      if a.method != b.method || a.precision != b.precision {
        .incomparable
      } else if first.outcomeDigest == second.outcomeDigest {
        .equal
      } else if isExact {
        .different(a.firstDifference(from: b, tolerance: 0) ?? "some bits")
      } else {
        a.firstDifference(from: b, tolerance: a.precision == .single ? Tolerance.single : Tolerance.double)
          .map { .different($0) } ?? .close
      }
    }
  }
}

extension CircuitResult {
  /// One digest of what two runs have to agree in: of the record without times, device, notes and names.
  package var outcomeDigest: Digest {
    var bare = self
    bare.labels = nil
    switch bare.outcome {
    case .values(var values):
      (values.compileTime, values.executeTime) = (.zero, .zero)
      (values.device, values.notes) = ("", [])
      bare.outcome = .values(values)
    case .failure(let failure): bare.outcome = .failure(CircuitFailure(code: failure.code, message: ""))
    }
    var builder = DigestBuilder()
    builder.append("KWO1".utf8)
    builder.append(ResultBody.encode([bare]))
    return builder.finish()
  }
}

extension CircuitValues {
  /// In what two values differ by more than a tolerance; `nil` if in nothing.
  fileprivate func firstDifference(from other: CircuitValues, tolerance: Double) -> String? {
    guard qubitCount == other.qubitCount, shots == other.shots, pruned == other.pruned else { return "qubits, shots or pruning" }
    // Drawn until an error is small enough, so rounding may move it; values are compared all the same.
    guard (trajectories == nil) == (other.trajectories == nil) else { return "trajectories" }
    if let difference = countsDifference(from: other, tolerance: tolerance) { return difference }
    if !areClose(probabilities, other.probabilities, tolerance) { return "probabilities" }
    if !areClose(statevector, other.statevector, tolerance) { return "amplitudes" }
    guard expectations.count == other.expectations.count else { return "the number of expectation values" }
    for (index, (a, b)) in zip(expectations, other.expectations).enumerated() where !a.isClose(to: b, tolerance) {
      return "expectation value \(index): \(a.value) and \(b.value)"
    }
    return nil
  }

  private func countsDifference(from other: CircuitValues, tolerance: Double) -> String? {
    guard let counts, let others = other.counts else { return (counts == nil) == (other.counts == nil) ? nil : "counts" }
    guard counts.bitCount == others.bitCount else { return "the bits of outcomes" }
    let (a, b) = (counts.dictionary, others.dictionary)
    let moved = Set(a.keys).union(b.keys).reduce(0.0) { $0 + abs(Double(a[$1] ?? 0) - Double(b[$1] ?? 0)) } / 2
    let total = Double(max(counts.total, others.total))
    let allowed = tolerance == 0 ? 0 : OutcomeComparison.Tolerance.shots(of: total)
    return moved <= allowed ? nil : "counts: \(Int(moved)) of \(Int(total)) shots"
  }

  private func areClose(_ a: [Double]?, _ b: [Double]?, _ tolerance: Double) -> Bool {
    guard let a, let b else { return (a == nil) == (b == nil) }
    return a.count == b.count && zip(a, b).allSatisfy { $0.isClose(to: $1, tolerance) }
  }
}

extension CircuitValues.Expectation {
  /// Values that are drawn may move by what a few shots weigh: less than their standard error.
  fileprivate func isClose(to other: Self, _ tolerance: Double) -> Bool {
    let isStrict = tolerance == 0
    let slack = isStrict ? 0 : max(standardError ?? 0, other.standardError ?? 0)
    guard value.isClose(to: other.value, tolerance, slack: slack),
      (standardError == nil) == (other.standardError == nil), gradient.count == other.gradient.count,
      (mitigated == nil) == (other.mitigated == nil),
      zip(gradient, other.gradient).allSatisfy({ $0.isClose(to: $1, tolerance, slack: slack) })
    else { return false }
    guard let mitigated, let others = other.mitigated else { return true }
    return mitigated.method == others.method && mitigated.variants == others.variants
      && mitigated.value.isClose(
        to: others.value, tolerance, slack: isStrict ? 0 : max(mitigated.standardError, others.standardError))
  }
}

extension Double {
  fileprivate func isClose(to other: Double, _ tolerance: Double, slack: Double = 0) -> Bool {
    if bitPattern == other.bitPattern || self == other { return true }
    return abs(self - other) <= tolerance * Swift.max(1, abs(self), abs(other)) + slack
  }
}
