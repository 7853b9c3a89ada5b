import Circuits
import TestSupport
import Testing

@testable import Mitigation

@Suite("Pauli twirling")
struct TwirlingTests {
  static let gates = ["cx", "cy", "cz", "ecr", "swap", "iswap", "rzz", "dcx"]

  private func gate(_ name: String, on qubits: [Int]) throws -> GateOperation {
    let gate = try #require(Gate(named: name))
    return GateOperation(
      .standard(gate), parameters: gate.parameterNames.map { _ in ClassicalExpression(Double.pi / 2) }, qubits: qubits)
  }

  @Test("variants have the circuit's unitary up to a global phase: 1e-10", arguments: gates)
  func unitary(_ name: String) throws {
    var circuit = try Circuit(qubitCount: 3)
    try circuit.append(.ry, 0.3, on: 0)
    try circuit.append(.gate(gate(name, on: [2, 0])))
    try circuit.append(.t, on: 2)
    try circuit.append(.gate(gate(name, on: [0, 1])))
    try circuit.append(.rzz, 0.4, on: 1, 2)
    var generator = SplitMix(seed: 12)
    #expect(try PauliTwirling().gateCount(in: circuit) == 2)
    let variants = try PauliTwirling().variants(of: circuit, count: 40, using: &generator)
    let expected = try SameBehaviour.unitary(circuit)
    for variant in variants {
      #expect(SameBehaviour.distanceUpToPhase(try SameBehaviour.unitary(variant), expected) < 1e-10, "\(name), seed 12")
    }
    #expect(Set(variants).count > 20)
  }

  @Test(
    "local matrices are those of the reference, for all gates, powers, controls and rotations: 1e-12",
    arguments: 0..<6 as Range<UInt64>)
  func matrices(_ seed: UInt64) throws {
    for instruction in try RandomCircuit.gates(qubitCount: 2, gateCount: 20, seed: seed).instructions {
      guard case .gate(let gate) = instruction else { continue }
      var circuit = try Circuit(qubitCount: 2)
      try circuit.append(instruction)
      let found = try #require(LocalMap.unitary(of: gate, on: [0, 1]))
      #expect(found.distance(to: try SameBehaviour.unitary(circuit)) < 1e-12, "seed \(seed): \(gate)")
      // Far up in a wide circuit it is the same.
      var far = gate
      far.qubits = gate.qubits.map { 100 + $0 }
      far.controls = gate.controls.map { Control(100 + $0.qubit, isPositive: $0.isPositive) }
      #expect(LocalMap.unitary(of: far, on: [100, 101]) == found)
    }
  }

  @Test("noise is a Pauli channel on average over all strings, and was none before: 1e-12", arguments: ["cx", "ecr", "iswap"])
  func average(_ name: String) throws {
    let noise = PauliTransferMatrix(try RandomChannel(qubitCount: 2, seed: 8).channel(operatorCount: 3))
    let gate = try gate(name, on: [0, 1])
    let conjugation = try #require(CliffordConjugation(gate))
    let ideal = try LocalMap.transfer(of: .gate(gate), on: [0, 1])
    var sum = [Double](repeating: 0, count: 256)
    for string in 0..<16 {
      var map = ideal
      for instruction in CliffordConjugation.instructions(string, on: [0, 1]) {
        map = map * (try LocalMap.transfer(of: instruction, on: [0, 1]))
      }
      map = noise * map
      for instruction in CliffordConjugation.instructions(conjugation.after[string], on: [0, 1]) {
        map = try LocalMap.transfer(of: instruction, on: [0, 1]) * map
      }
      for index in sum.indices { sum[index] += map.entries[index] / 16 }
    }
    var average = PauliTransferMatrix(qubitCount: 2)
    for row in 0..<16 { for column in 0..<16 { average[row, column] = sum[row * 16 + column] } }
    // Without the gate: its inverse is its transpose.
    var inverse = ideal
    for row in 0..<16 { for column in 0..<16 { inverse[row, column] = ideal[column, row] } }
    let left = average * inverse
    for row in 0..<16 {
      for column in 0..<16 {
        #expect(abs(left[row, column] - (row == column ? noise[row, row] : 0)) < 1e-12, "\(name)")
      }
    }
    #expect(noise.distance(to: left) > 0.05)
  }

  @Test("a coherent error becomes one that grows as slowly as Pauli noise: the mean of all variants, 1e-10")
  func mean() throws {
    var circuit = try Circuit(qubitCount: 2)
    try circuit.append(.h, on: 0)
    try circuit.append(.cx, on: 0, 1)
    var model = NoiseModel()
    try model.append(.init(gates: ["cx"], channel: .overRotation(0.4, about: PauliString("ZX"))))
    var twirled = NoiseModel()
    // cos²(0.2) nothing, sin²(0.2) the string itself.
    let share = (1 - Complex(phase: 0.4).real) / 2
    try twirled.append(.init(gates: ["cx"], channel: .pauli([(PauliString("II"), 1 - share), (PauliString("ZX"), share)])))
    let conjugation = try #require(CliffordConjugation(GateOperation(.standard(.cx), qubits: [0, 1])))
    let observable = try Observable("XX + 0.5*ZZ - YY")
    var sum = 0.0
    for string in 0..<16 {
      var variant = try Circuit(qubitCount: 2)
      try variant.append(.h, on: 0)
      for instruction in CliffordConjugation.instructions(string, on: [0, 1]) { try variant.append(instruction) }
      try variant.append(.cx, on: 0, 1)
      for instruction in CliffordConjugation.instructions(conjugation.after[string], on: [0, 1]) { try variant.append(instruction) }
      sum += try Bench.value(variant, observable, noise: model) / 16
    }
    #expect(abs(sum - (try Bench.value(circuit, observable, noise: twirled))) < 1e-10)
  }

  @Test("gates that are no Clifford gates, or have parameters, are left alone; noise is refused")
  func others() throws {
    let theta = Parameter("theta")
    var circuit = try Circuit(qubitCount: 3, classicalBitCount: 1)
    try circuit.append(.rzz, .parameter(theta), on: 0, 1)
    try circuit.append(.cp, 0.3, on: 0, 1)
    try circuit.append(.ccx, on: 0, 1, 2)
    try circuit.append(.h, on: 0)
    try circuit.measure(0, into: 0)
    try circuit.append(.ifElse(.bit(0), then: [.gate(GateOperation(.standard(.cx), qubits: [0, 1]))], otherwise: []))
    var generator = SplitMix(seed: 1)
    #expect(try PauliTwirling().variants(of: circuit, count: 3, using: &generator) == [circuit, circuit, circuit])
    try circuit.append(.bitFlip(0.1), on: 0)
    let error = #expect(throws: MitigationError.self) { try PauliTwirling().variants(of: circuit, count: 3, using: &generator) }
    #expect(error?.code == .unsupportedInstruction)
    #expect(throws: MitigationError.self) { try PauliTwirling().variants(of: Circuit(qubitCount: 1), count: 0, using: &generator) }
  }

  @Test("the mean of values has the scatter's standard error")
  func estimate() throws {
    let found = try PauliTwirling().estimate([Measured(0.1, variance: 0.04), Measured(0.5, variance: 0.04)])
    #expect(abs(found.value - 0.3) < 1e-12 && abs(found.standardError - 0.2) < 1e-12)
    #expect(abs((found.diagnostics["shot_standard_error"] ?? 0) - 0.02.squareRoot()) < 1e-12)
    #expect(throws: MitigationError.self) { try PauliTwirling().estimate([]) }
  }
}
