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

  /// Starts of the search for a layout by default: as many as route some thousand gates, at least a few.
  static func trialCount(pairCount: Int) -> Int { min(max(6_000 / max(pairCount, 1), 4), 40) }
}
