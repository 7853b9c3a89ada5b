extension MitigationSettings {
  /// Checks every value against what can be meant; whether the technique can do it with a circuit, its worker finds out.
  ///
  /// - Throws: ``ProtocolError`` with code `invalid_value` or `too_large`.
  public func validate() throws(ProtocolError) {
    try validateCounts()
    try validateExtrapolation()
    try validateSymmetries()
  }

  private func validateCounts() throws(ProtocolError) {
    if let samples {
      guard samples > 0 else { throw invalid("\(samples) samples, 1 or more accepted") }
      try check(samples, "samples", limit: Limits.mitigationSampleCount)
    }
    if let cdrKept {
      guard cdrKept >= 0 else { throw invalid("\(cdrKept) rotations kept, 0 or more accepted") }
      try check(cdrKept, "rotations kept", limit: Limits.mitigationRotationCount)
    }
  }

  private func validateExtrapolation() throws(ProtocolError) {
    guard !scales.isEmpty else { throw invalid("no scale factors, 1 or more accepted") }
    try check(scales.count, "scale factors", limit: Limits.mitigationScaleCount)
    for scale in scales where !(scale >= 1 && scale <= Limits.mitigationScale) {
      throw invalid("a scale factor of \(scale), 1 to \(Limits.mitigationScale) accepted")
    }
    switch fit {
    case .polynomial(let degree):
      guard degree >= 0 else { throw invalid("a polynomial of degree \(degree), 0 or more accepted") }
      try check(degree, "degree of the polynomial", limit: Limits.mitigationDegree)
    case .exponential(let asymptote?):
      guard asymptote.isFinite else { throw invalid("an exponential to \(asymptote), a finite number accepted") }
    case .linear, .richardson, .exponential(nil): break
    }
  }

  private func validateSymmetries() throws(ProtocolError) {
    try check(symmetries.count, "symmetries", limit: Limits.mitigationSymmetryCount)
    guard method != .symmetry || !symmetries.isEmpty else { throw invalid("no symmetries, 1 or more accepted") }
    for symmetry in symmetries {
      let label = symmetry.hasPrefix("-") ? symmetry.dropFirst() : symmetry[...]
      guard (1...Limits.labelCharacterCount).contains(label.utf8.count), label.utf8.allSatisfy("IXYZ".utf8.contains) else {
        throw invalid(
          "the symmetry \(Text.truncated(symmetry, to: Limits.nameByteCount)), 1 to \(Limits.labelCharacterCount) letters of IXYZ, "
            + "with a minus before them or not, accepted")
      }
    }
  }

  private func check(_ count: Int, _ what: String, limit: Int) throws(ProtocolError) {
    guard count <= limit else { throw .tooLarge("mitigation by \(method.rawValue): \(what)", count, limit: limit) }
  }

  private func invalid(_ what: String) -> ProtocolError {
    ProtocolError(.invalidValue, "mitigation by \(method.rawValue): \(what)")
  }
}
