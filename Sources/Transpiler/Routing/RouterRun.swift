internal import Circuits

/// One run of a router.
struct RouterRun {
  private let map: CouplingMap
  private let weights: Router.Weights
  private let distances: [UInt16]
  private let low: [Int32]
  private let high: [Int32]
  private let counts: [EntanglerCount]
  private let records: Bool
  private let order: [Int32]
  private var walk: DependencyWalk
  private var random: SplitMix64

  private var layout: Layout
  private let initial: Layout
  private var events: [RoutingEvent] = []
  private var blocks: PairBlocks

  /// Pairs that wait for nothing but their wires.
  private var front: [Int32] = []
  private var ready: [Int32] = []
  private var hasRun: [Bool]
  private var isWaiting: [Bool]
  /// The first node of the order that has not run.
  private var cursor = 0
  private var links: LinkTable
  private var decay: [Double]

  init(_ router: Router, _ layout: Layout, backwards: Bool, seed: UInt64, records: Bool) {
    let problem = router.problem
    (map, weights, self.records, self.layout, initial) = (router.map, router.weights, records, layout, layout)
    (low, high, counts) = (problem.low, problem.high, problem.counts)
    distances = map.distanceTable
    let nodeCount = Int32(problem.nodes.count)
    order = backwards ? (0..<nodeCount).reversed() : Array(0..<nodeCount)
    walk = DependencyWalk(backwards ? problem.backwards : problem.forwards, ready: &ready)
    random = SplitMix64(seed: seed)
    blocks = PairBlocks(qubitCount: map.qubitCount)
    hasRun = Array(repeating: false, count: Int(nodeCount))
    isWaiting = hasRun
    links = LinkTable(qubitCount: map.qubitCount, distances: distances)
    decay = Array(repeating: 1, count: map.qubitCount)
  }

  /// What the run came to.
  var outcome: Router.Outcome { Router.Outcome(events: events, initial: initial, final: layout, addedCount: blocks.addedCount) }

  mutating func route() {
    runReady()
    var swapsSinceRun = 0
    let patience = 10 + 3 * map.qubitCount
    while !front.isEmpty {
      if swapsSinceRun >= patience {
        release()
        swapsSinceRun = 0
        continue
      }
      swap(choose())
      swapsSinceRun += 1
      if swapsSinceRun % 5 == 0 { resetDecay() }
      if runFront() {
        swapsSinceRun = 0
        resetDecay()
      }
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
      guard low[Int(node)] >= 0, distance(node) != 1 else {
        run(node)
        continue
      }
      front.append(node)
      isWaiting[Int(node)] = true
    }
  }

  private mutating func run(_ node: Int32) {
    hasRun[Int(node)] = true
    if records { events.append(.run(Int(node))) }
    if low[Int(node)] >= 0 { blocks.add(counts[Int(node)], first(node), second(node)) }
    walk.run(Int(node), ready: &ready)
  }

  /// Runs pairs of the front that lie together now; returns whether there was one.
  private mutating func runFront() -> Bool {
    var kept = 0
    let count = front.count
    for index in 0..<count {
      let node = front[index]
      if distance(node) == 1 {
        run(node)
      } else {
        front[kept] = node
        kept += 1
      }
    }
    front.removeLast(count - kept)
    runReady()
    return kept < count
  }

  // MARK: Choosing a SWAP

  private mutating func choose() -> (Int, Int) {
    links.removeAll()
    for node in front { links.add(first(node), second(node), 1 / Double(front.count)) }
    let frontQubits = links.qubits
    linkNext()
    var (best, bestScore, tieCount) = ((-1, -1), Double.infinity, 0)
    for here in frontQubits {
      for there in map.neighbors[here] {
        let score = score(here, there)
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

  /// Links the pairs that come next behind the front.
  private mutating func linkNext() {
    while cursor < order.count, hasRun[Int(order[cursor])] { cursor += 1 }
    var (next, left) = (cursor, weights.lookaheadCount)
    let weight = weights.lookahead / Double(weights.lookaheadCount)
    while next < order.count, left > 0 {
      let node = order[next]
      next += 1
      guard !hasRun[Int(node)], low[Int(node)] >= 0, !isWaiting[Int(node)] else { continue }
      links.add(first(node), second(node), weight)
      left -= 1
    }
  }

  private func score(_ here: Int, _ there: Int) -> Double {
    let saved = Double(3 - blocks.swapCount(here, there))
    return max(decay[here], decay[there]) * (links.total + links.change(swapping: here, there)) - weights.saving * saved
  }

  private mutating func swap(_ pair: (Int, Int)) {
    blocks.swap(pair.0, pair.1)
    layout.swap(pair.0, pair.1)
    decay[pair.0] += weights.decay
    decay[pair.1] += weights.decay
    if records { events.append(.swap(pair.0, pair.1)) }
  }

  /// Brings the pair of the front together that is nearest, along a shortest path: choices went in circles.
  private mutating func release() {
    guard let node = front.min(by: { distance($0) < distance($1) }) else { return }
    while distance(node) > 1 {
      let (here, goal) = (first(node), second(node))
      guard let next = map.neighbors[here].first(where: { map.distance($0, goal) < map.distance(here, goal) }) else { return }
      swap((here, next))
    }
    _ = runFront()
    resetDecay()
  }
}
