public import Circuits

/// Unfolds errors of reading step by step, from an even distribution: nothing ever falls below 0.
///
/// Each step t′ₙ = tₙ·Σₘ Rₙₘ·pₘ/(Σₖ tₖRₖₘ) goes from a distribution t of what is to one that explains the readings p better, R[n][m] being how
/// often n is read as m. Few steps keep close to the start and blow up little of the shots' noise; many go to the likeliest distribution.
///
/// Sources: D'Agostini, Nucl. Instrum. Meth. A 362, 487 (1995); Nachman, Urbanek, de Jong and Bauer, arXiv:1910.01969 (2019).
public struct BayesianUnfolding: Hashable, Sendable {
  /// The errors, and where qubits stand.
  public var readout: ReadoutMitigation
  /// How many steps are made.
  public var iterationCount: Int

  /// A distribution and how it came about.
  public struct Result: Hashable, Sendable {
    /// 2ⁿ probabilities, by outcome.
    public var probabilities: [Double]
    /// The largest change of a probability in the last step.
    public var lastChange: Double
  }

  /// Makes the technique; running it checks.
  public init(_ readout: ReadoutMitigation, iterationCount: Int = 10) {
    (self.readout, self.iterationCount) = (readout, iterationCount)
  }

  /// The distribution that readings unfold to.
  ///
  /// - Throws: ``MitigationError``: `limit_exceeded` for more than ``Limits/denseBitCount`` bits or ``Limits/unfoldingEntryCount`` numbers in all
  ///   steps, `invalid_option` for no steps, `invalid_results` for shares that do not fit.
  public func distribution(shares: [Double]) throws(MitigationError) -> Result {
    let steps = try iterates(shares)
    let (last, before) = (steps[steps.count - 1], steps[steps.count - 2])
    return Result(probabilities: last, lastChange: zip(last, before).reduce(0) { max($0, abs($1.0 - $1.1)) })
  }

  /// The distribution that counts unfold to.
  ///
  /// - Throws: as ``distribution(shares:)``.
  public func distribution(_ counts: Counts) throws(MitigationError) -> Result {
    try distribution(shares: readout.shares(counts))
  }

  /// The value of an observable of strings of I and Z.
  ///
  /// The standard error is that of the shots' shares, carried back through all steps. That few steps stay close to where they started is not
  /// in it; `last_change` tells of it.
  ///
  /// - Throws: ``MitigationError``: `unsupported_instruction` for other letters and qubits that are not measured, and as
  ///   ``distribution(shares:)``.
  public func estimate(of observable: Observable, _ counts: Counts) throws(MitigationError) -> MitigatedEstimate {
    let shares = try readout.shares(counts)
    let signs = try signs(of: observable)
    let steps = try iterates(shares)
    let last = steps[steps.count - 1]
    let value = Self.product(signs, last)
    let slopes = slopes(of: signs, steps, shares)
    var (shots, plain) = (ShotMean(), ShotMean())
    for (state, share) in shares.enumerated() where share > 0 {
      shots.add(slopes[state], share * Double(counts.total))
      plain.add(signs[state], share * Double(counts.total))
    }
    let change = zip(last, steps[steps.count - 2]).reduce(0) { max($0, abs($1.0 - $1.1)) }
    return MitigatedEstimate(
      method: ReadoutMitigation.technique, value: value, standardError: shots.standardError,
      samplingOverhead: plain.variance > 0 ? shots.variance / plain.variance : 1, diagnostics: ["last_change": change])
  }

  private func signs(of observable: Observable) throws(MitigationError) -> [Double] {
    var result = [Double](repeating: 0, count: 1 << readout.outcome.bitCount)
    for term in observable.terms {
      let mask = Int(try readout.outcome.mask(of: term.pauli))
      for state in result.indices {
        result[state] += (state & mask).nonzeroBitCount & 1 == 0 ? term.coefficient : -term.coefficient
      }
    }
    return result
  }

  private func iterates(_ shares: [Double]) throws(MitigationError) -> [[Double]] {
    try readout.check(shares)
    guard iterationCount >= 1 else {
      throw MitigationError(.invalidOption, "readout: \(iterationCount) steps of unfolding; at least 1 is accepted")
    }
    guard iterationCount < Limits.unfoldingEntryCount / shares.count else {
      throw MitigationError(
        .limitExceeded,
        "readout: \(iterationCount) steps for \(shares.count) outcomes; at most \(Limits.unfoldingEntryCount / shares.count - 1) are accepted"
      )
    }
    var steps = [[Double](repeating: 1 / Double(shares.count), count: shares.count)]
    for _ in 0..<iterationCount {
      let now = steps[steps.count - 1]
      steps.append(zip(now, spreadBack(Self.ratios(shares, spread(now)))).map { $0 * $1 })
    }
    return steps
  }

  /// Of each reading, how often it came over how often it was expected.
  private static func ratios(_ shares: [Double], _ expected: [Double]) -> [Double] {
    zip(shares, expected).map { $0 == 0 ? 0 : $0 / max($1, .leastNormalMagnitude) }
  }

  /// What is read of a distribution.
  private func spread(_ values: [Double]) -> [Double] {
    var result = values
    for matrix in readout.matrices { matrix.apply(matrix.forward, transposed: true, to: &result) }
    return result
  }

  /// For each outcome the mean of numbers over what it is read as.
  private func spreadBack(_ values: [Double]) -> [Double] {
    var result = values
    for matrix in readout.matrices { matrix.apply(matrix.forward, transposed: false, to: &result) }
    return result
  }

  /// The derivative of a mean over the last distribution by each share, step by step from the last to the first.
  private func slopes(of signs: [Double], _ steps: [[Double]], _ shares: [Double]) -> [Double] {
    var (toward, result) = (signs, [Double](repeating: 0, count: shares.count))
    for step in steps.dropLast().reversed() {
      let expected = spread(step), ratios = Self.ratios(shares, expected)
      let factors = spreadBack(ratios)
      let toRatios = spread(zip(step, toward).map { $0 * $1 })
      for index in result.indices where expected[index] > 0 { result[index] += toRatios[index] / expected[index] }
      let toExpected = result.indices.map { expected[$0] > 0 ? -toRatios[$0] * ratios[$0] / expected[$0] : 0 }
      toward = zip(zip(factors, toward).map { $0 * $1 }, spreadBack(toExpected)).map { $0 + $1 }
    }
    return result
  }

  private static func product(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
}
