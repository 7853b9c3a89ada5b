extension Ketwork_V1_Mitigation {
  init(_ settings: MitigationSettings) {
    self.init()
    method = settings.method.rawValue
    if let samples = settings.samples { self.samples = UInt64(samples) }
    scales = settings.scales
    switch settings.fit {
    case .linear: fit = "linear"
    case .richardson: fit = "richardson"
    case .polynomial(let degree): (fit, self.degree) = ("polynomial", UInt32(degree))
    case .exponential(let asymptote):
      fit = "exponential"
      if let asymptote { self.asymptote = asymptote }
    }
    folding = settings.folding.rawValue
    symmetries = settings.symmetries
    pecTwirled = settings.pecTwirled
    cdrAngles = settings.cdrAngles.rawValue
    if let cdrKept = settings.cdrKept { self.cdrKept = UInt64(cdrKept) }
    ddSequence = settings.ddSequence.rawValue
    readoutMethod = settings.readoutMethod.rawValue
  }
}

extension MitigationSettings {
  /// Reads settings; options that are absent have the values that the initializer gives them.
  init(_ record: Ketwork_V1_Mitigation) throws(ProtocolError) {
    guard let method = Method(rawValue: record.method) else { throw Self.unknown(record.method, "method", Method.self) }
    self.init(method, symmetries: record.symmetries, pecTwirled: record.pecTwirled)
    if record.hasSamples { samples = try Wire.count(record.samples, "mitigation samples", limit: Limits.mitigationSampleCount) }
    if !record.scales.isEmpty { scales = record.scales }
    fit = try Fit(record)
    try Self.read(record.folding, "folding", into: &folding)
    try Self.read(record.cdrAngles, "angles of cdr", into: &cdrAngles)
    if record.hasCdrKept {
      cdrKept = try Wire.count(record.cdrKept, "rotations kept by cdr", limit: Limits.mitigationRotationCount)
    }
    try Self.read(record.ddSequence, "pulses of dd", into: &ddSequence)
    try Self.read(record.readoutMethod, "readout method", into: &readoutMethod)
  }

  /// One of an option's words; no word leaves the option as it is.
  private static func read<Word: RawRepresentable<String> & CaseIterable>(
    _ text: String, _ what: String, into word: inout Word
  ) throws(ProtocolError) {
    guard !text.isEmpty else { return }
    guard let read = Word(rawValue: text) else { throw unknown(text, what, Word.self) }
    word = read
  }

  private static func unknown<Word: RawRepresentable<String> & CaseIterable>(
    _ text: String, _ what: String, _ type: Word.Type
  ) -> ProtocolError {
    unknown(text, what, accepted: Word.allCases.map(\.rawValue))
  }

  fileprivate static func unknown(_ text: String, _ what: String, accepted: [String]) -> ProtocolError {
    let text = Text.truncated(text, to: Limits.nameByteCount)
    return ProtocolError(.invalidValue, "mitigation, \(what): '\(text)', one of \(accepted.joined(separator: ", ")) accepted")
  }
}

extension MitigationSettings.Fit {
  fileprivate init(_ record: Ketwork_V1_Mitigation) throws(ProtocolError) {
    switch record.fit {
    case "", "linear": self = .linear
    case "richardson": self = .richardson
    case "polynomial":
      self = .polynomial(degree: try Wire.count(UInt64(record.degree), "degree of the polynomial", limit: Limits.mitigationDegree))
    case "exponential": self = .exponential(asymptote: record.hasAsymptote ? record.asymptote : nil)
    case let text:
      throw MitigationSettings.unknown(text, "fit", accepted: ["linear", "richardson", "polynomial", "exponential"])
    }
  }
}
