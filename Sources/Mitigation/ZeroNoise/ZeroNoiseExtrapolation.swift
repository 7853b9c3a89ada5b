public import Circuits

/// Zero-noise extrapolation: the circuit is run with its noise scaled up by several factors, and the values are continued to no noise.
///
///     let technique = ZeroNoiseExtrapolation(scales: [1, 2, 3], fit: .linear)
///     let variants = try technique.variants(of: circuit, using: &generator)
///     let results = try run(variants.map(\.circuit))        // any executor
///     let estimate = try technique.estimate(at: variants.map(\.scale), results)
///
/// Sources: Temme, Bravyi and Gambetta, arXiv:1612.02058 (2016); Li and Benjamin, arXiv:1611.09301 (2016); Giurgica-Tiron, Hindy, LaRose, Mari
/// and Zeng, arXiv:2005.10921 (2020).
public struct ZeroNoiseExtrapolation: Hashable, Sendable {
  /// The factors by which the noise is scaled.
  public var scales: [Double]
  /// How circuits are made noisier.
  public var folding: Folding
  /// How values are continued.
  public var fit: ExtrapolationFit

  /// Makes the technique; ``variants(of:using:)`` checks.
  public init(scales: [Double] = [1, 2, 3], folding: Folding = .global, fit: ExtrapolationFit = .linear) {
    (self.scales, self.folding, self.fit) = (scales, folding, fit)
  }

  static let technique = "zne"

  /// The circuits to run, one for each factor; parameters stay parameters.
  ///
  /// - Throws: ``MitigationError``: `undetermined_fit` for too few factors, `limit_exceeded` for batches of too many instructions, and as ``Folding/folded(_:scale:using:)``.
  public func variants(
    of circuit: Circuit, using generator: inout some RandomNumberGenerator
  ) throws(MitigationError) -> [Folding.Variant] {
    try checkFit(Set(scales).count)
    try checkBatch(of: circuit)
    var result = [Folding.Variant]()
    for scale in scales { result.append(try folding.folded(circuit, scale: scale, using: &generator)) }
    return result
  }

  /// The value without noise, from the values at the factors that were reached.
  ///
  /// Points are weighted by the inverse of their variances if all have one, else equally. The standard error follows from the variances; it
  /// does not know whether the noise follows the fit, of which `fit_residual`, the root of the mean squared residual, tells.
  ///
  /// - Throws: ``MitigationError``: `invalid_results`, `undetermined_fit`.
  public func estimate(at scales: [Double], _ results: [Measured]) throws(MitigationError) -> MitigatedEstimate {
    try results.checked(count: scales.count, of: Self.technique)
    for scale in scales where !(scale >= 1 && scale <= Limits.scaleFactor) {
      throw MitigationError(.invalidOption, "zne: a scale factor of \(scale); 1 to \(Limits.scaleFactor) is accepted")
    }
    try checkFit(Set(scales).count)
    let isWeighted = results.allSatisfy { $0.variance > 0 }
    let most = results.map(\.variance).max() ?? 1
    let weights = results.map { isWeighted ? most / $0.variance : 1 }
    let found = try Extrapolation(fit, at: scales, results.map(\.value), weights: weights)
    let variance = zip(found.factors, results).reduce(0) { $0 + $1.0 * $1.0 * $1.1.variance }
    let overhead = Double(scales.count) * found.factors.reduce(0) { $0 + $1 * $1 }
    return MitigatedEstimate(
      method: Self.technique, value: found.value, standardError: variance.squareRoot(), samplingOverhead: overhead,
      diagnostics: diagnostics(found, results))
  }

  private func diagnostics(_ found: Extrapolation, _ results: [Measured]) -> [String: Double] {
    let squares = found.residuals.map { $0 * $0 }
    var result = ["fit_residual": (squares.reduce(0, +) / Double(squares.count)).squareRoot()]
    let freedom = results.count - fit.coefficientCount(pointCount: results.count)
    if freedom > 0, results.allSatisfy({ $0.variance > 0 }) {
      result["reduced_chi_squared"] = zip(squares, results).reduce(0) { $0 + $1.0 / $1.1.variance } / Double(freedom)
    }
    if let rate = found.rate { result["decay_rate"] = rate }
    return result
  }

  private func checkBatch(of circuit: Circuit) throws(MitigationError) {
    // Factors that are out of range are refused where they are used.
    let instructionCount = scales.filter { $0 <= Limits.scaleFactor }.reduce(0, +) * Double(circuit.instructions.count)
    guard instructionCount <= Double(Limits.batchInstructionCount) else {
      throw MitigationError(
        .limitExceeded,
        "zne: variants of \(instructionCount) instructions in all; at most \(Limits.batchInstructionCount) are accepted")
    }
  }

  private func checkFit(_ pointCount: Int) throws(MitigationError) {
    if case .polynomial(let degree) = fit, !(0...Limits.polynomialDegree).contains(degree) {
      throw MitigationError(.invalidOption, "zne: degree \(degree); 0 to \(Limits.polynomialDegree) is accepted")
    }
    if case .exponential(let asymptote?) = fit, !asymptote.isFinite {
      throw MitigationError(.invalidOption, "zne: an asymptote of \(asymptote); a finite one is needed")
    }
    if case .richardson = fit, pointCount > Limits.polynomialDegree + 1 {
      throw MitigationError(
        .invalidOption, "zne: Richardson's extrapolation of \(pointCount) points; 2 to \(Limits.polynomialDegree + 1) are accepted")
    }
    let needed = max(fit.coefficientCount(pointCount: pointCount), fit == .polynomial(degree: 0) ? 1 : 2)
    guard pointCount >= needed, pointCount <= Limits.fitPointCount else {
      throw MitigationError(
        .undeterminedFit,
        "zne: \(pointCount) different scale factors; this fit needs \(needed) to \(Limits.fitPointCount)")
    }
  }
}
