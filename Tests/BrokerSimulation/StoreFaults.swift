/// What goes wrong with a store, and how often: the virtual disk of a ``World`` and a ``FaultyStore`` around a real one draw from it.
package struct StoreFaults: Sendable {
  /// What becomes of a commit.
  package enum Fate: Hashable, Sendable, CaseIterable {
    /// All of it is durable, and it says so.
    case kept
    /// It fails, and nothing of it is there.
    case lost
    /// It fails, and its first batches are there.
    case cutShort
    /// It fails, and all of it is there: the store lost its tongue, not its memory.
    case keptAndDenied
  }

  package var failedCommitProbability: Double
  package var slowCommitProbability: Double
  package var failedLoadProbability: Double
  package var slowLoadProbability: Double
  package var failedOpenProbability: Double

  package init(
    failedCommitProbability: Double = 0.01, slowCommitProbability: Double = 0.05, failedLoadProbability: Double = 0.05,
    slowLoadProbability: Double = 0.1, failedOpenProbability: Double = 0.2
  ) {
    self.failedCommitProbability = failedCommitProbability
    self.slowCommitProbability = slowCommitProbability
    self.failedLoadProbability = failedLoadProbability
    self.slowLoadProbability = slowLoadProbability
    self.failedOpenProbability = failedOpenProbability
  }

  /// Draws what becomes of a commit.
  package func fate(using random: inout some RandomNumberGenerator) -> Fate {
    guard Double.random(in: 0..<1, using: &random) < failedCommitProbability else { return .kept }
    return [.lost, .cutShort, .keptAndDenied].randomElement(using: &random) ?? .lost
  }
}

extension StoreFaults.Fate {
  /// How many of the batches of a commit are durable after it.
  package func keptCount(of count: Int, using random: inout some RandomNumberGenerator) -> Int {
    switch self {
    case .kept, .keptAndDenied: count
    case .lost: 0
    case .cutShort: Int.random(in: 0...count, using: &random)
    }
  }
}
