internal import Circuits

/// How long and how large a circuit is.
///
/// Of control flow all bodies count: each branch, and a loop's body once. The longest of its bodies is as long as it takes; bodies that run one
/// after the other take their sum. All qubits wait for it.
struct CircuitMeasure {
  private(set) var depth = 0
  private(set) var twoQubitDepth = 0
  private(set) var twoQubitGates = 0
  private(set) var gates = 0
  private var levels: [(all: Int, pairs: Int)]

  init(_ instructions: [Instruction], qubitCount: Int) {
    levels = Array(repeating: (0, 0), count: qubitCount)
    for instruction in instructions {
      if instruction.bodies.isEmpty { add(instruction) } else { add(bodiesOf: instruction) }
    }
  }

  private mutating func add(_ instruction: Instruction) {
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

  private mutating func add(bodiesOf instruction: Instruction) {
    let parts = instruction.bodies.map { CircuitMeasure($0, qubitCount: levels.count) }
    gates += parts.reduce(0) { $0 + $1.gates }
    twoQubitGates += parts.reduce(0) { $0 + $1.twoQubitGates }
    var (all, pairs) = (parts.map(\.depth).max() ?? 0, parts.map(\.twoQubitDepth).max() ?? 0)
    if case .iterations = instruction {
      (all, pairs) = (parts.reduce(0) { $0 + $1.depth }, parts.reduce(0) { $0 + $1.twoQubitDepth })
    }
    (depth, twoQubitDepth) = (depth + all, twoQubitDepth + pairs)
    levels = Array(repeating: (depth, twoQubitDepth), count: levels.count)
  }
}
