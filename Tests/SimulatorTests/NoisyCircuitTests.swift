import Circuits
import TestSupport
import Testing

@testable import Simulator

/// Circuits with noise between their gates.
struct NoisyCircuit {
  private var generator: SplitMix
  private let seed: UInt64
  private(set) var circuit: Circuit

  /// Random gates on some qubits with channels between them: every named one sooner or later, and random Kraus operators; with feedback, a
  /// measurement on the way decides about a gate.
  init(seed: UInt64, channelCount: Int, hasFeedback: Bool = false, qubitCount: Int = 3) throws {
    (self.seed, generator) = (seed, SplitMix(seed: seed))
    circuit = try Circuit(qubitCount: qubitCount, classicalBitCount: 3)
    for index in 0..<channelCount {
      let gates = try RandomCircuit.gates(qubitCount: qubitCount, gateCount: 4, seed: 100 * seed + UInt64(index))
      for instruction in gates.instructions { try circuit.append(instruction) }
      let channel = try channel(index)
      let qubits = Array((0..<qubitCount).shuffled(using: &generator).prefix(channel.qubitCount))
      try circuit.append(.channel(channel, qubits: qubits))
      guard hasFeedback, index == channelCount / 2 else { continue }
      try circuit.measure(qubits[0], into: 2)
      try circuit.append(
        .ifElse(.bit(2), then: [.gate(GateOperation(.standard(.h), qubits: [(qubits[0] + 1) % qubitCount]))], otherwise: []))
    }
  }

  private mutating func channel(_ index: Int) throws -> Channel {
    let amount = Double.random(in: 0.05...0.4, using: &generator)
    switch (Int(seed) + index) % 10 {
    case 0: return try .depolarizing(amount)
    case 1: return try .depolarizing(amount, qubitCount: 2)
    case 2: return try .amplitudeDamping(amount)
    case 3: return try .generalizedAmplitudeDamping(amount, excitedPopulation: 0.3)
    case 4: return try .phaseDamping(amount)
    case 5: return try .thermalRelaxation(t1: 1, t2: 1.4, time: amount, excitedPopulation: 0.1)
    case 6: return try .reset(toZero: amount, toOne: amount / 2)
    case 7: return try .overRotation(amount, about: PauliString("ZX"))
    case 8: return try .bitPhaseFlip(amount)
    default: return try RandomChannel(qubitCount: 1 + index % 3, seed: seed).channel(operatorCount: 3)
    }
  }
}

private func executor() -> CircuitExecutor<HostRegister> {
  CircuitExecutor { (qubitCount, precision) throws(SimulatorError) in try HostRegister(qubitCount: qubitCount, precision: precision)
  }
}

@Suite("circuits with noise against all of their histories")
struct NoisyCircuitTests {
  @Test("exact expectation values and probabilities agree with the reference: 1e-10", arguments: 0..<40 as Range<UInt64>)
  func exact(_ seed: UInt64) throws {
    var circuit = try NoisyCircuit(seed: seed, channelCount: 4, hasFeedback: seed % 2 == 0).circuit
    for qubit in 0..<3 { try circuit.append(.ry, 0.7, on: qubit) }
    let observables = [try AllHistories.observable()]
    let request = SimulationRequest(circuit: circuit, observables: observables, wantsProbabilities: true, precision: .double)
    try AllHistories.expectAgreement(try executor().run(request)[0], circuit, tolerance: 1e-10, seed: seed)
  }

  @Test("counts of shots follow the exact distribution", arguments: 0..<40 as Range<UInt64>)
  func counts(_ seed: UInt64) throws {
    var circuit = try NoisyCircuit(seed: seed, channelCount: 6, hasFeedback: seed % 2 == 0).circuit
    for qubit in 0..<2 { try circuit.measure(qubit, into: qubit) }
    if seed % 2 == 1 { try circuit.measure(2, into: 2) }
    let counts = try #require(
      try executor().run(SimulationRequest(circuit: circuit, shots: 4_000, seed: seed))[0].counts?.dictionary)
    try AllHistories.expectDistribution(counts, shots: 4_000, circuit, seed: seed)
  }

  @Test("expectation values from shots are within six standard errors of the exact ones", arguments: 0..<12 as Range<UInt64>)
  func averages(_ seed: UInt64) throws {
    let circuit = try NoisyCircuit(seed: seed, channelCount: 5).circuit
    let observables = try ["ZII", "XYI", "IZX"].map { try Observable($0) }
    let exact = try executor().run(SimulationRequest(circuit: circuit, observables: observables, precision: .double))[0]
    let request = SimulationRequest(circuit: circuit, shots: 2_000, observables: observables, seed: seed, precision: .double)
    let found = try executor().run(request)[0]
    for (value, truth) in zip(found.expectations, exact.expectations) {
      #expect(abs(value.value - truth.value) <= 6 * value.standardError + 1e-9, "seed \(seed): \(value), not \(truth.value)")
    }
  }

  @Test(
    "histories that are replayed give the bits of those that are copied, with shots and without", arguments: 0..<10 as Range<UInt64>
  )
  func replay(_ seed: UInt64) throws {
    // So many qubits that gates are planned together.
    let circuit = try NoisyCircuit(seed: seed, channelCount: 4, hasFeedback: true, qubitCount: 9).circuit
    let observables = try ["ZIIIIIIII", "XYIIIIIIZ", "IZXIIZIII"].map { try Observable($0) }
    for shots in [nil, 300] {
      let request = SimulationRequest(circuit: circuit, shots: shots, observables: observables, wantsProbabilities: true, seed: 99)
      try Self.expectReplays(request, seed)
    }
  }

  @Test("what is too improbable to be followed leaves the others their bits", arguments: 0..<6 as Range<UInt64>)
  func improbable(_ seed: UInt64) throws {
    var circuit = try Circuit(qubitCount: 9)
    // Between gates that are planned together, something that nobody follows; then histories of which most are replayed.
    for index in 0..<6 {
      let gates = try RandomCircuit.gates(qubitCount: 9, gateCount: 4, seed: 10 * seed + UInt64(index))
      for instruction in gates.instructions { try circuit.append(instruction) }
      try circuit.append(try .bitFlip(index == 5 ? 0.3 : 1e-14), on: index)
    }
    let observables = [try Observable("ZIIIIIIXI")]
    try Self.expectReplays(SimulationRequest(circuit: circuit, observables: observables, wantsProbabilities: true), seed)
  }

  private static func expectReplays(_ request: SimulationRequest, _ seed: UInt64) throws {
    let copied = try executor().run(request)[0]
    let replaying = executor()
    replaying.branchRegisterCount = 1
    let replayed = try replaying.run(request)[0]
    #expect(replayed.counts == copied.counts && replayed.probabilities == copied.probabilities, "seed \(seed)")
    #expect(replayed.expectations == copied.expectations, "seed \(seed)")
  }

  @Test("no shots at all are no crash, whatever is certain on the way")
  func noShots() throws {
    var circuit = try Circuit(qubitCount: 1, classicalBitCount: 1)
    try circuit.append(.x, on: 0)
    try circuit.measure(0, into: 0)
    try circuit.append(try .amplitudeDamping(0.5), on: 0)
    try circuit.append(try .bitFlip(0.5), on: 0)
    let result = try executor().run(SimulationRequest(circuit: circuit, shots: 0, observables: [Observable("Z")]))[0]
    #expect(result.counts?.total == 0)
  }

  @Test("noise outside of what is asked for is left out, and changes nothing", arguments: 0..<20 as Range<UInt64>)
  func pruned(_ seed: UInt64) throws {
    let circuit = try NoisyCircuit(seed: seed, channelCount: 3).circuit
    var wide = try Circuit(qubitCount: 5)
    for instruction in circuit.instructions { try wide.append(instruction) }
    try wide.append(try .depolarizing(0.3, qubitCount: 2), on: 3, 4)
    try wide.append(try .phaseDamping(0.3), on: 1)
    let observables = try ["IIIZI", "IIZZZ"].map { try Observable($0) }
    let request = SimulationRequest(circuit: wide, observables: observables, precision: .double)
    let expected = try executor().run(request)[0].expectations.map(\.value)
    let result = try CircuitSimulator(device: "cpu").run(request)[0]
    #expect(zip(result.expectations.map(\.value), expected).allSatisfy { abs($0 - $1) < 1e-12 }, "seed \(seed)")
    #expect(result.pruned?.qubits.contains(4) == true)
  }

  @Test("a state vector is refused, and so is noise on stabilizer states, with the place")
  func refusals() throws {
    var circuit = try Circuit(qubitCount: 2)
    try circuit.append(.h, on: 0)
    try circuit.append(try .amplitudeDamping(0.1), on: 1)
    let error = #expect(throws: SimulatorError.self) {
      try executor().run(SimulationRequest(circuit: circuit, wantsStatevector: true))
    }
    #expect(error?.code == .unsupported)
    var request = SimulationRequest(circuit: circuit, shots: 10)
    request.method = .stabilizer
    let refused = #expect(throws: SimulatorError.self) { try CircuitSimulator(device: "cpu").run(request) }
    #expect(refused?.code == .unsupported && refused?.message.contains("instruction 1: noise (amplitude-damping)") == true)
  }

  @Test("rows of a template with noise have their values, and their shots whichever rows come with them")
  func rows() throws {
    var circuit = try Circuit(qubitCount: 2, classicalBitCount: 2)
    try circuit.append(.ry, .parameter(Parameter("a")), on: 0)
    try circuit.append(try .bitFlip(0.1), on: 0)
    try circuit.append(.cx, on: 0, 1)
    try circuit.append(try .amplitudeDamping(0.2), on: 1)
    let estimator = try Estimator(circuit, observables: [Observable("ZI"), Observable("IZ")], precision: .double)
    let rows = [0.3, 1.7, -2.0]
    var values = [Double](repeating: 0, count: 6)
    var places = values.mutableSpan
    try estimator.estimate(rows.span, rowCount: 3, into: &places)
    for (row, angle) in rows.enumerated() {
      let first = 0.8 * Complex(phase: angle).real
      #expect(abs(values[2 * row] - (0.8 * first + 0.2)) < 1e-12 && abs(values[2 * row + 1] - first) < 1e-12)
    }
    for qubit in 0..<2 { try circuit.measure(qubit, into: qubit) }
    let simulator = try CircuitSimulator(device: "cpu")
    let all = try simulator.run(SimulationRequest(circuit: circuit, rows: rows.map { [$0] }, shots: 2_000, seed: 3))
    for (row, result) in all.enumerated() {
      let single = SimulationRequest(circuit: circuit, rows: [[rows[row]]], shots: 2_000, seed: 3, firstRow: UInt32(row))
      #expect(try simulator.run(single)[0].counts == result.counts)
      let ones = Double((result.counts?["01"] ?? 0) + (result.counts?["11"] ?? 0)) / 2_000
      // Six standard deviations of a share of 2,000 shots, at most: a false alarm in 5·10⁸ runs.
      #expect(abs(ones - (1 - values[2 * row + 1]) / 2) < 6 * (0.25 / 2_000).squareRoot())
    }
  }
}
