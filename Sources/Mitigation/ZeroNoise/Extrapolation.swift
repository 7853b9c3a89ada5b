/// A value continued to zero, and how it hangs on the data.
struct Extrapolation {
  /// The value at 0.
  var value: Double
  /// The derivative of the value by each point.
  var factors: [Double]
  /// What the points are off the fit.
  var residuals: [Double]
  /// The rate of an exponential.
  var rate: Double?

  /// Fits points.
  ///
  /// - Throws: ``MitigationError`` with code `undetermined_fit`.
  init(_ fit: ExtrapolationFit, at scales: [Double], _ values: [Double], weights: [Double]) throws(MitigationError) {
    switch fit {
    case .richardson: self = try Self.polynomial(scales.count - 1, scales, values, weights: scales.map { _ in 1 })
    case .linear: self = try Self.polynomial(1, scales, values, weights: weights)
    case .polynomial(let degree): self = try Self.polynomial(degree, scales, values, weights: weights)
    case .exponential(let asymptote): self = try ExponentialFit(scales, values, weights, asymptote: asymptote).extrapolation()
    }
  }

  init(value: Double, factors: [Double], residuals: [Double], rate: Double? = nil) {
    (self.value, self.factors, self.residuals, self.rate) = (value, factors, residuals, rate)
  }

  private static func polynomial(
    _ degree: Int, _ scales: [Double], _ values: [Double], weights: [Double]
  ) throws(MitigationError) -> Extrapolation {
    let rows = scales.map { scale in
      var power = 1.0
      return (0...degree).map { _ in
        defer { power *= scale }
        return power
      }
    }
    guard let fit = LeastSquares(design: RealMatrix(rows), weights: weights) else {
      throw MitigationError(
        .undeterminedFit,
        "zne: a polynomial of degree \(degree) at scales \(scales); at least \(degree + 1) different ones are needed")
    }
    let factors = fit.factors(of: (0...degree).map { $0 == 0 ? 1 : 0 })
    let value = zip(factors, values).reduce(0) { $0 + $1.0 * $1.1 }
    return Extrapolation(value: value, factors: factors, residuals: fit.residuals(values))
  }
}
