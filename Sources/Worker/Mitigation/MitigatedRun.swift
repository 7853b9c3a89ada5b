internal import Circuits
internal import Mitigation
internal import Protocol

/// Mitigated values of one circuit: makes variants, runs them with their noise, and makes estimates of the results.
struct MitigatedRun {
  /// The values of one row's observables, or why a technique has none of them.
  typealias Row = Result<[MitigatedValue], MitigationError>

  private let settings: MitigationSettings
  private let noise: CircuitNoise?
  private let runner: VariantRunner

  init(_ settings: MitigationSettings, _ noise: CircuitNoise?, _ runner: VariantRunner) {
    (self.settings, self.noise, self.runner) = (settings, noise, runner)
  }

  /// The values of a circuit that has no noise yet, by row.
  ///
  /// - Throws: `MitigationError` and `CircuitError` where variants cannot be made, and what the simulator throws.
  func values(of circuit: Circuit) throws -> [Row] {
    var generator = VariantGenerator(runner.stream)
    switch settings.method {
    case .zne: return try extrapolated(circuit, &generator)
    case .pec: return try cancelled(circuit, &generator)
    case .twirling: return try twirled(circuit, &generator)
    case .cdr: return try regressed(circuit, &generator)
    case .dd: return try decoupled(circuit)
    case .symmetry: return try verified(circuit)
    case .readout: return try unfolded(circuit)
    }
  }

  private func noisy(_ circuit: Circuit) throws -> Circuit { try noise?.applied(to: circuit) ?? circuit }

  /// Estimates of each observable, row by row: one of which there is no estimate leaves the others theirs.
  private func rows(variants: Int, _ estimate: (_ row: Int, _ observable: Int) throws(MitigationError) -> MitigatedEstimate)
    -> [Row]
  {
    (0..<runner.rowCount).map { row in
      Row { () throws(MitigationError) in
        var values: [MitigatedValue] = []
        for observable in runner.observables.indices {
          values.append(MitigatedValue(try estimate(row, observable), variants: variants))
        }
        return values
      }
    }
  }

  private func extrapolated(_ circuit: Circuit, _ generator: inout VariantGenerator) throws -> [Row] {
    let technique = ZeroNoiseExtrapolation(
      scales: settings.scales, folding: settings.folding.technique, fit: settings.fit.technique)
    let variants = try technique.variants(of: circuit, using: &generator)
    let values = try runner.values(of: variants.map(\.circuit), runner.observables, noisy)
    return rows(variants: variants.count) { (row, observable) throws(MitigationError) in
      try technique.estimate(at: variants.map(\.scale), values.map { $0[row][observable] })
    }
  }

  private func cancelled(_ circuit: Circuit, _ generator: inout VariantGenerator) throws -> [Row] {
    guard let noise else {
      throw MitigationError(.invalidOption, "pec: the circuit comes without noise; a noise model or a device is needed")
    }
    // Waits are those of the circuit: what undoes noise is taken to need no time of its own.
    var scheduled = circuit
    if let device = noise.device { scheduled = try Schedule(circuit, on: device).padded }
    let cancelled = try ProbabilisticErrorCancellation(noise.model, isTwirled: settings.pecTwirled).cancelled(scheduled)
    let variants = try cancelled.variants(count: settings.sampleCount, using: &generator)
    let values = try runner.values(of: variants.map(\.circuit), runner.observables) { try noise.model.applied(to: $0) }
    return rows(variants: variants.count) { (row, observable) throws(MitigationError) in
      try cancelled.estimate(variants, values.map { $0[row][observable] })
    }
  }

  private func twirled(_ circuit: Circuit, _ generator: inout VariantGenerator) throws -> [Row] {
    let technique = PauliTwirling()
    let variants = try technique.variants(of: circuit, count: settings.sampleCount, using: &generator)
    let values = try runner.values(of: variants, runner.observables, noisy)
    return rows(variants: variants.count) { (row, observable) throws(MitigationError) in
      try technique.estimate(values.map { $0[row][observable] })
    }
  }

  private func regressed(_ circuit: Circuit, _ generator: inout VariantGenerator) throws -> [Row] {
    var technique = CliffordDataRegression(trainingCount: settings.sampleCount, replacement: settings.cdrAngles.technique)
    technique.keptCount = try settings.cdrKept ?? technique.rotationCount(in: circuit) / 2
    let training = try technique.variants(of: circuit, using: &generator)
    let values = try runner.values(of: [circuit] + training, runner.observables, noisy)
    let exact = try runner.exactValues(of: training)
    return rows(variants: training.count + 1) { (row, observable) throws(MitigationError) in
      try technique.estimate(
        of: values[0][row][observable], noisy: values.dropFirst().map { $0[row][observable] },
        exact: exact.map { $0[row][observable].value })
    }
  }

  private func decoupled(_ circuit: Circuit) throws -> [Row] {
    guard let device = noise?.device else {
      throw MitigationError(.invalidOption, "dd: the circuit comes without a device; one whose durations tell who waits is needed")
    }
    let found = try DynamicalDecoupling(settings.ddSequence.technique).decoupled(circuit, on: device)
    let values = try runner.values(of: [found.circuit], runner.observables, noisy)[0]
    return rows(variants: 1) { (row, observable) throws(MitigationError) in
      let value = values[row][observable]
      return MitigatedEstimate(
        method: "dd", value: value.value, standardError: value.variance.squareRoot(),
        diagnostics: ["windows_filled": Double(found.filledCount), "windows_skipped": Double(found.skippedCount)])
    }
  }

  private func verified(_ circuit: Circuit) throws -> [Row] {
    let expansion = try SymmetryExpansion(
      settings.symmetries.map { text in
        let isPositive = !text.hasPrefix("-")
        return .init(try PauliString(isPositive ? text[...] : text.dropFirst()), isPositive: isPositive)
      })
    let pairs = try runner.observables.map { try expansion.observables(for: $0) }
    let wanted = pairs.flatMap { [$0.numerator, $0.denominator] }
    let values = try runner.values(of: [circuit], wanted, noisy)[0]
    return rows(variants: 1) { (row, observable) throws(MitigationError) in
      try expansion.estimate(numerator: values[row][2 * observable], denominator: values[row][2 * observable + 1])
    }
  }

  /// Errors of reading undone: each string is turned into Z and all qubits are measured, string by string.
  private func unfolded(_ circuit: Circuit) throws -> [Row] {
    let terms = runner.observables.flatMap(\.terms)
    let strings = Array(Set(terms.map(\.pauli))).sorted { ($0.x, $0.z) < ($1.x, $1.z) }
    var estimates: [PauliString: [Result<MitigatedEstimate, MitigationError>]] = [:]
    for (index, string) in strings.enumerated() {
      let circuit = try noisy(ReadoutBasis.measuring(string, after: circuit))
      estimates[string] = try estimated(string, circuit, try runner.counts(of: circuit, index, of: strings.count))
    }
    return rows(variants: strings.count) { (row, observable) throws(MitigationError) in
      var result = MitigatedEstimate(method: "readout", value: 0, standardError: 0, samplingOverhead: 0)
      var variance = 0.0
      for term in runner.observables[observable].terms {
        guard let found = try estimates[term.pauli]?[row].get() else { continue }
        result.value += term.coefficient * found.value
        variance += term.coefficient * term.coefficient * found.standardError * found.standardError
        result.samplingOverhead = max(result.samplingOverhead, found.samplingOverhead)
        result.diagnostics.merge(found.diagnostics) { max($0, $1) }
      }
      result.standardError = variance.squareRoot()
      return result
    }
  }

  /// A string's value in the counts of each row, of a circuit that measures it.
  private func estimated(
    _ string: PauliString, _ circuit: Circuit, _ rows: [Counts]
  ) throws -> [Result<MitigatedEstimate, MitigationError>] {
    let readout = try ReadoutMitigation(ReadoutMitigation.matrices(of: circuit), OutcomeBits(circuit))
    let letters = try Observable([.init(1, PauliString(qubitCount: string.qubitCount, x: 0, z: string.x | string.z))])
    return rows.map { counts in
      Result { () throws(MitigationError) in
        settings.readoutMethod == .inverse
          ? try readout.estimate(of: letters, counts) : try BayesianUnfolding(readout).estimate(of: letters, counts)
      }
    }
  }
}
