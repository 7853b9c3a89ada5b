internal import Circuits

/// Brings the wires of every gate together by SWAPs, chosen one at a time by how near they bring the gates that come next.
///
/// A SWAP on two wires that had a gate just before takes up to three `cx` less than one that stands alone, as both become one gate; the choice
/// counts that in.
///
/// Sources: Li, Ding and Xie (2019), SABRE, arXiv:1809.02573; Zou et al. (2024), LightSABRE, arXiv:2409.08368 (the release valve); McKinney et
/// al. (2023), MIRAGE, arXiv:2308.03874 (SWAPs as part of the gate before).
struct Router {
  /// How much each part of the choice counts.
  struct Weights {
    /// Of gates behind the front, against those of the front.
    var lookahead = 0.5
    /// How many gates behind the front count.
    var lookaheadCount = 20
    /// Of the `cx` that a SWAP saves, each.
    var saving = 0.15
    /// By how much a qubit that was moved is less attractive, for some steps.
    var decay = 0.001
  }

  let problem: RoutingProblem
  let map: CouplingMap
  var weights = Weights()
  /// A table without gates.
  let links: LinkTable
  let places: NeighborPlaces

  init(problem: RoutingProblem, map: CouplingMap) {
    (self.problem, self.map, places) = (problem, map, NeighborPlaces(map))
    links = LinkTable(places, low: problem.low, high: problem.high)
  }

  /// What a run came to.
  struct Outcome {
    var events: [RoutingEvent] = []
    var initial: Layout
    var final: Layout
    /// `cx` that SWAPs add.
    var addedCount = 0
  }

  /// Runs all nodes, forwards or backwards in time.
  func run(from layout: Layout, backwards: Bool = false, seed: UInt64, records: Bool) -> Outcome {
    var run = RouterRun(self, layout, backwards: backwards, seed: seed, records: records)
    run.route()
    return run.outcome
  }
}
