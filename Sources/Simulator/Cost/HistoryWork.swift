/// What it takes to follow every history of outcomes on a state vector.
struct HistoryWork {
  /// Gates, each for as many histories as there are by then; infinite where a loop may have any number.
  private(set) var gateRuns = 0.0
  /// Pauli strings whose values decide, likewise.
  private(set) var stringRuns = 0.0
  private(set) var historyCount = 1.0

  mutating func addGate() { gateRuns += historyCount }

  /// Adds a site.
  ///
  /// - Parameter stringCount: Strings whose values its probabilities are made of; none where they are fixed.
  mutating func addSite(outcomeCount: Int, stringCount: Int, _ isRepeated: Bool) {
    if stringCount > 0 { stringRuns += Double(stringCount) * historyCount }
    historyCount = isRepeated ? .infinity : historyCount * Double(outcomeCount)
    gateRuns += historyCount
  }
}
