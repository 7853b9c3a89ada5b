import Circuits
import TestSupport
import Testing

@testable import Simulator

@Suite("gates of a density matrix on more qubits than a map has")
struct WideGateTests {
  /// A gate and the qubits of the matrix on which it is tried.
  struct Case: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var qubitCount: Int
    var gate: ResolvedGate
  }

  private static func controls(_ qubits: [Int], zeros: Set<Int> = []) -> [Control] {
    qubits.map { Control($0, isPositive: !zeros.contains($0)) }
  }

  private static func unitary(_ qubitCount: Int) -> Matrix {
    var random = RandomChannel(qubitCount: qubitCount, seed: UInt64(qubitCount))
    return random.unitary(dimension: 1 << qubitCount)
  }

  static var cases: [Case] {
    let (x, u) = (Gate.x.matrix([]), Gate.u.matrix([0.3, 1.2, -0.7]))
    var cases = (3...6).map { count in
      Case(
        testDescription: "x under \(count) controls", qubitCount: count + 1,
        gate: .matrix(x, structure: .permutation, targets: [count / 2], controls: controls((0...count).filter { $0 != count / 2 })))
    }
    cases += [
      Case(
        testDescription: "u under 5 controls, two of them on 0", qubitCount: 6,
        gate: .matrix(u, structure: .dense, targets: [4], controls: controls([5, 0, 3, 1, 2], zeros: [0, 5]))),
      Case(
        testDescription: "a phase under 6 controls", qubitCount: 6,
        gate: .matrix(
          Gate.globalPhase.matrix([0.7]), structure: .diagonal, targets: [], controls: controls([5, 0, 3, 1, 2, 4], zeros: [3]))),
      Case(
        testDescription: "swap under 3 controls beside others", qubitCount: 6,
        gate: .matrix(Gate.swap.matrix([]), structure: .permutation, targets: [5, 1], controls: controls([0, 3, 4], zeros: [4]))),
      Case(
        testDescription: "a unitary on 4 of 6 qubits", qubitCount: 6,
        gate: .matrix(unitary(4), structure: .dense, targets: [4, 0, 5, 2], controls: [])),
      Case(
        testDescription: "a unitary on 3 qubits under a control", qubitCount: 5,
        gate: .matrix(unitary(3), structure: .dense, targets: [4, 0, 2], controls: controls([1], zeros: [1]))),
      Case(
        testDescription: "a unitary on 5 qubits", qubitCount: 5,
        gate: .matrix(unitary(5), structure: .dense, targets: [3, 1, 4, 0, 2], controls: [])),
      Case(
        testDescription: "a unitary on 6 qubits", qubitCount: 6,
        gate: .matrix(unitary(6), structure: .dense, targets: [3, 1, 4, 5, 0, 2], controls: [])),
      Case(
        testDescription: "a diagonal on 4 qubits", qubitCount: 5,
        gate: .matrix(
          .diagonal((0..<16).map { Complex(phase: Double($0 * $0)) }), structure: .diagonal, targets: [2, 0, 4, 3], controls: [])),
      Case(
        testDescription: "a rotation about three letters under two controls", qubitCount: 6,
        gate: .pauliRotation(
          PauliString(qubitCount: 6, x: 0b001001, z: 0b100001), angle: 1.3, controls: controls([1, 2], zeros: [1]))),
    ]
    return cases
  }

  /// A state in which no string's value is zero: rotations of all qubits, entangled, with noise.
  private static func prepare(_ qubitCount: Int, _ apply: (Channel, [Int]) throws -> Void) throws {
    for qubit in 0..<qubitCount {
      try apply(try .unitary(Gate.u.matrix([0.7 + Double(qubit), 0.4, 0.9])), [qubit])
    }
    for qubit in 1..<qubitCount { try apply(try .unitary(Gate.rzx.matrix([0.8])), [qubit - 1, qubit]) }
    for qubit in 0..<qubitCount { try apply(try .amplitudeDamping(0.1), [qubit]) }
  }

  @Test(
    "on every instruction set and OpenCL device all Pauli strings as by definition: 1e-12 in double, 1e-5 in single",
    arguments: cases)
  func definition(_ tried: Case) throws {
    var dense = DenseState.zero(tried.qubitCount)
    try Self.prepare(tried.qubitCount) { dense = DenseState.applying($0, $1, to: dense) }
    let before = dense
    dense = DenseState.applying(tried.gate, to: dense)
    let count = UInt64(1) << UInt64(tried.qubitCount)
    let strings = (0..<count).flatMap { x in (0..<count).map { PauliMask(x: x, z: $0) } }
    let expected = strings.map { DenseState.expectation($0, dense) }
    #expect(strings.indices.contains { abs(DenseState.expectation(strings[$0], before) - expected[$0]) > 1e-3 }, "nothing to see")
    let operation = try #require(StateOperation.lowered(tried.gate))
    for factory in DensityFactory.instructionSets {
      let register = try factory.make(tried.qubitCount)
      try Self.prepare(tried.qubitCount) { try register.apply($0, on: $1) }
      try register.apply(operation)
      let error = zip(try register.expectations(strings), expected).reduce(0) { max($0, abs($1.0 - $1.1)) }
      #expect(error < factory.tolerance, "\(factory.testDescription): \(error)")
    }
  }

  @Test("every memory computes the same bits, whatever its threads")
  func bits() throws {
    // So large that threads share it.
    let qubitCount = 9
    let operation = StateOperation.permutation(
      [1, 0], targets: [8], controls: Controls(mask: 0b0010_1010_1, values: 0b0010_0000_1))
    var generator = SplitMix(seed: 1)
    let masks = (0..<500).map { _ in PauliMask(x: generator.next() % 512, z: generator.next() % 512) }
    for precision in Precision.allCases {
      var first: [Double]?
      for factory in DensityFactory.all where factory.precision == precision {
        let register = try factory.make(qubitCount)
        try Self.prepare(qubitCount) { try register.apply($0, on: $1) }
        try register.apply(operation)
        // Held back until something reads: what comes after a wide gate stays after it.
        try register.apply(try .phaseDamping(0.3), on: [8])
        let found = try register.expectations(masks)
        #expect(found == first ?? found && found.count { $0 != 0 } > 250, factory.comment)
        first = found
      }
    }
  }

  /// The exact state of a circuit with gates on up to six qubits, noise and feedback.
  @Test("circuits give what all histories of amplitudes give: 1e-11", arguments: ["density-matrix", "auto"])
  func circuits(_ method: String) throws {
    var circuit = try Circuit(qubitCount: 6, classicalBitCount: 1)
    for qubit in 0..<6 { try circuit.append(.ry, ClassicalExpression(0.9 + 0.3 * Double(qubit)), on: qubit) }
    let c3x = try #require(Gate(named: "c3x"))
    try circuit.append(.gate(GateOperation(.standard(c3x), qubits: [5, 1, 2, 0])))
    try circuit.append(try .depolarizing(0.1), on: 0)
    try circuit.append(unitary: Self.unitary(4), on: [3, 0, 2, 5])
    try circuit.append(try .amplitudeDamping(0.2), on: 3)
    try circuit.measure(4, into: 0)
    let controlled = GateOperation(.standard(.x), qubits: [4], controls: Self.controls([0, 1, 2, 3, 5], zeros: [1]))
    try circuit.append(.ifElse(.bit(0), then: [.gate(controlled)], otherwise: []))
    let rc3x = try #require(Gate(named: "rc3x"))
    try circuit.append(.gate(GateOperation(.standard(rc3x), qubits: [1, 5, 4, 3])))
    let observable = try Observable([
      .init(0.5, PauliString("XZIYIZ")), .init(0.7, PauliString("ZZZZZZ")), .init(1, PauliString("IIXIYI")),
    ])
    var request = SimulationRequest(
      circuit: circuit, observables: [observable], wantsProbabilities: true, seed: 7, precision: .double)
    request.method = try #require(SimulationMethod(rawValue: method))
    let result = try CircuitSimulator(device: "cpu").run(request)[0]
    if method != "auto" { #expect(result.method == "density-matrix") }
    let branches = try ReferenceInterpreter.run(circuit)
    let value = observable.terms.reduce(0) { $0 + $1.coefficient * ReferenceInterpreter.expectation($1.pauli, branches) }
    #expect(abs(result.expectations[0].value - value) < 1e-11)
  }
}

extension DensityFactory {
  fileprivate var comment: Comment { Comment(rawValue: testDescription) }
}
