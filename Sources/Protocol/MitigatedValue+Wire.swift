internal import SwiftProtobuf

extension Ketwork_V1_Mitigated {
  init(_ mitigated: MitigatedValue) {
    self.init()
    (method, value, standardError) = (mitigated.method, mitigated.value, mitigated.standardError)
    (samplingOverhead, variants) = (mitigated.samplingOverhead, UInt64(mitigated.variants))
    // A dictionary has no order of its own, and the same result has the same bytes.
    diagnostics = mitigated.diagnostics.sorted { $0.key < $1.key }.map { name, value in
      .with { ($0.name, $0.value) = (name, value) }
    }
  }
}

extension MitigatedValue {
  init(_ record: Ketwork_V1_Mitigated) throws(ProtocolError) {
    try Text.check(record.method, "mitigation method", limit: Limits.nameByteCount)
    guard record.diagnostics.count <= Limits.diagnosticCount else {
      throw .tooLarge("diagnostics of a mitigated value", record.diagnostics.count, limit: Limits.diagnosticCount)
    }
    var diagnostics: [String: Double] = [:]
    for diagnostic in record.diagnostics {
      try Text.check(diagnostic.name, "name of a diagnostic", limit: Limits.nameByteCount)
      guard diagnostics.updateValue(diagnostic.value, forKey: diagnostic.name) == nil else {
        throw ProtocolError(.malformed, "diagnostic \(diagnostic.name) of a mitigated value: there twice, once accepted")
      }
    }
    self.init(
      method: record.method, value: record.value, standardError: record.standardError, samplingOverhead: record.samplingOverhead,
      variants: try Wire.count(record.variants, "variants", limit: Limits.mitigationVariantCount), diagnostics: diagnostics)
  }
}
