/// The bounds of this module, each with its reason.
public enum Limits {
  /// Qubits of a coupling map: distances between all pairs are kept, in 32 MiB.
  public static let physicalQubitCount = 4_096
  /// Gates that a circuit may come to when those on three and more qubits are written out.
  public static let gateCount = 1 << 22

  /// How far entries may be from those of the identity, which is then left out: sums of roundings.
  static let matrixTolerance = 1e-10
  /// How far squares of traces may be from their values, squared.
  static let traceTolerance = 1e-22
  /// How far angles may be from multiples of π/4, which take fewer gates.
  static let angleTolerance = 1e-9
  /// Steps of the search for a placement that needs no SWAP.
  static let placementStepCount = 200_000

  /// How often a circuit that is too deep is routed anew, at most.
  static let depthRoundCount = 16
  /// What a gate that always fails is taken for, so that its cost is a number.
  static let leastFidelity = 1e-6

  /// Wires of a matrix that is written in gates on one and two: at eight they are some thirty thousand.
  public static let unitaryQubitCount = 8
  /// How far entries of blocks may be from zero, or from another's times a number, squared.
  static let blockTolerance = 1e-24
  /// Steps towards the next unitary matrix; each doubles the digits.
  static let polarStepCount = 6
  /// How far a step squares the distance below rounding, squared.
  static let polarTolerance = 1e-17
  /// Sweeps of Jacobi's methods; they take about eight.
  static let jacobiSweepCount = 40
  /// From how many bases a matrix is made diagonal before what was found is taken.
  static let jacobiAttemptCount = 4
  /// How far from zero entries off a diagonal may be, squared.
  static let eigenTolerance = 1e-26
  /// Entries and sines below this are rounding, squared.
  static let eigenRounding = 1e-33
  /// Products of columns below this times the longer's length are rounding.
  static let columnRounding = 4e-16
  /// Columns shorter than this are zero.
  static let zeroColumn = 1e-15
  /// Rotations that depend on other wires by angles below this are left out.
  static let leastRotation = 1e-13
  /// How often what lies along others is taken from a vector.
  static let separationCount = 4

  /// Starts of the search for a layout by default: as many as route some thousand gates, at least a few.
  static func trialCount(pairCount: Int) -> Int { min(max(6_000 / max(pairCount, 1), 4), 40) }
}
