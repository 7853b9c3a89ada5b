/// The bounds of this module, each with its reason.
public enum Limits {
  /// Instructions of one variant; folding a circuit a thousand times is a mistake, and so is a batch that does not fit memory.
  public static let variantInstructionCount = 1 << 22
  /// Instructions of all variants of one circuit, so that a batch fits the memory: some gigabytes.
  public static let batchInstructionCount = 1 << 26
  /// Variants of one circuit, repetitions merged.
  public static let variantCount = 1 << 20
  /// Scale factors of one extrapolation, and training circuits of one regression: the fits are dense.
  public static let fitPointCount = 4096
  /// Degree of a polynomial that is extrapolated; higher ones multiply the error of the data by more than a million.
  public static let polynomialDegree = 10
  /// Largest factor by which noise is scaled; what is left of a signal after it is nothing.
  public static let scaleFactor = 1000.0
  /// How far a fit's columns may be from being linear combinations of each other, relative to their length.
  static let dependentColumn = 1e-12
  /// Rates that are tried before the best is refined, when an exponential without a known asymptote is fitted.
  static let rateCount = 32
  /// Steps of Newton's method on an exponential; it takes less than ten from the best of the rates that were tried.
  static let refinementCount = 50
  /// Bits that are unfolded with one confusion matrix: 2¹⁰ rows of 2¹⁰, whose inverse takes a second.
  public static let jointBitCount = 10
  /// Bits of which the whole distribution is unfolded: 2²⁰ quasi-probabilities.
  public static let denseBitCount = 20
  /// Entries of all iterates of an unfolding, which are kept for its standard error: 256 MiB.
  public static let unfoldingEntryCount = 1 << 25
  /// Pivots of a confusion matrix, or of the matrix of basis operations, that are taken for zero.
  static let singularPivot = 1e-10
  /// Symmetries that are imposed together: their group has 2⁸ elements, and so many times as many strings are measured.
  public static let symmetryCount = 8
  /// Strings of an observable that is expanded by a symmetry group.
  public static let expandedTermCount = 1 << 16
  /// How small a share of the shots, or of the state, may lie in the symmetric subspace for an estimate to be made of it.
  static let leastKeptFraction = 1e-9
  /// Qubits of a channel that is inverted through basis operations: 13² of them for a pair.
  public static let invertedQubitCount = 2
  /// The cost of cancelling noise, γ, above which γ² samples are more than anyone runs.
  public static let cancellationCost = 1e6
  /// Terms of the whole quasi-probability distribution of a circuit, where all are wanted.
  public static let exhaustiveTermCount = 1 << 16
  /// How far entries of transfer matrices may be from those of Pauli channels, Clifford gates and maps that are inverted.
  static let transferTolerance = 1e-9
  /// How far a vector has to be from a sum of others to add a direction, relative to its length.
  static let dependentDirection = 1e-7
  /// Quasi-probabilities below this are rounding errors of the others.
  static let negligibleCoefficient = 1e-14
  /// Pulses in one idle window.
  public static let pulseCount = 4096
  /// How far an angle may be from a multiple of π/2 and still be one.
  static let cliffordAngle = 1e-9
}
