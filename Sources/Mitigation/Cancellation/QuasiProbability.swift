public import Circuits

/// A map written as a weighted sum of operations that can be run: what undoes the noise of one gate.
public struct QuasiProbability: Hashable, Sendable {
  /// Instructions and their weight.
  public struct Term: Hashable, Sendable {
    /// May be negative; all weights add up to 1.
    public var coefficient: Double
    /// What is run before the noisy gate.
    public var before: [Instruction]
    /// What is run after it.
    public var after: [Instruction]
  }

  /// The sum.
  public var terms: [Term]

  /// γ: the sum of the weights' magnitudes, by whose square variances grow.
  public var cost: Double { terms.reduce(0) { $0 + $1.coefficient.magnitude } }
}
