internal import Circuits

/// Which nodes wait for which, as counts that a walk through the netlist counts down.
///
/// On each wire the nodes stand in groups: those of one group share a Pauli axis there and commute, so that they may run in any order; the next
/// group waits until the last of them has run. Measurements into one bit keep their order by groups of one on a wire of their own.
struct DependencyGraph {
  /// The groups of all wires, one wire after the other.
  private(set) var groups: [[Int32]] = []
  /// The first group of each wire, and one past the last.
  private(set) var firstGroup: [Int] = []
  /// For each node the groups that it is in.
  private(set) var memberships: [[Int32]]

  init(_ nodes: [Node], wireCount: Int) {
    memberships = Array(repeating: [], count: nodes.count)
    var wires = [[Int32]](repeating: [], count: wireCount)
    var bits = [Int: [Int32]]()
    for (index, node) in nodes.enumerated() {
      for wire in node.wires { wires[wire].append(Int32(index)) }
      if case .other(.measure(_, let bit?)) = node.kind { bits[bit, default: []].append(Int32(index)) }
    }
    for (wire, members) in wires.enumerated() {
      firstGroup.append(groups.count)
      var shared = PauliAxes()
      for member in members {
        let axes = nodes[Int(member)].axes(on: wire)
        if groups.count > firstGroup[wire], !shared.isDisjoint(with: axes) {
          shared.formIntersection(axes)
          groups[groups.count - 1].append(member)
        } else {
          shared = axes
          groups.append([member])
        }
      }
    }
    for (_, members) in bits.sorted(by: { $0.key < $1.key }) where members.count > 1 {
      firstGroup.append(groups.count)
      for member in members { groups.append([member]) }
    }
    firstGroup.append(groups.count)
    for (index, members) in groups.enumerated() { for member in members { memberships[Int(member)].append(Int32(index)) } }
  }
}

extension DependencyGraph {
  /// The same for nodes with other numbers.
  func renamed(_ name: (Int32) -> Int32) -> DependencyGraph {
    var result = self
    result.groups = groups.map { $0.map(name) }
    for (node, groups) in memberships.enumerated() { result.memberships[Int(name(Int32(node)))] = groups }
    return result
  }
}

/// How far a walk through a netlist has come.
struct DependencyWalk {
  private let graph: DependencyGraph
  /// For each node how many of its groups have not begun.
  private var missing: [Int32]
  /// For each group how many of its nodes have not run.
  private var left: [Int32]
  private let isLast: [Bool]

  /// Starts before the first node; `ready` gets those that wait for nothing.
  init(_ graph: DependencyGraph, ready: inout [Int32]) {
    self.graph = graph
    missing = graph.memberships.map { Int32($0.count) }
    left = graph.groups.map { Int32($0.count) }
    var isLast = [Bool](repeating: false, count: graph.groups.count)
    for end in graph.firstGroup.dropFirst() where end > 0 { isLast[end - 1] = true }
    self.isLast = isLast
    for wire in 0..<graph.firstGroup.count - 1 where graph.firstGroup[wire] < graph.firstGroup[wire + 1] {
      begin(graph.firstGroup[wire], &ready)
    }
    for (node, groups) in graph.memberships.enumerated() where groups.isEmpty { ready.append(Int32(node)) }
  }

  /// Marks a node as run; `ready` gets those that waited for nothing else.
  mutating func run(_ node: Int, ready: inout [Int32]) {
    for group in graph.memberships[node] {
      let index = Int(group)
      left[index] -= 1
      if left[index] == 0, !isLast[index] { begin(index + 1, &ready) }
    }
  }

  private mutating func begin(_ group: Int, _ ready: inout [Int32]) {
    for member in graph.groups[group] {
      missing[Int(member)] -= 1
      if missing[Int(member)] == 0 { ready.append(member) }
    }
  }
}
