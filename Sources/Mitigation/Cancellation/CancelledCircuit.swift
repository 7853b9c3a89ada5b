public import Circuits
internal import RealModule

/// A circuit with what undoes the noise of its instructions: makes variants, and an estimate of their results.
public struct CancelledCircuit: Hashable, Sendable {
  /// One inverse of a channel, and where it stands.
  public struct Site: Hashable, Sendable {
    /// The instruction after which it stands; before it if that is a measurement, whose noise precedes it.
    public var instruction: Int
    /// The weighted operations.
    public var inverse: QuasiProbability
  }

  /// A circuit to run and what its value is multiplied by.
  public struct Variant: Hashable, Sendable {
    /// The circuit, without noise: the executor adds that of the model.
    public var circuit: Circuit
    /// The sign of a sample, or the weight of a term of the whole sum.
    public var weight: Double
    /// How often it was drawn; 1 for a term of the whole sum.
    public var multiplicity: Int
  }

  /// The circuit.
  public let circuit: Circuit
  /// The inverses, in the order in which they run.
  public let sites: [Site]

  /// γ: the product of the costs of all sites. The variance is γ² times that of the value without noise.
  public var cost: Double { sites.reduce(1) { $0 * $1.inverse.cost } }

  /// How many samples give a standard error, of a value in −1...1 that each of them gives exactly: γ²/ε².
  ///
  /// - Throws: ``MitigationError``: `invalid_option` for an error that is not above 0, `limit_exceeded` for more than 2⁶² samples.
  public func sampleCount(standardError: Double) throws(MitigationError) -> Int {
    guard standardError > 0, standardError.isFinite else {
      throw MitigationError(.invalidOption, "pec: a standard error of \(standardError); one above 0 is accepted")
    }
    let count = (cost * cost / (standardError * standardError)).rounded(.up)
    guard count < 0x1p62 else { throw MitigationError(.limitExceeded, "pec: \(count) samples; fewer than 2⁶² are accepted") }
    return max(1, Int(count))
  }

  /// Draws signed samples; those that are the same are one variant with their number.
  ///
  /// - Throws: ``MitigationError``: `invalid_option` unless there are 1 to ``Limits/variantCount``, `limit_exceeded` for batches of too many
  ///   instructions.
  public func variants(count: Int, using generator: inout some RandomNumberGenerator) throws(MitigationError) -> [Variant] {
    try circuit.checkBatch(of: count, for: ProbabilisticErrorCancellation.technique)
    let tables = sites.map { $0.inverse.cumulativeMagnitudes }
    var (places, choices, counts) = ([[Int]: Int](), [[Int]](), [Int]())
    for _ in 0..<count {
      let drawn = tables.map { table in
        let threshold = generator.unit() * (table.last ?? 0)
        return min(table.firstIndex { threshold < $0 } ?? 0, table.count - 1)
      }
      if let place = places[drawn] {
        counts[place] += 1
      } else {
        places[drawn] = choices.count
        choices.append(drawn)
        counts.append(1)
      }
    }
    var result = [Variant]()
    for (choice, multiplicity) in zip(choices, counts) {
      let weight = weight(of: choice)
      result.append(Variant(circuit: try circuit(of: choice), weight: weight < 0 ? -1 : 1, multiplicity: multiplicity))
    }
    return result
  }

  /// All terms of the sum with their weights, for circuits of few noisy gates: the weighted sum of their values is the value without noise.
  ///
  /// - Throws: ``MitigationError`` with code `limit_exceeded` for more than ``Limits/exhaustiveTermCount`` terms.
  public func allVariants() throws(MitigationError) -> [Variant] {
    var choices = [[Int]()]
    for site in sites {
      guard choices.count <= Limits.exhaustiveTermCount / site.inverse.terms.count else {
        throw MitigationError(
          .limitExceeded, "pec: more than \(Limits.exhaustiveTermCount) terms in all; samples are accepted for more")
      }
      choices = choices.flatMap { choice in site.inverse.terms.indices.map { choice + [$0] } }
    }
    var result = [Variant]()
    for choice in choices {
      result.append(Variant(circuit: try circuit(of: choice), weight: weight(of: choice), multiplicity: 1))
    }
    return result
  }

  /// The value without noise, from the values of samples. Exact results of all samples leave the error of drawing them.
  ///
  /// - Throws: ``MitigationError`` with code `invalid_results`.
  public func estimate(_ variants: [Variant], _ results: [Measured]) throws(MitigationError) -> MitigatedEstimate {
    try results.checked(count: variants.count, of: ProbabilisticErrorCancellation.technique)
    let (cost, count) = (cost, variants.reduce(0.0) { $0 + Double($1.multiplicity) })
    guard variants.allSatisfy({ abs($0.weight) == 1 && $0.multiplicity >= 1 }), count >= 1 else {
      throw MitigationError(.invalidResults, "pec: variants that are not samples; those of variants(count:using:) are accepted")
    }
    var (mean, squares, repeated) = (0.0, 0.0, 0.0)
    for (variant, result) in zip(variants, results) {
      mean += Double(variant.multiplicity) * variant.weight * cost * result.value / count
    }
    for (variant, result) in zip(variants, results) {
      let times = Double(variant.multiplicity), difference = variant.weight * cost * result.value - mean
      squares += times * difference * difference
      // Samples that share a result share its error.
      repeated += (times * times - times) * result.variance
    }
    let drawn = count > 1 ? squares / (count - 1) / count : (results.first?.variance ?? 0) * cost * cost
    return MitigatedEstimate(
      method: ProbabilisticErrorCancellation.technique, value: mean,
      standardError: (drawn + cost * cost * repeated / (count * count)).squareRoot(), samplingOverhead: cost * cost,
      diagnostics: ["gamma": cost, "samples": count, "variants": Double(variants.count)])
  }

  /// The value without noise, from the values of all terms.
  ///
  /// - Throws: ``MitigationError`` with code `invalid_results`.
  public func exhaustiveEstimate(_ variants: [Variant], _ results: [Measured]) throws(MitigationError) -> MitigatedEstimate {
    try results.checked(count: variants.count, of: ProbabilisticErrorCancellation.technique)
    let value = zip(variants, results).reduce(0) { $0 + $1.0.weight * $1.1.value }
    let variance = zip(variants, results).reduce(0) { $0 + $1.0.weight * $1.0.weight * $1.1.variance }
    return MitigatedEstimate(
      method: ProbabilisticErrorCancellation.technique, value: value, standardError: variance.squareRoot(),
      samplingOverhead: cost * cost, diagnostics: ["gamma": cost, "variants": Double(variants.count)])
  }

  private func weight(of choice: [Int]) -> Double {
    zip(sites, choice).reduce(1) { $0 * $1.0.inverse.terms[$1.1].coefficient }
  }

  private func circuit(of choice: [Int]) throws(MitigationError) -> Circuit {
    var (result, next) = ([Instruction](), 0)
    for (index, instruction) in circuit.instructions.enumerated() {
      var (before, after) = ([Instruction](), [Instruction]())
      while next < sites.count, sites[next].instruction == index {
        let term = sites[next].inverse.terms[choice[next]]
        before += term.before
        after += term.after
        next += 1
      }
      let isMeasurement = if case .measure = instruction { true } else { false }
      result += isMeasurement ? after + [instruction] : before + [instruction] + after
    }
    guard result.count <= Limits.variantInstructionCount else {
      throw MitigationError(
        .limitExceeded, "pec: a variant of \(result.count) instructions; at most \(Limits.variantInstructionCount) are accepted")
    }
    return try MitigationError.wrapping(ProbabilisticErrorCancellation.technique) { () throws(CircuitError) in
      try circuit.replacingInstructions(by: result)
    }
  }
}

extension QuasiProbability {
  /// For each term the sum of the weights' magnitudes up to it.
  fileprivate var cumulativeMagnitudes: [Double] {
    var sum = 0.0
    return terms.map { term in
      sum += term.coefficient.magnitude
      return sum
    }
  }
}
