internal import RealModule

/// A fit of a + b·exp(−rλ) by least squares.
///
/// For a given rate the rest is linear; rates are tried, and from the best Newton's method without second derivatives goes on.
struct ExponentialFit {
  private let scales: [Double]
  private let values: [Double]
  private let weights: [Double]
  private let asymptote: Double?

  init(_ scales: [Double], _ values: [Double], _ weights: [Double], asymptote: Double?) {
    (self.scales, self.values, self.weights, self.asymptote) = (scales, values, weights, asymptote)
  }

  /// The value at 0.
  ///
  /// - Throws: ``MitigationError`` with code `undetermined_fit`.
  func extrapolation() throws(MitigationError) -> Extrapolation {
    guard Set(scales).count >= (asymptote == nil ? 3 : 2) else {
      throw MitigationError(
        .undeterminedFit,
        "zne: an exponential at scales \(scales); \(asymptote == nil ? 3 : 2) different ones are needed")
    }
    let steps = values.map { $0 - (asymptote ?? values[0]) }
    if steps.allSatisfy({ $0 == 0 }) { return try constant() }
    guard var best = candidates.map({ (rate: $0, error: squaredError($0)) }).min(by: { $0.error < $1.error }) else {
      throw undetermined
    }
    for _ in 0..<Limits.refinementCount {
      guard let step = rateStep(best.rate) else { break }
      // Half steps until the error falls; where none does, this is the least there is.
      let tried = (0..<40).lazy.map { best.rate + step * Double(sign: .plus, exponent: -$0, significand: 1) }
        .map { (rate: $0, error: self.squaredError($0)) }.first { $0.error < best.error }
      guard let tried else { break }
      best = tried
    }
    return try result(best.rate)
  }

  private var undetermined: MitigationError {
    MitigationError(.undeterminedFit, "zne: values \(values) at scales \(scales) determine no exponential; try a linear fit")
  }

  /// Rates of both signs, from so slow that the points are on a line to so fast that the second is at the asymptote.
  private var candidates: [Double] {
    let sorted = scales.sorted()
    let span = sorted[sorted.count - 1] - sorted[0]
    let (slowest, fastest) = (1e-3 / span, 40 / span)
    let ratio = Double.log(fastest / slowest)
    let rates = (0..<Limits.rateCount).map { slowest * .exp(ratio * Double($0) / Double(Limits.rateCount - 1)) }
    // What grows with the noise is no decay, but what is measured of a constant may.
    return rates + rates.filter { $0 * span < 2 }.map { -$0 }
  }

  /// The linear part for a rate: columns of b and, if it is not known, of a.
  private func linear(_ rate: Double) -> (fit: LeastSquares, data: [Double])? {
    let rows = scales.map { asymptote == nil ? [Double.exp(-rate * $0), 1] : [.exp(-rate * $0)] }
    guard let fit = LeastSquares(design: RealMatrix(rows), weights: weights) else { return nil }
    return (fit, values.map { $0 - (asymptote ?? 0) })
  }

  private func squaredError(_ rate: Double) -> Double {
    guard rate.isFinite, let (fit, data) = linear(rate) else { return .infinity }
    return zip(weights, fit.residuals(data)).reduce(0) { $0 + $1.0 * $1.1 * $1.1 }
  }

  /// All columns for a rate: b, r and, if it is not known, a.
  private func tangent(_ rate: Double, amplitude: Double) -> LeastSquares? {
    let rows = scales.map { scale in
      let decay = Double.exp(-rate * scale)
      return [decay, -amplitude * scale * decay] + (asymptote == nil ? [1] : [])
    }
    return LeastSquares(design: RealMatrix(rows), weights: weights)
  }

  private func rateStep(_ rate: Double) -> Double? {
    guard let (fit, data) = linear(rate) else { return nil }
    let residuals = fit.residuals(data)
    return tangent(rate, amplitude: fit.coefficients(data)[0])?.coefficients(residuals)[1]
  }

  private func result(_ rate: Double) throws(MitigationError) -> Extrapolation {
    guard let (fit, data) = linear(rate) else { throw undetermined }
    let coefficients = fit.coefficients(data)
    guard let tangent = tangent(rate, amplitude: coefficients[0]) else { throw undetermined }
    // At 0 the value is b + a, whatever the rate.
    let factors = tangent.factors(of: [1, 0] + (asymptote == nil ? [1] : []))
    let value = coefficients[0] + (asymptote ?? coefficients[1])
    guard value.isFinite, factors.allSatisfy(\.isFinite) else { throw undetermined }
    return Extrapolation(value: value, factors: factors, residuals: fit.residuals(data), rate: rate)
  }

  /// Values that do not depend on the scale: those of the fit whose rate is 0.
  private func constant() throws(MitigationError) -> Extrapolation {
    let total = weights.reduce(0, +)
    return Extrapolation(
      value: values[0], factors: weights.map { $0 / total }, residuals: values.map { _ in 0 }, rate: 0)
  }
}
