internal import Circuits

/// SWAPs that bring what qubits hold to other qubits.
///
/// As long as a SWAP brings one or both of what it exchanges nearer and nothing farther, it is taken. Else the qubits are settled one after the
/// other, the outermost of a tree first, each by a path through those that are not.
struct SwapRoute {
  private(set) var swaps: [(Int, Int)] = []
  private let map: CouplingMap
  /// For each qubit where what it holds belongs; −1: anywhere.
  private var goals: [Int]

  /// - Parameter wireCount: How many wires have to be on their qubits; what the others hold is all the same.
  init(_ map: CouplingMap, from current: Layout, to wanted: Layout, wireCount: Int) {
    self.map = map
    goals = Array(repeating: -1, count: map.qubitCount)
    for wire in 0..<wireCount { goals[current.physical[wire]] = wanted.physical[wire] }
    while let pair = nearer() { swap(pair.0, pair.1) }
    if goals.indices.contains(where: { distance($0, goals[$0]) > 0 }) { settle() }
  }

  private mutating func swap(_ first: Int, _ second: Int) {
    swaps.append((first, second))
    goals.swapAt(first, second)
  }

  private func distance(_ qubit: Int, _ goal: Int) -> Int { goal < 0 ? 0 : map.distance(qubit, goal) }

  /// The SWAP that brings most nearer.
  private func nearer() -> (Int, Int)? {
    var best: (pair: (Int, Int), gain: Int)?
    for qubit in goals.indices where distance(qubit, goals[qubit]) > 0 {
      for other in map.neighbors[qubit] {
        let before = distance(qubit, goals[qubit]) + distance(other, goals[other])
        let gain = before - distance(other, goals[qubit]) - distance(qubit, goals[other])
        if gain > best?.gain ?? 0 { best = ((qubit, other), gain) }
      }
    }
    return best?.pair
  }

  private mutating func settle() {
    guard let root = goals.indices.first(where: { goals[$0] >= 0 }) else { return }
    var order = [root]
    var seen: Set<Int> = [root]
    var next = 0
    while next < order.count {
      for other in map.neighbors[order[next]] where seen.insert(other).inserted { order.append(other) }
      next += 1
    }
    // What is left without the last is connected.
    for last in order.reversed() {
      if let path = path(to: last, among: seen) { for (first, second) in zip(path, path.dropFirst()) { swap(first, second) } }
      seen.remove(last)
    }
  }

  /// The way of what belongs on a qubit; if nothing does, of the nearest that belongs anywhere.
  private func path(to goal: Int, among allowed: Set<Int>) -> [Int]? {
    let isClaimed = goals.contains(goal)
    var (queue, before) = ([goal], [goal: goal])
    var next = 0
    while next < queue.count {
      let qubit = queue[next]
      next += 1
      if isClaimed ? goals[qubit] == goal : goals[qubit] < 0 {
        var path = [qubit]
        while let last = path.last, last != goal, let step = before[last] { path.append(step) }
        return path
      }
      for other in map.neighbors[qubit] where allowed.contains(other) && before[other] == nil {
        before[other] = qubit
        queue.append(other)
      }
    }
    return nil
  }
}
