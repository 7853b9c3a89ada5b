internal import Mitigation
internal import Protocol

extension MitigationSettings.Fit {
  /// What the library calls it.
  var technique: ExtrapolationFit {
    switch self {
    case .linear: .linear
    case .richardson: .richardson
    case .polynomial(let degree): .polynomial(degree: degree)
    case .exponential(let asymptote): .exponential(asymptote: asymptote)
    }
  }
}

extension MitigationSettings.Folding {
  /// What the library calls it.
  var technique: Folding {
    switch self {
    case .global: .global
    case .local: .local(.all, rest: .random)
    case .multiQubit: .local(.multiQubit, rest: .random)
    }
  }
}

extension MitigationSettings.Angles {
  /// What the library calls them.
  var technique: CliffordDataRegression.Replacement { self == .nearest ? .nearest : .random }
}

extension MitigationSettings.PulseSequence {
  /// What the library calls it.
  var technique: DecouplingSequence {
    switch self {
    case .xx: .xx
    case .cpmg: .cpmg
    case .xy4: .xy4
    }
  }
}

extension MitigatedValue {
  /// An estimate as it travels.
  init(_ estimate: MitigatedEstimate, variants: Int) {
    self.init(
      method: estimate.method, value: estimate.value, standardError: estimate.standardError,
      samplingOverhead: estimate.samplingOverhead, variants: variants, diagnostics: estimate.diagnostics)
  }
}
