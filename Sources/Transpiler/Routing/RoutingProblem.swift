internal import Circuits

/// What a router needs to know of a netlist, in both directions of time.
struct RoutingProblem {
  let nodes: [Node]
  let wireCount: Int
  /// For each node its wires, −1 for nodes that are no pairs.
  let low: [Int32]
  let high: [Int32]
  let counts: [EntanglerCount]
  let forwards: DependencyGraph
  let backwards: DependencyGraph

  init(_ netlist: Netlist) {
    nodes = netlist.nodes
    wireCount = netlist.wireCount
    low = nodes.map { $0.isPair ? Int32($0.low) : -1 }
    high = nodes.map { Int32($0.high) }
    counts = nodes.map(\.count)
    forwards = DependencyGraph(nodes, wireCount: wireCount)
    let last = Int32(nodes.count - 1)
    backwards = DependencyGraph(nodes.reversed(), wireCount: wireCount).renamed { last - $0 }
  }
}

/// What a router did, in order.
enum RoutingEvent {
  /// Ran a node.
  case run(Int)
  /// Exchanged what two physical qubits hold.
  case swap(Int, Int)
}

/// Where the wires are: a permutation of the physical qubits, of which the first ones' wires are the circuit's.
struct Layout: Hashable {
  /// For each wire its physical qubit; wires that the circuit does not have stand for qubits that it does not use.
  private(set) var physical: [Int]
  /// For each physical qubit its wire.
  private(set) var wire: [Int]

  init(physical: [Int]) {
    self.physical = physical
    wire = physical
    for (index, qubit) in physical.enumerated() { wire[qubit] = index }
  }

  mutating func swap(_ first: Int, _ second: Int) {
    wire.swapAt(first, second)
    physical[wire[first]] = first
    physical[wire[second]] = second
  }
}
