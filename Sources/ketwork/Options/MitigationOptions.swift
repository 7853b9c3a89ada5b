public import ArgumentParser
public import Protocol

/// How values of circuits with noise are mitigated.
struct MitigationOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Mitigate each observable's value by a technique, beside the value as it is.",
      valueName: "zne|readout|symmetry|pec|twirling|dd|cdr"))
  var mitigation: MitigationSettings.Method?

  @Option(
    help: ArgumentHelp(
      "Variants that are drawn. Default: 256 samples for pec, 32 for twirling, 20 training circuits for cdr.", valueName: "n"))
  var mitigationSamples: Int?

  @Option(help: ArgumentHelp("Factors by which zne scales the noise. Default: 1,2,3.", valueName: "f,f,…"))
  var zneScales = "1,2,3"

  @Option(
    help: ArgumentHelp(
      "What zne fits: linear, richardson, polynomial:D, exponential (to an unknown value), or exponential:A (to A).",
      valueName: "fit"))
  var zneFit = "linear"

  @Option(
    help: ArgumentHelp(
      "What zne folds: the whole circuit, each gate, or each gate of two qubits.", valueName: "global|local|multi-qubit"))
  var zneFolding: MitigationSettings.Folding = .global

  @Option(
    name: .customLong("symmetry"), parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "A Pauli string whose value in the ideal state is 1, or with a minus before it -1, for symmetry. May be repeated.",
      valueName: "label"))
  var symmetries: [String] = []

  @Flag(
    help: "Make noise of Clifford gates Pauli noise by random Pauli gates before pec undoes it; those have to be free of noise.")
  var pecTwirled = false

  @Option(help: ArgumentHelp("The angles that rotations have in training circuits of cdr.", valueName: "nearest|random"))
  var cdrAngles: MitigationSettings.Angles = .random

  @Option(help: ArgumentHelp("The pulses of dd.", valueName: "xx|cpmg|xy4"))
  var ddSequence: MitigationSettings.PulseSequence = .xy4

  @Option(
    help: ArgumentHelp("Rotations that cdr leaves as they are in each training circuit. Default: half of them.", valueName: "k"))
  var cdrKept: Int?

  @Option(
    help: ArgumentHelp("Whether readout inverts the confusion matrices or unfolds step by step.", valueName: "inverse|unfolding"))
  var readoutMethod: MitigationSettings.ReadoutMethod = .inverse

  mutating func validate() throws { _ = try settings() }

  /// What is asked for; nil for nothing.
  func settings() throws -> MitigationSettings? {
    let (scales, fit) = (try scales(), try fit())
    guard let mitigation else { return nil }
    let settings = MitigationSettings(
      mitigation, samples: mitigationSamples, scales: scales, fit: fit, folding: zneFolding, symmetries: symmetries,
      pecTwirled: pecTwirled, cdrAngles: cdrAngles, cdrKept: cdrKept, ddSequence: ddSequence, readoutMethod: readoutMethod)
    if mitigation == .symmetry, symmetries.isEmpty { throw ValidationError("--mitigation symmetry: a --symmetry is needed.") }
    do throws(ProtocolError) { try settings.validate() } catch { throw ValidationError(error.message + ".") }
    return settings
  }

  /// Refuses what the technique lacks, before a circuit is read.
  ///
  /// - Parameter others: Options that mitigation cannot go with, and whether they are there.
  func validate(with circuits: CircuitOptions, others: [(name: String, isGiven: Bool)] = []) throws {
    guard let mitigation else { return }
    func refusal(_ what: String) -> ValidationError { ValidationError("--mitigation \(mitigation.rawValue): \(what).") }
    let others = others + [("--statevector", circuits.statevector != nil)]
    if let other = others.first(where: \.isGiven) { throw refusal("cannot go with \(other.name)") }
    if mitigation == .dd, circuits.deviceModel == nil {
      throw refusal("a --device-model is needed, whose durations tell who waits")
    }
    if [.pec, .readout].contains(mitigation), circuits.deviceModel == nil, circuits.noise == nil {
      throw refusal("the noise that is to be undone is needed, as --noise or --device-model")
    }
    // A job file may have them.
    guard !circuits.circuits.contains(where: { $0.hasSuffix(".json") }) else { return }
    guard !circuits.observables.isEmpty else { throw refusal("an --observable is needed") }
    if mitigation == .readout, circuits.shots == nil { throw refusal("--shots are needed, errors of reading are theirs") }
  }

  /// The factors of `--zne-scales`.
  private func scales() throws -> [Double] {
    try zneScales.split(separator: ",", omittingEmptySubsequences: false).map { text in
      guard let value = Double(text), value >= 1, value.isFinite else {
        throw ValidationError("--zne-scales '\(zneScales)': numbers of at least 1 with commas between them are needed.")
      }
      return value
    }
  }

  /// The fit of `--zne-fit`.
  private func fit() throws -> MitigationSettings.Fit {
    guard let fit = MitigationSettings.Fit(zneFit) else {
      throw ValidationError("--zne-fit '\(zneFit)': linear, richardson, polynomial:D, exponential and exponential:A are accepted.")
    }
    return fit
  }
}

extension MitigationSettings.Method: ExpressibleByArgument {}
extension MitigationSettings.Folding: ExpressibleByArgument {}
extension MitigationSettings.PulseSequence: ExpressibleByArgument {}
extension MitigationSettings.Angles: ExpressibleByArgument {}
extension MitigationSettings.ReadoutMethod: ExpressibleByArgument {}
