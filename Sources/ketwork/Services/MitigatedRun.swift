internal import Circuits
internal import Mitigation
internal import Protocol
internal import Simulator

/// Mitigated values of one circuit: makes variants, runs them with their noise, and makes estimates of the results.
struct MitigatedRun {
  private let method: MitigationMethod
  private let options: MitigationOptions
  private let noise: CircuitNoise?
  private let runner: VariantRunner

  init(_ method: MitigationMethod, _ options: MitigationOptions, _ noise: CircuitNoise?, _ runner: VariantRunner) {
    (self.method, self.options, self.noise, self.runner) = (method, options, noise, runner)
  }

  /// The values of a circuit that has no noise yet, by row and observable.
  func values(of circuit: Circuit) throws -> [[MitigatedReport]] {
    var generator = SplitMix64(seed: runner.item.settings.seed)
    let observables = try runner.observables()
    switch method {
    case .zne: return try extrapolated(circuit, observables, &generator)
    case .pec: return try cancelled(circuit, observables, &generator)
    case .twirling: return try twirled(circuit, observables, &generator)
    case .cdr: return try regressed(circuit, observables, &generator)
    case .dd: return try decoupled(circuit, observables)
    case .symmetry: return try verified(circuit, observables)
    case .readout: return try unfolded(circuit, observables)
    }
  }

  private func noisy(_ circuit: Circuit) throws -> Circuit { try noise?.applied(to: circuit, name: runner.item.name) ?? circuit }

  /// Reports by row and observable.
  private func reports(
    _ observableCount: Int, variants: Int, _ estimate: (_ row: Int, _ observable: Int) throws -> MitigatedEstimate
  ) rethrows -> [[MitigatedReport]] {
    try (0..<runner.item.rows.count).map { row in
      try (0..<observableCount).map { MitigatedReport(try estimate(row, $0), variants: variants) }
    }
  }

  private func extrapolated(
    _ circuit: Circuit, _ observables: [Observable], _ generator: inout SplitMix64
  ) throws -> [[MitigatedReport]] {
    let technique = ZeroNoiseExtrapolation(
      scales: try options.scales(), folding: options.zneFolding.folding, fit: try options.fit())
    let variants = try technique.variants(of: circuit, using: &generator)
    let values = try runner.values(of: variants.map { try noisy($0.circuit) }, observables)
    return try reports(observables.count, variants: variants.count) { row, observable in
      try technique.estimate(at: variants.map(\.scale), values.map { $0[row][observable] })
    }
  }

  private func cancelled(
    _ circuit: Circuit, _ observables: [Observable], _ generator: inout SplitMix64
  ) throws -> [[MitigatedReport]] {
    guard let noise else { throw Failure(.usage, "--mitigation pec: --noise or --device-model is needed") }
    // Waits are those of the circuit: what undoes noise is taken to need no time of its own.
    var scheduled = circuit
    if let device = noise.device { scheduled = try Schedule(circuit, on: device).padded }
    let cancelled = try ProbabilisticErrorCancellation(noise.model, isTwirled: options.pecTwirled).cancelled(scheduled)
    let variants = try cancelled.variants(count: options.mitigationSamples ?? 256, using: &generator)
    let values = try runner.values(of: variants.map { try noise.model.applied(to: $0.circuit) }, observables)
    return try reports(observables.count, variants: variants.count) { row, observable in
      try cancelled.estimate(variants, values.map { $0[row][observable] })
    }
  }

  private func twirled(
    _ circuit: Circuit, _ observables: [Observable], _ generator: inout SplitMix64
  ) throws -> [[MitigatedReport]] {
    let technique = PauliTwirling()
    let variants = try technique.variants(of: circuit, count: options.mitigationSamples ?? 32, using: &generator)
    let values = try runner.values(of: variants.map(noisy), observables)
    return try reports(observables.count, variants: variants.count) { row, observable in
      try technique.estimate(values.map { $0[row][observable] })
    }
  }

  private func regressed(
    _ circuit: Circuit, _ observables: [Observable], _ generator: inout SplitMix64
  ) throws -> [[MitigatedReport]] {
    var technique = CliffordDataRegression(
      trainingCount: options.mitigationSamples ?? 20, replacement: options.cdrAngles.replacement)
    technique.keptCount = try options.cdrKept ?? technique.rotationCount(in: circuit) / 2
    let training = try technique.variants(of: circuit, using: &generator)
    let values = try runner.values(of: [noisy(circuit)] + training.map(noisy), observables)
    let exact = try runner.values(of: training, observables, isExact: true)
    return try reports(observables.count, variants: training.count + 1) { row, observable in
      try technique.estimate(
        of: values[0][row][observable], noisy: values.dropFirst().map { $0[row][observable] },
        exact: exact.map { $0[row][observable].value })
    }
  }

  private func decoupled(_ circuit: Circuit, _ observables: [Observable]) throws -> [[MitigatedReport]] {
    guard let device = noise?.device else { throw Failure(.usage, "--mitigation dd: --device-model is needed") }
    let found = try DynamicalDecoupling(options.ddSequence.sequence).decoupled(circuit, on: device)
    let values = try runner.values(of: [noisy(found.circuit)], observables)[0]
    return reports(observables.count, variants: 1) { row, observable in
      let value = values[row][observable]
      return MitigatedEstimate(
        method: "dd", value: value.value, standardError: value.variance.squareRoot(),
        diagnostics: ["windows_filled": Double(found.filledCount), "windows_skipped": Double(found.skippedCount)])
    }
  }

  private func verified(_ circuit: Circuit, _ observables: [Observable]) throws -> [[MitigatedReport]] {
    let expansion = try SymmetryExpansion(
      options.symmetries.map { text in
        let isPositive = !text.hasPrefix("-")
        return .init(try PauliString(isPositive ? text[...] : text.dropFirst()), isPositive: isPositive)
      })
    let pairs = try observables.map { try expansion.observables(for: $0) }
    let wanted = pairs.flatMap { [$0.numerator, $0.denominator] }
    let values = try runner.values(of: [noisy(circuit)], wanted)[0]
    return try reports(observables.count, variants: 1) { row, observable in
      try expansion.estimate(numerator: values[row][2 * observable], denominator: values[row][2 * observable + 1])
    }
  }

  /// Errors of reading undone: each string is turned into Z and all qubits are measured, string by string.
  private func unfolded(_ circuit: Circuit, _ observables: [Observable]) throws -> [[MitigatedReport]] {
    let terms = observables.flatMap(\.terms)
    let strings = Array(Set(terms.map(\.pauli))).sorted { ($0.x, $0.z) < ($1.x, $1.z) }
    let circuits = try strings.map { try noisy(ReadoutBasis.measuring($0, after: circuit)) }
    let counts = try runner.counts(of: circuits)
    var estimates = [PauliString: [MitigatedEstimate]]()
    for (string, (circuit, rows)) in zip(strings, zip(circuits, counts)) {
      let readout = try ReadoutMitigation(ReadoutMitigation.matrices(of: circuit), OutcomeBits(circuit))
      let letters = try Observable([.init(1, PauliString(qubitCount: string.qubitCount, x: 0, z: string.x | string.z))])
      estimates[string] = try rows.map { counts in
        options.readoutMethod == .inverse
          ? try readout.estimate(of: letters, counts) : try BayesianUnfolding(readout).estimate(of: letters, counts)
      }
    }
    return reports(observables.count, variants: circuits.count) { row, observable in
      var result = MitigatedEstimate(method: "readout", value: 0, standardError: 0, samplingOverhead: 0)
      var variance = 0.0
      for term in observables[observable].terms {
        guard let found = estimates[term.pauli]?[row] else { continue }
        result.value += term.coefficient * found.value
        variance += term.coefficient * term.coefficient * found.standardError * found.standardError
        result.samplingOverhead = max(result.samplingOverhead, found.samplingOverhead)
        result.diagnostics.merge(found.diagnostics) { max($0, $1) }
      }
      result.standardError = variance.squareRoot()
      return result
    }
  }
}
