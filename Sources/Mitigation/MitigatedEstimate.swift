/// What a technique makes of the results of its variants.
public struct MitigatedEstimate: Hashable, Sendable {
  /// What was done, in words of the command line: `zne`, `readout`, `symmetry`, `pec`, `twirling`, `cdr`.
  public var method: String
  /// The value.
  public var value: Double
  /// The standard error of the value that follows from the variances of the results. What the technique itself is off by is not in it.
  public var standardError: Double
  /// By how much the variance is larger than that of the unmitigated value from as many shots in all; 1 for none.
  public var samplingOverhead: Double
  /// Further figures by name, such as `fit_residual` and `fraction_kept`: what tells of a bias.
  public var diagnostics: [String: Double]

  /// Makes an estimate.
  public init(
    method: String, value: Double, standardError: Double, samplingOverhead: Double = 1, diagnostics: [String: Double] = [:]
  ) {
    self.method = method
    self.value = value
    self.standardError = standardError
    self.samplingOverhead = samplingOverhead
    self.diagnostics = diagnostics
  }
}
