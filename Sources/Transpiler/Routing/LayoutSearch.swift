internal import Circuits

/// Chooses where the wires start: from many places, each improved by routing the circuit forwards and backwards, so that the end of one run is
/// the start of the next.
///
/// Source: Li, Ding and Xie (2019), arXiv:1809.02573, section 4.3.
struct LayoutSearch {
  let router: Router
  /// The physical qubits that may be used, all connected.
  let available: [Int]
  let trialCount: Int
  /// How often a start is improved.
  let roundCount: Int
  /// How many of the best are returned.
  let resultCount: Int

  /// Where a run began, and what it came to.
  private struct Start {
    let layout: Layout
    let seed: UInt64
    let addedCount: Int

    /// Runs from a layout, which becomes the one at the end.
    init(_ layout: Layout, _ router: Router, seed: UInt64, _ final: inout Layout) {
      let outcome = router.run(from: layout, seed: seed, records: false)
      (self.layout, self.seed, addedCount, final) = (layout, seed, outcome.addedCount, outcome.final)
    }
  }

  /// The best runs, the best first: of all that went forwards, also those on the way to a better start.
  func found(seed: UInt64) -> [Router.Outcome] {
    var random = SplitMix64(seed: seed)
    var best: [Start] = []
    for trial in 0..<trialCount {
      var layout = trial % 2 == 0 ? compact(&random) : shuffled(&random)
      for round in 0...roundCount {
        let start = Start(layout, router, seed: random.next(), &layout)
        best.insert(start, at: best.firstIndex { $0.addedCount > start.addedCount } ?? best.count)
        if best.count > resultCount { best.removeLast() }
        guard round < roundCount else { break }
        layout = router.run(from: layout, backwards: true, seed: random.next(), records: false).final
      }
    }
    return best.map { router.run(from: $0.layout, seed: $0.seed, records: true) }
  }

  /// Wires anywhere.
  private func shuffled(_ random: inout SplitMix64) -> Layout { layout(available.shuffled(using: &random)) }

  /// Wires on the qubits next to a random one.
  private func compact(_ random: inout SplitMix64) -> Layout {
    let wireCount = router.problem.wireCount
    let center = available[Int(random.next() % UInt64(available.count))]
    let near = available.shuffled(using: &random).sorted { router.map.distance(center, $0) < router.map.distance(center, $1) }
    return layout(near.prefix(wireCount).shuffled(using: &random) + near.dropFirst(wireCount))
  }

  /// All qubits in an order that begins with this one.
  func layout(_ first: [Int]) -> Layout {
    let listed = Set(first)
    return Layout(physical: first + (0..<router.map.qubitCount).filter { !listed.contains($0) })
  }
}
