/// What mitigation made of the values of one observable in a circuit's variants.
public struct MitigatedValue: Hashable, Sendable {
  /// The technique, as the command line names it.
  public var method: String
  /// The value.
  public var value: Double
  /// The standard error that follows from those of the variants' values; a bias of the technique is not in it.
  public var standardError: Double
  /// By how much the variance is larger than without mitigation, from as many shots in all; 1 for none.
  public var samplingOverhead: Double
  /// How many circuits were run for it.
  public var variants: Int
  /// Further figures by name, such as `fit_residual`: what tells of a bias or of the cost.
  public var diagnostics: [String: Double]

  /// Makes a mitigated value.
  public init(
    method: String, value: Double, standardError: Double, samplingOverhead: Double = 1, variants: Int,
    diagnostics: [String: Double] = [:]
  ) {
    (self.method, self.value, self.standardError) = (method, value, standardError)
    (self.samplingOverhead, self.variants, self.diagnostics) = (samplingOverhead, variants, diagnostics)
  }
}
