internal import Circuits

/// A circuit as the passes see it: gates on one and two wires as matrices, in an order in which they may run.
struct Netlist {
  var wireCount: Int
  var nodes: [Node] = []
  /// The global phase, in radians.
  var phase: ClassicalExpression = 0
  /// Where the value of each wire of the circuit that was read is at the end.
  var outputs: [Int]

  init(wireCount: Int) {
    self.wireCount = wireCount
    outputs = Array(0..<wireCount)
  }

  mutating func add(phase angle: Double) { if angle != 0 { phase = phase + ClassicalExpression(angle) } }

  /// What its gates take, in `cx`.
  var entanglerCount: Int { nodes.reduce(0) { $0 + $1.count.own } }
}
