internal import Circuits

/// How long and how large a circuit is.
struct CircuitMeasure {
  private(set) var depth = 0
  private(set) var twoQubitDepth = 0
  private(set) var twoQubitGates = 0
  private(set) var gates = 0

  init(_ instructions: [Instruction], qubitCount: Int) {
    var levels = [(all: Int, pairs: Int)](repeating: (0, 0), count: qubitCount)
    for instruction in instructions {
      let wires = instruction.wires
      var (all, pairs) = (wires.map { levels[$0].all }.max() ?? 0, wires.map { levels[$0].pairs }.max() ?? 0)
      switch instruction {
      case .gate:
        gates += 1
        if wires.count >= 1 { all += 1 }
        if wires.count >= 2 { (pairs, twoQubitGates) = (pairs + 1, twoQubitGates + 1) }
      case .measure, .reset, .delay, .channel: all += 1
      default: break
      }
      for wire in wires { levels[wire] = (all, pairs) }
      (depth, twoQubitDepth) = (max(depth, all), max(twoQubitDepth, pairs))
    }
  }
}
