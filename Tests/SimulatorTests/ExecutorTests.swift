import Circuits
import TestSupport
import Testing

@testable import Simulator

/// Runs on the host's best kernels; the contract suite makes the other registers equal to it.
private func executor() -> CircuitExecutor<HostRegister> {
  CircuitExecutor { (qubitCount, precision) throws(SimulatorError) in try HostRegister(qubitCount: qubitCount, precision: precision)
  }
}

@Suite("circuits over every gate against the dense reference")
struct StaticCircuitTests {
  /// 240 circuits: 20 of each size, so that every gate is met on every size that holds it, in every order of qubits.
  static let cases = (1...12).flatMap { n in (0..<20).map { (n, UInt64(1000 * n + $0)) } }

  @Test("amplitudes and probabilities agree to 1e-11 in double", arguments: cases)
  func amplitudes(_ qubitCount: Int, _ seed: UInt64) throws {
    let circuit = try RandomCircuit.gates(qubitCount: qubitCount, gateCount: 30, seed: seed)
    let expected = try ReferenceInterpreter.run(circuit)[0].amplitudes
    let request = SimulationRequest(circuit: circuit, wantsProbabilities: true, wantsStatevector: true, precision: .double)
    let result = try executor().run(request)[0]
    let found = try #require(result.statevector)
    let distance = zip(found, expected).map { ($0 - $1).length }.max() ?? 0
    #expect(distance < 1e-11, "seed \(seed)")
    let error = zip(result.probabilities ?? [], expected).map { abs($0 - $1.lengthSquared) }.max() ?? 1
    #expect(error < 1e-11, "seed \(seed)")
  }

  @Test("single precision stays within 1e-5", arguments: [(3, UInt64(1)), (8, 2), (12, 3)])
  func single(_ qubitCount: Int, _ seed: UInt64) throws {
    let circuit = try RandomCircuit.gates(qubitCount: qubitCount, gateCount: 60, seed: seed)
    let expected = try ReferenceInterpreter.run(circuit)[0].amplitudes
    let result = try executor().run(SimulationRequest(circuit: circuit, wantsProbabilities: true))[0]
    let error = zip(result.probabilities ?? [], expected).map { abs($0 - $1.lengthSquared) }.max() ?? 1
    #expect(error < 1e-5)
  }

  @Test("a circuit and its inverse give back the first basis state", arguments: [UInt64(5), 6, 7])
  func inverse(_ seed: UInt64) throws {
    var circuit = try RandomCircuit.gates(qubitCount: 6, gateCount: 40, seed: seed)
    for instruction in try circuit.inverse().instructions { try circuit.append(instruction) }
    let result = try executor().run(SimulationRequest(circuit: circuit, wantsProbabilities: true, precision: .double))[0]
    #expect(abs((result.probabilities?[0] ?? 0) - 1) < 1e-12)
  }

  @Test("a Bell pair and an idle qubit give 000 and 011, half each")
  func bell() throws {
    var circuit = try Circuit(qubitCount: 3)
    try circuit.append(.h, on: 0)
    try circuit.append(.cx, on: 0, 1)
    let result = try executor().run(SimulationRequest(circuit: circuit, shots: 10_000, wantsProbabilities: true, seed: 7))[0]
    #expect(Set((result.counts?.dictionary ?? [:]).keys) == ["000", "011"])
    #expect(result.counts?.total == 10_000)
    // Six standard deviations of a fair coin: a false alarm in 5·10⁸ runs.
    #expect(abs(Int(result.counts?["011"] ?? 0) - 5_000) < 300)
    #expect(zip(result.probabilities ?? [], [0.5, 0, 0, 0.5, 0, 0, 0, 0]).allSatisfy { abs($0 - $1) < 1e-6 })
  }

  @Test("the ansatz of the paper gives its expectation values to 1e-8 in double")
  func ansatz() throws {
    var circuit = try Circuit(qubitCount: 4)
    for qubit in 0..<4 {
      try circuit.append(.ry, .parameter(Parameter("p\(qubit)")), on: qubit)
      try circuit.append(.cx, on: qubit, (qubit + 1) % 4)
    }
    let observables = try ["IIIZ", "IIZI", "IZII", "ZIII"].map { try Observable($0) }
    let request = SimulationRequest(circuit: circuit, rows: [[0.2, 0.6, 0.1, 0.7]], observables: observables, precision: .double)
    let values = try executor().run(request)[0].expectations.map(\.value)
    for (value, expected) in zip(values, [0.62809787, 0.80888385, 0.80484280, 0.61557773]) { #expect(abs(value - expected) < 1e-8) }
  }
}

@Suite("dynamic circuits against exact branch enumeration")
struct DynamicCircuitTests {
  static let seeds = (0..<60).map { UInt64($0) }

  @Test("exact expectation values and probabilities agree with the reference", arguments: seeds)
  func exact(_ seed: UInt64) throws {
    var circuit = try RandomCircuit.dynamic(qubitCount: 3, stepCount: 9, seed: seed)
    // Measurements at the very end do not disturb what is asked of the state; these gates make the last ones count.
    for qubit in 0..<3 { try circuit.append(.ry, 0.7, on: qubit) }
    let observables = [try AllHistories.observable()]
    let request = SimulationRequest(circuit: circuit, observables: observables, wantsProbabilities: true, precision: .double)
    try AllHistories.expectAgreement(try executor().run(request)[0], circuit, tolerance: 1e-10, seed: seed)
  }

  @Test("counts follow the exact distribution", arguments: seeds)
  func counts(_ seed: UInt64) throws {
    let circuit = try RandomCircuit.dynamic(qubitCount: 3, stepCount: 9, seed: seed)
    let counts = try #require(
      try executor().run(SimulationRequest(circuit: circuit, shots: 4_000, seed: seed))[0].counts?.dictionary)
    try AllHistories.expectDistribution(counts, shots: 4_000, circuit, seed: seed)
  }

  @Test("the same seed gives the same counts when branches are replayed instead of copied", arguments: [UInt64(3), 14, 15])
  func replay(_ seed: UInt64) throws {
    let circuit = try RandomCircuit.dynamic(qubitCount: 4, stepCount: 12, seed: seed)
    let request = SimulationRequest(circuit: circuit, shots: 500, seed: 99)
    let copied = try executor().run(request)[0].counts
    let replaying = executor()
    replaying.branchRegisterCount = 1
    #expect(try replaying.run(request)[0].counts == copied)
  }

  @Test("counts of a row do not depend on the rows around it")
  func rows() throws {
    var circuit = try Circuit(qubitCount: 2, classicalBitCount: 2)
    try circuit.append(.ry, .parameter(Parameter("a")), on: 0)
    try circuit.append(.cx, on: 0, 1)
    try circuit.measure(0, into: 0)
    try circuit.append(.ifElse(.bit(0), then: [.gate(GateOperation(.standard(.h), qubits: [1]))], otherwise: []))
    try circuit.measure(1, into: 1)
    let rows = [[0.3], [1.2], [2.5]]
    let all = try executor().run(SimulationRequest(circuit: circuit, rows: rows, shots: 300, seed: 5)).map(\.counts)
    for index in rows.indices {
      let request = SimulationRequest(circuit: circuit, rows: [rows[index]], shots: 300, seed: 5, firstRow: UInt32(index))
      #expect(try executor().run(request)[0].counts == all[index])
    }
  }

  @Test("thousands of rounded gates in single precision leave probabilities and expectation values at their norm")
  func norm() throws {
    // 1/√2 rounded to single precision takes 3e-8 of the squared norm a gate: 10⁻⁴ over 4,000 gates.
    var circuit = try Circuit(qubitCount: 2)
    for _ in 0..<2000 {
      try circuit.append(.h, on: 0)
      try circuit.append(.h, on: 1)
    }
    let request = SimulationRequest(circuit: circuit, observables: [try Observable("ZZ")], wantsProbabilities: true)
    let result = try executor().run(request)[0]
    let probabilities = try #require(result.probabilities)
    #expect(abs(probabilities.reduce(0, +) - 1) < 1e-12)
    #expect(abs(probabilities[0] - 1) < 1e-6)
    #expect(abs(result.expectations[0].value - 1) < 1e-6)
  }

  @Test("a loop without an end is stopped, and says so")
  func endless() throws {
    var circuit = try Circuit(qubitCount: 1, classicalBitCount: 1)
    try circuit.append(.whileLoop(.literal(.bool(true)), body: [.assign(.bit(0), .literal(.bool(true)))]))
    let error = #expect(throws: SimulatorError.self) { try executor().run(SimulationRequest(circuit: circuit, shots: 1)) }
    #expect(error?.code == .limitExceeded)
  }

  @Test("a loop that a measurement ends sooner or later is followed until nothing is left of it")
  func loopUntilMeasured() throws {
    // Qubit 0 stays in state 1 with probability cos²(π/6) = 3/4 a pass; qubit 1 is flipped by every pass, and ends in state 1 after odd ones.
    var circuit = try Circuit(qubitCount: 2, classicalBitCount: 1)
    try circuit.append(.x, on: 0)
    try circuit.measure(0, into: 0)
    let body: [Instruction] = [
      .gate(GateOperation(.standard(.rx), parameters: [.literal(.float(.pi / 3))], qubits: [0])),
      .gate(GateOperation(.standard(.x), qubits: [1])),
      .measure(qubit: 0, bit: 0),
    ]
    try circuit.append(.whileLoop(.bit(0), body: body))
    let result = try executor().run(SimulationRequest(circuit: circuit, wantsProbabilities: true, precision: .double))[0]
    let probabilities = try #require(result.probabilities)
    #expect(abs(probabilities[2] - 4.0 / 7) < 1e-11)
    #expect(abs(probabilities[0] - 3.0 / 7) < 1e-11)
    #expect(result.discardedProbability > 0 && result.discardedProbability < 1e-11)
  }

  @Test("a stop flag ends a run between gates")
  func stop() throws {
    let circuit = try RandomCircuit.gates(qubitCount: 4, gateCount: 10, seed: 1)
    let flag = StopFlag()
    flag.set()
    let error = #expect(throws: SimulatorError.self) { try executor().run(SimulationRequest(circuit: circuit), stop: flag) }
    #expect(error?.code == .cancelled)
  }
}

@Suite("requests that cannot run are refused")
struct RequestTests {
  @Test("by kind, with what would be accepted")
  func refusals() throws {
    let bell = try Circuit(qubitCount: 2)
    var measured = try Circuit(qubitCount: 2, classicalBitCount: 1)
    try measured.measure(0, into: 0)
    try measured.append(.h, on: 0)
    let cases: [(SimulationRequest, SimulatorError.Code)] = [
      (SimulationRequest(circuit: bell, shots: -1), .invalidArgument),
      (SimulationRequest(circuit: bell, rows: [[1]]), .invalidArgument),
      (SimulationRequest(circuit: bell, observables: [try Observable("ZZZ")]), .invalidArgument),
      (SimulationRequest(circuit: measured, wantsStatevector: true), .unsupported),
      (SimulationRequest(circuit: try Circuit(qubitCount: 60), shots: 1), .outOfMemory),
      (SimulationRequest(circuit: try Circuit(qubitCount: 4000), shots: 1), .outOfMemory),
      (SimulationRequest(circuit: try Circuit(qubitCount: 40), wantsProbabilities: true), .unsupported),
    ]
    for (request, code) in cases {
      let error = #expect(throws: SimulatorError.self) { try executor().run(request) }
      #expect(error?.code == code, "\(String(describing: error))")
    }
  }
}
