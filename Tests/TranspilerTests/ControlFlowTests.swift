import Circuits
import TestSupport
import Testing

@testable import Transpiler

@Suite("compiled circuits with control flow")
struct ControlFlowTests {
  /// Sums of roundings.
  private static let tolerance = 1e-8

  private static func map(_ index: Int, _ qubitCount: Int) throws -> CouplingMap {
    switch index % 4 {
    case 0: try .line(qubitCount)
    case 1: try .ring(max(qubitCount, 3))
    // A star: whatever meets does so in the middle.
    case 2: try CouplingMap(qubitCount: qubitCount + 1, edges: (1...qubitCount).map { [0, $0] })
    default: try .grid(rows: 2, columns: 3)
    }
  }

  private static func compile(_ circuit: Circuit, _ target: CompilationTarget, seed: Int) throws -> CompiledCircuit {
    var options = Transpiler.Options()
    (options.trialCount, options.seed) = (2, UInt64(seed))
    return try Transpiler(to: target, options: options).compile(circuit)
  }

  /// Gates anywhere in a circuit that a target does not have.
  private static func foreign(_ instructions: [Instruction], _ target: CompilationTarget, _ compiled: CompiledCircuit) throws -> Int
  {
    var flat = compiled
    flat.circuit = try Circuit(qubitCount: compiled.circuit.qubitCount, classicalBitCount: 1)
    func add(_ instructions: [Instruction]) throws {
      for instruction in instructions {
        if case .gate(var gate) = instruction {
          gate.parameters = gate.parameters.map { _ in 0 }
          try flat.circuit.append(.gate(gate))
        }
        for body in instruction.bodies { try add(body) }
      }
    }
    try add(instructions)
    return Equivalence.foreign(flat, target).count
  }

  /// The probabilities of all of memory, and the states: each history of outcomes with what is left, qubits where they are read.
  private static func compare(_ circuit: Circuit, _ compiled: CompiledCircuit, _ comment: String) throws {
    let wanted = try ReferenceInterpreter.run(circuit), found = try ReferenceInterpreter.run(compiled.circuit)
    func weights(_ branches: [ReferenceInterpreter.Branch], _ layout: [Int]) -> [String: Double] {
      var result = [String: Double]()
      for branch in branches {
        let memory = "\(branch.memory.bits) \(branch.memory.variables)"
        for (state, amplitude) in branch.amplitudes.enumerated() {
          let bits = layout.enumerated().reduce(0) { $0 | (state >> $1.element & 1) << $1.offset }
          result["\(memory) \(bits)", default: 0] += amplitude.lengthSquared
        }
      }
      return result
    }
    let distance = SameBehaviour.distance(weights(wanted, Array(0..<circuit.qubitCount)), weights(found, compiled.finalLayout))
    #expect(distance < tolerance, "\(comment)")
  }

  @Test("do what the circuit does, in gates that the device has, whatever is measured", arguments: 0..<40)
  func random(seed: Int) throws {
    let qubitCount = 2 + seed % 3
    let circuit = try RandomCircuit.dynamic(qubitCount: qubitCount, stepCount: 8, seed: UInt64(seed))
    let bases: [GateBasis] = [GateBasis(.cx, .u), GateBasis(.ecr, .rzSXX), GateBasis(.cz, .rzSX), GateBasis(.rzz, .rotations)]
    var target = CompilationTarget(coupling: try Self.map(seed, qubitCount), basis: bases[seed % 4])
    target.basis = bases[(seed / 4) % 4]
    let compiled = try Self.compile(circuit, target, seed: seed)
    try Self.compare(circuit, compiled, "seed \(seed)")
    #expect(try Self.foreign(compiled.circuit.instructions, target, compiled) == 0, "seed \(seed)")
  }

  private static func gate(_ gate: Gate, _ qubits: Int...) -> Instruction { .gate(GateOperation(.standard(gate), qubits: qubits)) }

  @Test("bodies that need SWAPs bring the qubits back, also where a loop is left, goes on, or the circuit ends", arguments: 0..<4)
  func swaps(variant: Int) throws {
    var circuit = try Circuit(qubitCount: 4, classicalBitCount: 3)
    for qubit in 0..<4 { try circuit.append(.ry, ClassicalExpression(0.4 + Double(qubit)), on: qubit) }
    try circuit.measure(0, into: 0)
    let mixing = [
      Self.gate(.cx, 0, 2), Self.gate(.ch, 1, 3), Self.gate(.cx, 0, 3), Self.gate(.h, 1), Self.gate(.cx, 1, 2),
      Self.gate(.ch, 0, 1),
    ]
    let leave: Instruction = [.breakLoop, .continueLoop, .end, .barrier([0])][variant]
    let turn = mixing + [.measure(qubit: 3, bit: 1), .ifElse(.bit(1), then: mixing.reversed() + [leave], otherwise: [])] + mixing
    try circuit.append(.iterations([turn, turn]))
    try circuit.append(.ifElse(.bit(0), then: mixing, otherwise: [Self.gate(.cx, 2, 3)]))
    try circuit.append(.cx, on: 1, 3)
    try circuit.measure(1, into: 2)
    for map in 0..<3 {
      let target = CompilationTarget(coupling: try Self.map(map, 4), basis: GateBasis(.cx, .u))
      let compiled = try Self.compile(circuit, target, seed: variant)
      try Self.compare(circuit, compiled, "map \(map)")
      #expect(try Self.foreign(compiled.circuit.instructions, target, compiled) == 0)
    }
  }

  @Test("control flow that fits the device takes no SWAP, and counts each body once")
  func counts() throws {
    var circuit = try Circuit(qubitCount: 3, classicalBitCount: 1)
    try circuit.append(.h, on: 0)
    try circuit.measure(0, into: 0)
    try circuit.append(
      .ifElse(.bit(0), then: [Self.gate(.cx, 0, 2), Self.gate(.h, 0), Self.gate(.cx, 0, 2)], otherwise: [Self.gate(.cx, 2, 1)]))
    try circuit.append(.whileLoop(.bit(0), body: [Self.gate(.cx, 0, 2), .measure(qubit: 0, bit: 0)]))
    let target = CompilationTarget(coupling: try .line(3), basis: GateBasis(.cx, .u))
    let report = try Self.compile(circuit, target, seed: 0).report
    // `cx` on both sides of `h` are one.
    #expect(report.twoQubitGates == .init(before: 4, after: 3) && report.twoQubitDepth == .init(before: 3, after: 2))
    #expect(report.depth.before == 2 + 3 + 2 && report.gates.before == 6)
  }

  @Test("SWAPs lead from any place to any other", arguments: 0..<40)
  func routes(seed: Int) throws {
    var random = SplitMix(seed: UInt64(seed))
    let map = try Self.map(seed, 6)
    let wireCount = 1 + seed % 6
    var (current, wanted) = (
      Layout(physical: Array(0..<map.qubitCount).shuffled(using: &random)),
      Layout(physical: Array(0..<map.qubitCount).shuffled(using: &random))
    )
    for (first, second) in SwapRoute(map, from: current, to: wanted, wireCount: wireCount).swaps {
      #expect(map.areCoupled(first, second))
      current.swap(first, second)
    }
    #expect(current.physical.prefix(wireCount) == wanted.physical.prefix(wireCount), "seed \(seed)")
    wanted = current
    #expect(SwapRoute(map, from: current, to: wanted, wireCount: wireCount).swaps.isEmpty)
  }
}
