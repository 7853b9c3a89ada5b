/// What is done about noise in the values of an item's observables.
///
/// A technique turns the item's circuit into variants, which its worker runs, and their values into one. docs/mitigation.md says what each
/// needs and costs.
///
///     var settings = ExecutionSettings(observables: [ObservableRequest(label: "ZZ")])
///     settings.mitigation = MitigationSettings(.zne, scales: [1, 2, 3], fit: .richardson)
public struct MitigationSettings: Hashable, Sendable {
  /// A technique, as the command line names it.
  public enum Method: String, Hashable, Sendable, CaseIterable {
    case zne, readout, symmetry, pec, twirling, dd, cdr
  }

  /// What `zne` folds: the whole circuit, each gate, or each gate of two qubits and more.
  public enum Folding: String, Hashable, Sendable, CaseIterable {
    case global, local
    case multiQubit = "multi-qubit"
  }

  /// The angles that rotations have in training circuits of `cdr`.
  public enum Angles: String, Hashable, Sendable, CaseIterable {
    case nearest, random
  }

  /// The pulses of `dd`.
  public enum PulseSequence: String, Hashable, Sendable, CaseIterable {
    case xx, cpmg, xy4
  }

  /// Whether `readout` inverts confusion matrices or unfolds step by step.
  public enum ReadoutMethod: String, Hashable, Sendable, CaseIterable {
    case inverse, unfolding
  }

  /// The technique.
  public var method: Method
  /// Variants that are drawn by `pec` and `twirling`, or training circuits of `cdr`; `nil` for the technique's own number.
  public var samples: Int?
  /// The factors by which `zne` scales the noise.
  public var scales: [Double]
  /// What `zne` fits to the values.
  public var fit: Fit
  /// What `zne` folds.
  public var folding: Folding
  /// For `symmetry`: Pauli strings whose value in the ideal state is 1, or with a minus before the label −1.
  public var symmetries: [String]
  /// Whether `pec` makes noise of Clifford gates Pauli noise first.
  public var pecTwirled: Bool
  /// The angles in training circuits of `cdr`.
  public var cdrAngles: Angles
  /// Rotations that `cdr` leaves as they are in each training circuit; `nil` for half of them.
  public var cdrKept: Int?
  /// The pulses of `dd`.
  public var ddSequence: PulseSequence
  /// How `readout` undoes errors.
  public var readoutMethod: ReadoutMethod

  /// Makes settings of a technique; options of the others are not used.
  public init(
    _ method: Method, samples: Int? = nil, scales: [Double] = [1, 2, 3], fit: Fit = .linear, folding: Folding = .global,
    symmetries: [String] = [], pecTwirled: Bool = false, cdrAngles: Angles = .random, cdrKept: Int? = nil,
    ddSequence: PulseSequence = .xy4, readoutMethod: ReadoutMethod = .inverse
  ) {
    (self.method, self.samples) = (method, samples)
    (self.scales, self.fit, self.folding) = (scales, fit, folding)
    (self.symmetries, self.pecTwirled) = (symmetries, pecTwirled)
    (self.cdrAngles, self.cdrKept) = (cdrAngles, cdrKept)
    (self.ddSequence, self.readoutMethod) = (ddSequence, readoutMethod)
  }

  /// Variants that are drawn, or training circuits: those asked for, or the technique's own number.
  public var sampleCount: Int {
    if let samples { return samples }
    return switch method {
    case .pec: 256
    case .twirling: 32
    case .cdr: 20
    case .zne, .readout, .symmetry, .dd: 1
    }
  }
}
