internal import Circuits

extension Netlist {
  /// What it costs to have the wires on certain qubits: `cx` and readings, each by its error.
  func placementCost(_ figures: ErrorFigures) -> ([Int]) -> Double {
    var (pairs, reads) = ([[Int]: Int](), [Int]())
    for node in nodes {
      switch node.kind {
      case .pair: pairs[[min(node.low, node.high), max(node.low, node.high)], default: 0] += node.count.own
      case .other(.measure(let wire, _)): reads.append(wire)
      default: break
      }
    }
    // In order, so that sums of the same numbers are the same.
    let counts = pairs.sorted { $0.key.lexicographicallyPrecedes($1.key) }
    return { places in
      let gates = counts.reduce(0.0) { $0 + Double($1.value) * figures.pair(places[$1.key[0]], places[$1.key[1]]) }
      return gates + reads.reduce(0) { $0 + (places[$1] >= 0 ? figures.reading(places[$1]) : 0) }
    }
  }

  /// For each wire the wires that it has gates with, in order.
  var interactions: [[Int]] {
    var result = [Set<Int>](repeating: [], count: wireCount)
    for node in nodes where node.isPair {
      result[node.low].insert(node.high)
      result[node.high].insert(node.low)
    }
    return result.map { $0.sorted() }
  }

  /// Where the qubits of a routed netlist had better be: for each qubit another, all gates on pairs that are coupled.
  ///
  /// Source: Nation and Treinish (2023), PRX Quantum 4, 010327 (arXiv:2209.15512).
  func betterPlaces(_ map: CouplingMap, _ figures: ErrorFigures) -> [Int]? {
    let cost = placementCost(figures)
    var search = PerfectLayout(map, interactions: interactions, cost: cost)
    guard let found = search.found(), cost(found) < cost(Array(0..<wireCount)) else { return nil }
    var free = (0..<map.qubitCount).filter { !found.contains($0) }.makeIterator()
    return found.map { $0 >= 0 ? $0 : free.next() ?? 0 }
  }

  /// The same on other qubits.
  func moved(to places: [Int]) -> Netlist {
    var result = self
    result.nodes = nodes.map { $0.moved { places[$0] } }
    result.outputs = outputs.map { places[$0] }
    return result
  }
}
