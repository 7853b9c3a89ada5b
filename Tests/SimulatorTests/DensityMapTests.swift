import Circuits
import TestSupport
import Testing

@testable import Simulator

/// Each map by itself, on a state that leaves none of its entries out: no map is multiplied with another before it is applied.
@Suite("single maps of density matrices, in every memory: 1e-12 in double, 1e-5 in single")
struct DensityMapTests {
  /// Four qubits that are entangled and mixed, by definition and in memories.
  private struct Start {
    static let qubitCount = 4
    private static let all = Array(0..<qubitCount)
    /// Of three qubits at once, as often as it takes to reach all.
    private static func steps(_ seed: UInt64) throws -> [(channel: Channel, qubits: [Int])] {
      try [[0, 1, 2], [3, 2, 1], [0, 3, 2]].enumerated().map {
        (try RandomChannel(qubitCount: 3, seed: 10 * seed + UInt64($0.offset)).channel(operatorCount: 2), $0.element)
      }
    }

    let dense: [[Complex]]
    let registers: [(factory: DensityFactory, register: TestDensity)]

    init(seed: UInt64) throws {
      let steps = try Self.steps(seed)
      dense = steps.reduce(DenseState.zero(Self.qubitCount)) { DenseState.applying($1.channel, $1.qubits, to: $0) }
      registers = try DensityFactory.distinct.map { factory in
        let register = try factory.make(Self.qubitCount)
        for step in steps { try register.apply(step.channel, on: step.qubits) }
        _ = try register.trace()
        return (factory, register)
      }
    }
  }

  /// Every value of every string.
  private static let masks = (0..<UInt64(256)).map { PauliMask(x: $0 & 15, z: $0 >> 4) }

  private static func values(_ dense: [[Complex]]) -> [Double] { masks.map { DenseState.expectation($0, dense) } }

  private func expect(
    _ register: TestDensity, _ factory: DensityFactory, _ values: [Double], _ note: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let found = try register.expectations(Self.masks)
    let error = zip(found, values).map { abs($0 - $1) }.max() ?? 1
    #expect(error < factory.tolerance, "\(factory.testDescription), \(note): \(error)", sourceLocation: sourceLocation)
  }

  /// Applies a channel to copies of one state.
  private func expect(_ channel: Channel, on qubits: [Int], _ start: Start, _ copies: [TestDensity]) throws {
    let expected = Self.values(DenseState.applying(channel, qubits, to: start.dense))
    for (copy, (factory, register)) in zip(copies, start.registers) {
      try copy.copy(from: register)
      try copy.apply(channel, on: qubits)
      try expect(copy, factory, expected, "\(channel.name) on \(qubits)")
    }
  }

  private func copies(of start: Start) throws -> [TestDensity] {
    try start.registers.map { try $0.factory.make(Start.qubitCount) }
  }

  /// One of each constructor, on as many qubits as it takes.
  private static func named() throws -> [Channel] {
    func pauli(_ outcomes: [(String, Double)]) throws -> Channel { try .pauli(outcomes.map { (try PauliString($0.0), $0.1) }) }
    return [
      try pauli([("I", 0.4), ("X", 0.1), ("Y", 0.2), ("Z", 0.3)]), try pauli([("II", 0.7), ("XY", 0.1), ("ZI", 0.2)]),
      try pauli([("III", 0.65), ("XYZ", 0.1), ("ZIX", 0.2), ("IYI", 0.05)]),
      try .depolarizing(0.1), try .depolarizing(0.2, qubitCount: 2), try .depolarizing(0.3, qubitCount: 3),
      try .bitFlip(0.1), try .phaseFlip(0.2), try .bitPhaseFlip(0.3),
      try .amplitudeDamping(0.3), try .generalizedAmplitudeDamping(0.2, excitedPopulation: 0.3), try .phaseDamping(0.4),
      try .thermalRelaxation(t1: 1, t2: 1.4, time: 0.3, excitedPopulation: 0.1),
      try .thermalRelaxation(t1: 1, t2: 0.6, time: 0.3, excitedPopulation: 0.1), try .reset(toZero: 0.2, toOne: 0.1),
      try .unitary(Gate.h.matrix([])), try .unitary(Gate.cx.matrix([])), try .unitary(Gate.ccx.matrix([])),
      try .overRotation(0.2, about: PauliString("Y")), try .overRotation(0.3, about: PauliString("ZX")),
      try .overRotation(0.4, about: PauliString("XYZ")),
    ]
  }

  @Test("every named channel, on the lowest and the highest qubits in either order, and on some apart")
  func namedChannels() throws {
    let start = try Start(seed: 1)
    let copies = try copies(of: start)
    for channel in try Self.named() {
      for qubits in [[0, 1, 2], [3, 2, 1], [2, 0, 3]] {
        try expect(channel, on: Array(qubits.prefix(channel.qubitCount)), start, copies)
      }
    }
  }

  @Test("random channels, every entry of whose matrices counts, on every choice of one to three qubits", arguments: 1...3)
  func randomChannels(_ qubitCount: Int) throws {
    let start = try Start(seed: 2)
    let copies = try copies(of: start)
    for (seed, qubits) in choices(of: qubitCount).enumerated() {
      let channel = try RandomChannel(qubitCount: qubitCount, seed: UInt64(seed)).channel(operatorCount: 1 + seed % 2)
      try expect(channel, on: qubits, start, copies)
    }
  }

  /// All ordered choices: the highest and the lowest, neighbours and others.
  private func choices(of count: Int) -> [[Int]] {
    if count == 0 { return [[]] }
    return choices(of: count - 1).flatMap { chosen in
      (0..<Start.qubitCount).filter { !chosen.contains($0) }.map { chosen + [$0] }
    }
  }

  @Test("resets, measurements without looking and collapses", arguments: 0..<4)
  func measurements(_ qubit: Int) throws {
    let start = try Start(seed: 3)
    let (zero, one) = (Matrix([[.one, .zero], [.zero, .zero]]), Matrix([[.zero, .zero], [.zero, .one]]))
    let halved = Matrix([[Complex(0.5), .zero], [.zero, .zero]])
    let lowering = Matrix([[.zero, .one], [.zero, .zero]])
    let cases: [(String, [Matrix], Double, (TestDensity) throws -> Void)] = [
      ("reset", [zero, lowering], 1, { try $0.reset(qubit) }), ("dephase", [zero, one], 1, { try $0.dephase(qubit) }),
      ("collapse to 0", [zero], 2.5, { try $0.collapse(qubit, weights: (2.5, 0)) }),
      ("collapse to 1", [one], 1, { try $0.collapse(qubit, weights: (0, 1)) }),
      ("both with weights", [halved, one], 1, { try $0.collapse(qubit, weights: (0.25, 1)) }),
    ]
    for (name, operators, scale, body) in cases {
      let expected = DenseState.applying(operators, [qubit], to: start.dense).map { $0.map { scale * $0 } }
      let values = Self.values(expected)
      for (factory, register) in start.registers {
        let copy = try factory.make(Start.qubitCount)
        try copy.copy(from: register)
        try body(copy)
        try expect(copy, factory, values, "\(name) of \(qubit)")
        let (found, sum) = (try copy.probabilities(of: [qubit, 3 - qubit]), (0..<16).reduce(0) { $0 + expected[$1][$1].real })
        for outcome in 0..<4 {
          let probability = (0..<16).filter { ($0 >> qubit & 1) | ($0 >> (3 - qubit) & 1) << 1 == outcome }
            .reduce(0) { $0 + expected[$1][$1].real }
          #expect(abs(found[outcome] - probability) < factory.tolerance, "\(factory.testDescription), \(name) of \(qubit)")
        }
        #expect(try abs(copy.trace() - sum) < factory.tolerance)
      }
    }
  }

  @Test("every basis state", arguments: DensityFactory.distinct)
  func basisStates(factory: DensityFactory) throws {
    let register = try factory.make(3)
    try register.apply(.pauliRotation(x: 5, z: 3, angle: 0.3, controls: .none))
    for state in 0..<UInt64(8) {
      try register.reset(to: state)
      #expect(try register.probabilities(of: [0, 1, 2]) == (0..<8).map { $0 == state ? 1 : 0 })
      let values = try register.expectations([PauliMask(x: 1, z: 0), PauliMask(x: 2, z: 6), PauliMask(x: 0, z: 5)])
      #expect(values == [0, 0, (state & 5).nonzeroBitCount == 1 ? -1 : 1])
    }
  }
}
