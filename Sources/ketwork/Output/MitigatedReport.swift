internal import Protocol

/// What is printed of a mitigated value.
struct MitigatedReport: Encodable {
  var method: String
  var value: Double
  var standardError: Double
  var samplingOverhead: Double
  /// How many circuits were run for it.
  var variants: Int
  var diagnostics: [String: Double]

  private enum CodingKeys: String, CodingKey {
    case method, value, variants, diagnostics
    case standardError = "standard_error"
    case samplingOverhead = "sampling_overhead"
  }

  init(_ mitigated: MitigatedValue) {
    (method, value, standardError) = (mitigated.method, mitigated.value, mitigated.standardError)
    (samplingOverhead, variants, diagnostics) = (mitigated.samplingOverhead, mitigated.variants, mitigated.diagnostics)
  }
}
