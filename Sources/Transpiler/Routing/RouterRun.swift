internal import Circuits

/// One run of a router.
struct RouterRun {
  private let map: CouplingMap
  private let weights: Router.Weights
  private let distances: [UInt16]
  private let low: [Int32]
  private let high: [Int32]
  private let counts: [EntanglerCount]
  private let places: NeighborPlaces
  private let records: Bool
  private let order: [Int32]
  private var walk: DependencyWalk
  private var random: SplitMix64

  private var layout: Layout
  private let initial: Layout
  private var events: [RoutingEvent] = []
  private var blocks: PairBlocks

  /// Nodes that wait for nothing.
  private var ready: [Int32] = []
  private var stages: [Stage]
  /// Pairs of the front that a SWAP has brought together.
  private var together: [Int32] = []
  /// The first node of the order that was not looked at for what comes next.
  private var cursor = 0
  /// Pairs that wait for nothing but their wires.
  private var front: LinkTable
  /// Pairs that come next behind the front.
  private var ahead: LinkTable
  private var decay: [Double]

  /// How far a node has come.
  private enum Stage { case waiting, ahead, front, run }

  init(_ router: Router, _ layout: Layout, backwards: Bool, seed: UInt64, records: Bool) {
    let problem = router.problem
    (map, weights, self.records, self.layout, initial) = (router.map, router.weights, records, layout, layout)
    (low, high, counts) = (problem.low, problem.high, problem.counts)
    (distances, places) = (map.distanceTable, router.places)
    let nodeCount = Int32(problem.nodes.count)
    order = backwards ? (0..<nodeCount).reversed() : Array(0..<nodeCount)
    walk = DependencyWalk(backwards ? problem.backwards : problem.forwards, ready: &ready)
    random = SplitMix64(seed: seed)
    blocks = PairBlocks(qubitCount: map.qubitCount)
    stages = Array(repeating: .waiting, count: Int(nodeCount))
    (front, ahead) = (router.links, router.links)
    decay = Array(repeating: 1, count: map.qubitCount)
  }

  /// What the run came to.
  var outcome: Router.Outcome { Router.Outcome(events: events, initial: initial, final: layout, addedCount: blocks.addedCount) }

  mutating func route() {
    runReady()
    var swapsSinceRun = 0
    let patience = 10 + 3 * map.qubitCount
    while front.count > 0 {
      guard swapsSinceRun < patience, let pair = choose() else {
        release()
        swapsSinceRun = 0
        continue
      }
      let hasRun = swap(pair)
      swapsSinceRun = hasRun ? 0 : swapsSinceRun + 1
      if swapsSinceRun % 5 == 0 { resetDecay() }
    }
  }

  private mutating func resetDecay() { for index in decay.indices { decay[index] = 1 } }

  // MARK: Running nodes

  private func first(_ node: Int32) -> Int { layout.physical[Int(low[Int(node)])] }
  private func second(_ node: Int32) -> Int { layout.physical[Int(high[Int(node)])] }
  private func distance(_ node: Int32) -> Int { Int(distances[first(node) * map.qubitCount + second(node)]) }

  /// Runs whatever waits for nothing, pairs that are apart aside.
  private mutating func runReady() {
    while let node = ready.popLast() {
      if stages[Int(node)] == .ahead { ahead.remove(node, layout) }
      guard low[Int(node)] >= 0, distance(node) != 1 else {
        run(node)
        continue
      }
      stages[Int(node)] = .front
      front.add(node, layout)
    }
  }

  private mutating func run(_ node: Int32) {
    stages[Int(node)] = .run
    if records { events.append(.run(Int(node))) }
    if low[Int(node)] >= 0 { blocks.add(counts[Int(node)], first(node), second(node)) }
    walk.run(Int(node), ready: &ready)
  }

  /// Runs pairs of the front on a wire that lie together now; returns whether there was one.
  private mutating func runFront(_ wire: Int) -> Bool {
    together.removeAll(keepingCapacity: true)
    front.append(to: &together, onWire: wire, at: 1, layout)
    for node in together {
      front.remove(node, layout)
      run(node)
    }
    return !together.isEmpty
  }

  // MARK: Choosing a SWAP

  /// The SWAP next to the front that scores best; nil if each would take one back.
  private mutating func choose() -> (Int, Int)? {
    lookAhead()
    let scales = (near: 1 / Double(front.count), far: weights.lookahead / Double(weights.lookaheadCount))
    let base = scales.near * Double(front.total) + scales.far * Double(ahead.total)
    var (best, bestScore, tieCount): ((Int, Int)?, Double, Int) = (nil, .infinity, 0)
    for wire in front.wires {
      let here = layout.physical[Int(wire)]
      for place in places.range(of: here).dropFirst() {
        let there = Int(places.qubits[place])
        if there < here && front.hasGates(layout.wire[there]) || blocks.undoes(here, there) { continue }
        let far = ahead.change(along: place) + 2 * ahead.sharedCount(Int(wire), layout.wire[there])
        let nearer = base + scales.near * Double(front.change(along: place)) + scales.far * Double(far)
        let score = max(decay[here], decay[there]) * nearer - weights.saving * Double(3 - blocks.swapCount(here, there))
        if score < bestScore - Self.tie {
          (best, bestScore, tieCount) = ((here, there), score, 1)
        } else if score < bestScore + Self.tie {
          tieCount += 1
          if random.next() % UInt64(tieCount) == 0 { best = (here, there) }
        }
      }
    }
    return best
  }

  /// Scores nearer than this are equal.
  private static let tie = 1e-9

  /// Fills up the pairs that come next behind the front.
  private mutating func lookAhead() {
    while ahead.count < weights.lookaheadCount, cursor < order.count {
      let node = order[cursor]
      cursor += 1
      guard stages[Int(node)] == .waiting, low[Int(node)] >= 0 else { continue }
      stages[Int(node)] = .ahead
      ahead.add(node, layout)
    }
  }

  /// Returns whether it brought gates together, which have run then.
  private mutating func swap(_ pair: (Int, Int)) -> Bool {
    blocks.swap(pair.0, pair.1)
    layout.swap(pair.0, pair.1)
    front.swap(pair.0, pair.1, layout)
    ahead.swap(pair.0, pair.1, layout)
    decay[pair.0] += weights.decay
    decay[pair.1] += weights.decay
    if records { events.append(.swap(pair.0, pair.1)) }
    let (one, other) = (layout.wire[pair.0], layout.wire[pair.1])
    let hasRun = (runFront(one), runFront(other))
    guard hasRun.0 || hasRun.1 else { return false }
    runReady()
    return true
  }

  /// Brings the pair of the front together that is nearest, along a shortest path: choices went in circles.
  private mutating func release() {
    guard
      let node = stages.indices.lazy.filter({ [stages] in stages[$0] == .front }).map({ Int32($0) })
        .min(by: { (distance($0), $0) < (distance($1), $1) })
    else { return }
    while stages[Int(node)] == .front {
      let (here, goal) = (first(node), second(node))
      guard let next = map.neighbors[here].first(where: { map.distance($0, goal) < map.distance(here, goal) }) else { return }
      _ = swap((here, next))
    }
    resetDecay()
  }
}
