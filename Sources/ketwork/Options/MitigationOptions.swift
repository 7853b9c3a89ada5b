internal import ArgumentParser
internal import Mitigation

/// How values of circuits with noise are mitigated.
struct MitigationOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Mitigate each observable's value by a technique, beside the value as it is.",
      valueName: "zne|readout|symmetry|pec|twirling|dd|cdr"))
  var mitigation: MitigationMethod?

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
  var zneFolding: FoldingOption = .global

  @Option(
    name: .customLong("symmetry"),
    help: ArgumentHelp(
      "A Pauli string whose value in the ideal state is 1, or with a minus before it -1, for symmetry. May be repeated.",
      valueName: "label"))
  var symmetries: [String] = []

  @Flag(
    help: "Make noise of Clifford gates Pauli noise by random Pauli gates before pec undoes it; those have to be free of noise.")
  var pecTwirled = false

  @Option(help: ArgumentHelp("The angles that rotations have in training circuits of cdr.", valueName: "nearest|random"))
  var cdrAngles: AnglesOption = .random

  @Option(help: ArgumentHelp("The pulses of dd.", valueName: "xx|cpmg|xy4"))
  var ddSequence: SequenceOption = .xy4

  @Option(
    help: ArgumentHelp("Rotations that cdr leaves as they are in each training circuit. Default: half of them.", valueName: "k"))
  var cdrKept: Int?

  @Option(
    help: ArgumentHelp("Whether readout inverts the confusion matrices or unfolds step by step.", valueName: "inverse|unfolding"))
  var readoutMethod: ReadoutOption = .inverse

  mutating func validate() throws {
    _ = try scales()
    _ = try fit()
    if mitigation == .symmetry, symmetries.isEmpty { throw ValidationError("--mitigation symmetry: a --symmetry is needed.") }
    if let mitigationSamples, mitigationSamples < 1 {
      throw ValidationError("--mitigation-samples \(mitigationSamples): at least 1 is needed.")
    }
  }

  /// The factors of `--zne-scales`.
  func scales() throws -> [Double] {
    try zneScales.split(separator: ",", omittingEmptySubsequences: false).map { text in
      guard let value = Double(text), value >= 1, value.isFinite else {
        throw ValidationError("--zne-scales '\(zneScales)': numbers of at least 1 with commas between them are needed.")
      }
      return value
    }
  }

  /// The fit of `--zne-fit`.
  func fit() throws -> ExtrapolationFit {
    let parts = zneFit.split(separator: ":", maxSplits: 1).map(String.init)
    switch (parts.first, parts.count) {
    case ("linear", 1): return .linear
    case ("richardson", 1): return .richardson
    case ("exponential", 1): return .exponential(asymptote: nil)
    case ("exponential", 2): if let value = Double(parts[1]), value.isFinite { return .exponential(asymptote: value) }
    case ("polynomial", 2): if let degree = Int(parts[1]), degree >= 0 { return .polynomial(degree: degree) }
    default: break
    }
    throw ValidationError("--zne-fit '\(zneFit)': linear, richardson, polynomial:D, exponential and exponential:A are accepted.")
  }
}

/// A technique, as the command line names it.
enum MitigationMethod: String, ExpressibleByArgument, CaseIterable {
  case zne, readout, symmetry, pec, twirling, dd, cdr
}

enum FoldingOption: String, ExpressibleByArgument, CaseIterable {
  case global, local
  case multiQubit = "multi-qubit"

  var folding: Folding {
    switch self {
    case .global: .global
    case .local: .local(.all, rest: .random)
    case .multiQubit: .local(.multiQubit, rest: .random)
    }
  }
}

enum SequenceOption: String, ExpressibleByArgument, CaseIterable {
  case xx, cpmg, xy4
  var sequence: DecouplingSequence {
    switch self {
    case .xx: .xx
    case .cpmg: .cpmg
    case .xy4: .xy4
    }
  }
}

enum AnglesOption: String, ExpressibleByArgument, CaseIterable {
  case nearest, random
  var replacement: CliffordDataRegression.Replacement { self == .nearest ? .nearest : .random }
}

enum ReadoutOption: String, ExpressibleByArgument, CaseIterable { case inverse, unfolding }
