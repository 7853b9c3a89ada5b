internal import Circuits

/// Leaves out what cannot change an outcome: gates that are diagonal on qubits of which each is measured next, and then used no more.
///
/// The state after the measurements keeps its probabilities, not its phases: only for circuits that end by measuring.
enum FinalPhases {
  static func removed(from netlist: Netlist) -> Netlist {
    // From the end on: whether a wire is measured next, with nothing behind it.
    var isMeasuredLast = [Bool](repeating: false, count: netlist.wireCount)
    var isUsed = isMeasuredLast
    var kept = [Node]()
    for node in netlist.nodes.reversed() {
      if isWithoutEffect(node, isMeasuredLast) { continue }
      kept.append(node)
      for wire in node.wires {
        isMeasuredLast[wire] = if case .other(.measure) = node.kind { !isUsed[wire] } else { false }
        isUsed[wire] = true
      }
    }
    var result = netlist
    result.nodes = kept.reversed()
    return result
  }

  private static func isWithoutEffect(_ node: Node, _ isMeasuredLast: [Bool]) -> Bool {
    switch node.kind {
    case .local, .turn, .pair: node.wires.allSatisfy { isMeasuredLast[$0] && node.axes(on: $0).contains(.z) }
    case .other: false
    }
  }
}
