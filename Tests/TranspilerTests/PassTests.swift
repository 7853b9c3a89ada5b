import Circuits
import TestSupport
import Testing

@testable import Transpiler

/// Each pass by itself: whatever it makes of a netlist does what the netlist did.
@Suite("passes over netlists")
struct PassTests {
  private static let seeds = 0..<10
  /// Sums of roundings, and of angles that were taken for multiples of π/4.
  private static let tolerance = 1e-8

  private static func circuit(_ seed: Int) throws -> Circuit {
    try RandomCircuit.gates(qubitCount: 2 + seed % 4, gateCount: 10 + 3 * seed, seed: UInt64(seed))
  }

  /// The netlist in gates, on as many qubits as it has wires.
  private static func written(_ netlist: Netlist) throws -> Circuit {
    var writer = BasisWriter(GateBasis(.cz, .u), wireCount: netlist.wireCount, dropsFinalPhases: false)
    try writer.write(netlist)
    var circuit = try Circuit(qubitCount: netlist.wireCount, classicalBitCount: netlist.wireCount)
    try circuit.append(.gate(GateOperation(.standard(.globalPhase), parameters: [writer.phase], qubits: [])))
    for instruction in writer.instructions { try circuit.append(instruction) }
    return circuit
  }

  private static func distance(_ circuit: Circuit, _ netlist: Netlist, from layout: [Int]? = nil, seed: Int) throws -> Double {
    let (first, last) = (layout ?? Array(0..<circuit.qubitCount), Array(netlist.outputs.prefix(circuit.qubitCount)))
    return try Equivalence.distance(circuit, try written(netlist), from: first, to: last, seed: UInt64(seed))
  }

  @Test("reading and writing", arguments: seeds)
  func reading(seed: Int) throws {
    let circuit = try Self.circuit(seed)
    #expect(try Self.distance(circuit, NetlistReader(circuit).netlist, seed: seed) < Self.tolerance, "seed \(seed)")
  }

  @Test("consolidation, and it takes no more entangling gates than there were", arguments: seeds)
  func consolidation(seed: Int) throws {
    let circuit = try Self.circuit(seed)
    let netlist = try NetlistReader(circuit).netlist
    let found = Consolidation.run(netlist)
    #expect(try Self.distance(circuit, found, seed: seed) < Self.tolerance, "seed \(seed)")
    #expect(found.entanglerCount <= netlist.entanglerCount && found.nodes.count <= netlist.nodes.count, "seed \(seed)")
  }

  @Test("elision of SWAPs, which leaves no gate that takes fewer with one", arguments: seeds)
  func elision(seed: Int) throws {
    var circuit = try Self.circuit(seed)
    try circuit.append(.swap, on: 0, 1)
    let found = SwapElision.run(try NetlistReader(circuit).netlist)
    #expect(try Self.distance(circuit, found, seed: seed) < Self.tolerance, "seed \(seed)")
    #expect(found.nodes.allSatisfy { $0.count.own <= $0.count.mirrored }, "seed \(seed)")
  }

  @Test("layer merging, in which every gate stays", arguments: seeds)
  func layers(seed: Int) throws {
    let circuit = try Self.circuit(seed)
    let netlist = try NetlistReader(circuit).netlist
    let found = LayerMerging.run(netlist)
    #expect(try Self.distance(circuit, found, seed: seed) < Self.tolerance, "seed \(seed)")
    #expect(found.nodes.count == netlist.nodes.count)
  }

  @Test("routing, after which every pair is coupled", arguments: seeds)
  func routing(seed: Int) throws {
    let circuit = try Self.circuit(seed)
    let netlist = Consolidation.run(try NetlistReader(circuit).netlist)
    let map = try CouplingMap.line(6)
    var random = SplitMix(seed: UInt64(seed))
    let layout = Layout(physical: (0..<6).shuffled(using: &random))
    let outcome = Router(problem: RoutingProblem(netlist), map: map).run(from: layout, seed: UInt64(seed), records: true)
    let routed = netlist.routed(outcome, qubitCount: 6)
    let first = Array(layout.physical.prefix(circuit.qubitCount))
    #expect(try Self.distance(circuit, routed, from: first, seed: seed) < Self.tolerance, "seed \(seed)")
    #expect(routed.nodes.allSatisfy { !$0.isPair || map.areCoupled($0.low, $0.high) }, "seed \(seed)")
  }

  @Test("leaving out phases before measurements, of which outcomes know nothing", arguments: seeds)
  func phases(seed: Int) throws {
    var circuit = try Circuit(qubitCount: 3, classicalBitCount: 3)
    let gates = try RandomCircuit.gates(qubitCount: 3, gateCount: 12, seed: UInt64(seed))
    for instruction in gates.instructions { try circuit.append(instruction) }
    for qubit in 0..<3 { try circuit.append(.rz, ClassicalExpression(0.3 + Double(qubit)), on: qubit) }
    try circuit.append(.rzz, 0.7, on: 0, 2)
    for qubit in 0..<3 { try circuit.measure(qubit, into: qubit) }
    let netlist = try NetlistReader(circuit).netlist
    let found = FinalPhases.removed(from: netlist)
    #expect(found.nodes.count <= netlist.nodes.count - 4, "seed \(seed)")
    let (wanted, left) = (
      try ReferenceInterpreter.distribution(circuit), try ReferenceInterpreter.distribution(try Self.written(found))
    )
    #expect(SameBehaviour.distance(wanted, left) < Self.tolerance, "seed \(seed)")
  }
}
