internal import Circuits

/// Puts gates into as few layers as it finds: what commutes changes places, the longest path first.
///
/// A list scheduling: layer by layer, of the gates on pairs that wait for nothing those are taken that most depends on, as far as their wires
/// are free. Gates on one wire stand where they are ready, and count as nothing.
/// - Complexity: O(nodes · log nodes) for groups of bounded size.
struct LayerMerging {
  private let nodes: [Node]
  private let graph: DependencyGraph
  /// For each node the pairs on the longest path from it to the end, itself included.
  private var heights: [Int32]

  static func run(_ netlist: Netlist) -> Netlist {
    var result = netlist
    result.nodes = LayerMerging(netlist).ordered()
    return result
  }

  private init(_ netlist: Netlist) {
    nodes = netlist.nodes
    graph = DependencyGraph(nodes, wireCount: netlist.wireCount)
    heights = Array(repeating: 0, count: nodes.count)
    findHeights()
  }

  /// From the end on. Nodes of one group on one wire run one after the other, so that a group is as high as its size at least.
  private mutating func findHeights() {
    var above = [Int32](repeating: 0, count: graph.groups.count)
    var (ready, order) = ([Int32](), [Int32]())
    var walk = DependencyWalk(graph, ready: &ready)
    while let node = ready.popLast() {
      order.append(node)
      walk.run(Int(node), ready: &ready)
    }
    let lastGroups = Set(graph.firstGroup.dropFirst().map { $0 - 1 })
    for node in order.reversed() {
      let weight: Int32 = nodes[Int(node)].isPair ? 1 : 0
      let groups = graph.memberships[Int(node)]
      // What a group behind has come to by now, as all of it was looked at before.
      let behind = groups.map { lastGroups.contains(Int($0)) ? 0 : above[Int($0) + 1] }.max() ?? 0
      heights[Int(node)] = behind + weight
      for group in groups { above[Int(group)] = max(above[Int(group)] + weight, heights[Int(node)]) }
    }
  }

  private func ordered() -> [Node] {
    var result = [Node]()
    result.reserveCapacity(nodes.count)
    var (ready, waiting) = ([Int32](), [Int32]())
    var walk = DependencyWalk(graph, ready: &ready)
    while true {
      // What takes no layer, until only pairs are left.
      while let node = ready.popLast() {
        if nodes[Int(node)].isPair {
          waiting.append(node)
        } else {
          result.append(nodes[Int(node)])
          walk.run(Int(node), ready: &ready)
        }
      }
      guard !waiting.isEmpty else { return result }
      waiting.sort { (heights[Int($1)], $0) < (heights[Int($0)], $1) }
      var (busy, kept) = (Set<Int>(), [Int32]())
      for node in waiting {
        let (low, high) = (nodes[Int(node)].low, nodes[Int(node)].high)
        guard !busy.contains(low), !busy.contains(high) else {
          kept.append(node)
          continue
        }
        busy.formUnion([low, high])
        result.append(nodes[Int(node)])
        walk.run(Int(node), ready: &ready)
      }
      waiting = kept
    }
  }
}
