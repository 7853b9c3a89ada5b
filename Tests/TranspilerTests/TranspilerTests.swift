import Circuits
import TestSupport
import Testing
import Transpiler

@Suite("compiled circuits")
struct TranspilerTests {
  private static let bases: [GateBasis] = GateBasis.Entangler.allCases.flatMap { entangler in
    GateBasis.OneQubit.allCases.map { GateBasis(entangler, $0) }
  }

  /// Sums of roundings, and of angles that were taken for multiples of π/4.
  private static let tolerance = 1e-8

  private static func map(_ index: Int) throws -> CouplingMap {
    switch index % 5 {
    case 0: try .line(6)
    case 1: try .grid(rows: 2, columns: 3)
    case 2: try .ring(6)
    case 3: try .full(5)
    // A star with a tail.
    default: try CouplingMap(qubitCount: 6, edges: [[0, 1], [0, 2], [0, 3], [3, 4], [4, 5]])
    }
  }

  /// With few placements: their number changes how good a circuit is, not what it does.
  private func compile(_ circuit: Circuit, _ target: CompilationTarget) throws -> CompiledCircuit {
    var options = Transpiler.Options()
    options.trialCount = 2
    return try Transpiler(to: target, options: options).compile(circuit)
  }

  @Test("do what the circuit does, in gates that the device has", arguments: 0..<32)
  func random(seed: Int) throws {
    let qubitCount = 1 + seed % 5
    let circuit = try RandomCircuit.gates(qubitCount: qubitCount, gateCount: 5 + seed % 30, seed: UInt64(seed))
    let basis = Self.bases[seed % Self.bases.count]
    let target = CompilationTarget(coupling: try Self.map(seed), basis: basis)
    let compiled = try compile(circuit, target)
    let distance = try Equivalence.distance(circuit, compiled, seed: UInt64(seed))
    #expect(distance < Self.tolerance, "seed \(seed), \(basis)")
    #expect(Equivalence.foreign(compiled, target).isEmpty, "seed \(seed), \(basis)")
  }

  @Test("keep parameters, and do for each of their values what the circuit does", arguments: 0..<8)
  func parameters(seed: Int) throws {
    var circuit = try Circuit(qubitCount: 4)
    let angles = (0..<4).map { ClassicalExpression.parameter(Parameter("theta\($0)")) }
    for qubit in 0..<4 { try circuit.append(.ry, angles[qubit], on: qubit) }
    try circuit.append(.rzz, angles[0] + 0.5, on: 0, 2)
    try circuit.append(.cp, 2 * angles[1], on: 3, 1)
    try circuit.append(.u, angles[2], angles[3], 0.3, on: 1)
    try circuit.append(.rxx, angles[3], on: 1, 2)
    try circuit.append(.crx, angles[0], on: 0, 3)
    try circuit.append(.p, angles[1], on: 2, controls: [Control(0, isPositive: false)])
    try circuit.append(rotation: angles[2], about: try PauliString("XYZ"), on: [0, 1, 3])
    let target = CompilationTarget(coupling: try .line(5), basis: Self.bases[seed % Self.bases.count])
    let compiled = try compile(circuit, target)
    #expect(compiled.circuit.parameters == circuit.parameters)
    #expect(Equivalence.foreign(compiled, target).isEmpty)
    var random = SplitMix(seed: UInt64(seed))
    let values = (0..<4).map { _ in Double.random(in: -4...4, using: &random) }
    #expect(try Equivalence.distance(circuit, compiled, parameters: values, seed: UInt64(seed)) < Self.tolerance, "seed \(seed)")
  }

  @Test("measure as the circuit does, with resets and outcomes in between", arguments: 0..<8)
  func measurements(seed: Int) throws {
    var circuit = try Circuit(qubitCount: 4, classicalBitCount: 3)
    var random = SplitMix(seed: UInt64(seed))
    for qubit in 0..<4 {
      try circuit.append(.u, ClassicalExpression(Double.random(in: 0...3, using: &random)), 0.4, 1.1, on: qubit)
    }
    try circuit.append(.cx, on: 0, 3)
    try circuit.append(.cx, on: 1, 2)
    try circuit.measure(3, into: 0)
    try circuit.append(.reset(qubit: 3))
    try circuit.append(.cry, 0.7, on: 2, 0)
    try circuit.append(.barrier([0, 1, 2, 3]))
    try circuit.append(.swap, on: 3, 1)
    try circuit.append(.crz, 0.9, on: 1, 0)
    try circuit.measure(1, into: 1)
    try circuit.measure(0, into: 2)
    let target = CompilationTarget(coupling: try .line(4), basis: Self.bases[seed % Self.bases.count])
    let compiled = try compile(circuit, target)
    let (wanted, found) = (
      try ReferenceInterpreter.distribution(circuit), try ReferenceInterpreter.distribution(compiled.circuit)
    )
    #expect(SameBehaviour.distance(wanted, found) < Self.tolerance, "seed \(seed)")
  }

  @Test("circuits that fit the device as they are need no SWAP")
  func perfectLayout() throws {
    var circuit = try Circuit(qubitCount: 6)
    // A path through the grid that is not the order of the qubits.
    for pair in [[3, 0], [0, 5], [5, 1], [1, 4], [4, 2]] { try circuit.append(.cx, on: pair[0], pair[1]) }
    let target = CompilationTarget(coupling: try .grid(rows: 2, columns: 3), basis: GateBasis(.cx, .u))
    let compiled = try compile(circuit, target)
    #expect(compiled.report.twoQubitGates.after == 5)
  }

  @Test("gates that the device has stay as they are")
  func native() throws {
    var circuit = try Circuit(qubitCount: 3)
    try circuit.append(.u, 0.3, 0.4, 0.5, on: 0)
    try circuit.append(.cx, on: 0, 1)
    try circuit.append(.u, 0.6, 0.7, 0.8, on: 1)
    try circuit.append(.cx, on: 2, 1)
    let compiled = try compile(circuit, CompilationTarget(coupling: try .line(3), basis: GateBasis(.cx, .u)))
    #expect(compiled.report.gates.after == 4 && compiled.report.depth.after == 4)
  }

  @Test(
    "flips under many controls borrow qubits that are there",
    arguments: [(3, 4, 14), (4, 5, 30), (4, 7, 26), (5, 6, 62)])
  func flips(controls: Int, qubitCount: Int, count: Int) throws {
    let target = CompilationTarget(coupling: try .full(qubitCount), basis: GateBasis(.cx, .u))
    for name in ["x", "c\(controls)x"] {
      var circuit = try Circuit(qubitCount: qubitCount)
      if name == "x" {
        try circuit.append(.x, on: controls, controls: (0..<controls).map { Control($0) })
      } else if let gate = Gate(named: name) {
        try circuit.append(.gate(GateOperation(.standard(gate), qubits: Array(0...controls))))
      }
      let compiled = try compile(circuit, target)
      #expect(compiled.report.twoQubitGates.after <= count, "\(name): \(compiled.report.twoQubitGates.after)")
      #expect(try Equivalence.distance(circuit, compiled, seed: 1) < Self.tolerance)
    }
  }

  @Test("SWAPs are names, and gates that undo each other are gone")
  func nothing() throws {
    var circuit = try Circuit(qubitCount: 3)
    try circuit.append(.swap, on: 0, 2)
    try circuit.append(.cx, on: 0, 1)
    try circuit.append(.cz, on: 0, 2)
    try circuit.append(.t, on: 0)
    try circuit.append(.cx, on: 0, 1)
    try circuit.append(.tdg, on: 0)
    try circuit.append(.cz, on: 2, 0)
    let compiled = try Transpiler(to: CompilationTarget(coupling: try .line(3), basis: GateBasis(.cx, .u))).compile(circuit)
    #expect(compiled.circuit.instructions.allSatisfy { if case .gate(let gate) = $0 { gate.name == "gphase" } else { false } })
    #expect(try Equivalence.distance(circuit, compiled, seed: 1) < Self.tolerance)
  }

  @Test("what cannot be compiled is refused with its place")
  func refused() throws {
    let target = CompilationTarget(coupling: try .line(3), basis: GateBasis(.cx, .u))
    func error(_ circuit: Circuit) -> TranspilerError? {
      do { _ = try Transpiler(to: target).compile(circuit) } catch { return error }
      return nil
    }
    #expect(error(try Circuit(qubitCount: 4))?.code == .tooManyQubits)
    var noisy = try Circuit(qubitCount: 2)
    try noisy.append(.x, on: 0)
    try noisy.append(try .depolarizing(0.1), on: 0)
    #expect(error(noisy)?.code == .unsupported && error(noisy)?.message.contains("instruction 1") == true)
    var waiting = try Circuit(qubitCount: 2, classicalBitCount: 1)
    try waiting.append(.ifElse(.bit(0), then: [.delay(seconds: .parameter(Parameter("t")), qubits: [0])], otherwise: []))
    #expect(error(waiting)?.code == .unsupported && error(waiting)?.message.contains("instruction 0") == true)
  }

  @Test("the same seed gives the same circuit")
  func deterministic() throws {
    let circuit = try RandomCircuit.gates(qubitCount: 5, gateCount: 20, seed: 3)
    let target = CompilationTarget(coupling: try .line(6), basis: GateBasis(.cz, .rzSX))
    let (first, second) = (try compile(circuit, target), try compile(circuit, target))
    #expect(first.circuit == second.circuit && first.finalLayout == second.finalLayout)
  }
}
