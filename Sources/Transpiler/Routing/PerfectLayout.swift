/// Places wires so that all that have gates with each other lie together, if there is such a place: a search of subgraphs.
///
/// Wires are placed in the order in which they hang together, those of many neighbours first; whoever has no place takes the one before back.
/// Source of the idea of doing this before any routing: Nation and Treinish (2023), PRX Quantum 4, 010327 (arXiv:2209.15512).
/// - Complexity: at most ``Limits/placementStepCount`` steps.
struct PerfectLayout {
  private let map: CouplingMap
  private let interactions: [[Int]]
  private let order: [Int]
  private var places: [Int]
  private var isTaken: [Bool]
  private var stepCount = 0
  private var best: (places: [Int], cost: Double)?

  /// What a placement costs, less being better; nil: all are equal and the first is taken.
  private let cost: (([Int]) -> Double)?

  init(_ map: CouplingMap, interactions: [[Int]], cost: (([Int]) -> Double)? = nil) {
    (self.map, self.interactions, self.cost) = (map, interactions, cost)
    order = Self.order(interactions)
    places = Array(repeating: -1, count: interactions.count)
    isTaken = Array(repeating: false, count: map.qubitCount)
  }

  /// The physical qubit of each wire; −1 for wires without gates. Nil if there is no placement, or none was found in time.
  mutating func found() -> [Int]? {
    guard order.count <= map.qubitCount else { return nil }
    place(0)
    return best?.places
  }

  /// Returns whether the search is over.
  @discardableResult
  private mutating func place(_ index: Int) -> Bool {
    guard index < order.count else {
      let cost = cost?(places) ?? 0
      if cost < best?.cost ?? .infinity { best = (places, cost) }
      return self.cost == nil
    }
    let wire = order[index]
    for qubit in candidates(wire) where !isTaken[qubit] && fits(wire, qubit) {
      stepCount += 1
      guard stepCount <= Limits.placementStepCount else { return true }
      (places[wire], isTaken[qubit]) = (qubit, true)
      let isOver = place(index + 1)
      (places[wire], isTaken[qubit]) = (-1, false)
      if isOver { return true }
    }
    return false
  }

  private func candidates(_ wire: Int) -> [Int] {
    guard let placed = interactions[wire].first(where: { places[$0] >= 0 }) else { return Array(0..<map.qubitCount) }
    return map.neighbors[places[placed]]
  }

  private func fits(_ wire: Int, _ qubit: Int) -> Bool {
    map.neighbors[qubit].count >= interactions[wire].count
      && interactions[wire].allSatisfy { places[$0] < 0 || map.areCoupled(places[$0], qubit) }
  }

  private static func order(_ interactions: [[Int]]) -> [Int] {
    var result = [Int]()
    var isListed = [Bool](repeating: false, count: interactions.count)
    let byDegree = interactions.indices.filter { !interactions[$0].isEmpty }.sorted {
      interactions[$0].count > interactions[$1].count
    }
    for start in byDegree where !isListed[start] {
      isListed[start] = true
      result.append(start)
      while let next = byDegree.filter({ !isListed[$0] && interactions[$0].contains { isListed[$0] } })
        .max(by: { first, second in
          interactions[first].count { isListed[$0] } < interactions[second].count { isListed[$0] }
        })
      {
        isListed[next] = true
        result.append(next)
      }
    }
    return result
  }
}
