internal import Circuits

extension Netlist {
  /// The netlist on physical qubits, with the SWAPs that a router put between.
  func routed(_ outcome: Router.Outcome, qubitCount: Int) -> Netlist {
    var result = self
    result.wireCount = qubitCount
    result.nodes = []
    var layout = outcome.initial
    for event in outcome.events {
      switch event {
      case .run(let index): result.nodes.append(nodes[index].moved { layout.physical[$0] })
      case .swap(let first, let second):
        result.nodes.append(Node(.swap, low: first, high: second))
        layout.swap(first, second)
      }
    }
    result.outputs = outputs.map { layout.physical[$0] }
    return result
  }
}
