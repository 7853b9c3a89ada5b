internal import Circuits

/// Calls wires by other names where that saves gates: a SWAP is two names exchanged, and a gate that takes fewer `cx` with a SWAP after it than
/// without gets one.
enum SwapElision {
  static func run(_ netlist: Netlist) -> Netlist {
    var result = netlist
    result.nodes = []
    var place = Array(0..<netlist.wireCount)
    for node in netlist.nodes {
      let moved = node.moved { place[$0] }
      guard case .pair(let matrix) = moved.kind, moved.count.mirrored < moved.count.own else {
        result.nodes.append(moved)
        continue
      }
      result.nodes.append(Node(matrix.swapped, low: moved.low, high: moved.high))
      place.swapAt(node.low, node.high)
    }
    result.outputs = netlist.outputs.map { place[$0] }
    return result
  }
}
