/// What shots take that share a state until their draws part them: each gate is applied once for every different beginning of a history.
struct TrajectoryWork {
  /// Gates, each as often as there are different histories by then.
  private(set) var gateRuns = 0.0
  /// Pauli strings whose values decide, as often as there are histories.
  private(set) var stringRuns = 0.0
  /// Sites at which every shot draws.
  private(set) var siteCount = 0.0
  /// Different histories at the end.
  var historyCount: Double { current }

  private let shots: Int
  private var estimate = HistoryEstimate()
  private var current = 1.0
  /// Sites since the number of histories was estimated last.
  private var newSiteCount = 0.0

  init(shots: Int) { self.shots = shots }

  mutating func addGate() {
    gateRuns += current
  }

  /// Adds noise by the probabilities of its outcomes, up to a common factor.
  ///
  /// - Parameter stringCount: Strings whose values they are made of; none where they are fixed.
  mutating func addSite(_ probabilities: [Double], stringCount: Int) {
    look(stringCount)
    estimate.add(probabilities)
    // Often at the beginning, then less: an estimate takes longer than a site.
    if newSiteCount >= siteCount * Limits.estimateInterval { end() }
  }

  /// Adds a measurement or a reset.
  mutating func addSplit() {
    look(1)
    estimate.split()
    end()
  }

  /// Brings the number of histories up to date.
  mutating func end() {
    current = estimate.count(shots: shots)
    newSiteCount = 0
  }

  private mutating func look(_ strings: Int) {
    siteCount += 1
    newSiteCount += 1
    stringRuns += Double(strings) * current
  }
}
