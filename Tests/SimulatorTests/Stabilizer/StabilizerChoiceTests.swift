import Circuits
import TestSupport
import Testing

@testable import Simulator

@Suite("auto takes a stabilizer state for a narrow Clifford circuit with noise where it is the cheapest")
struct StabilizerChoiceTests {
  /// Layers of one-qubit gates and of cx between random pairs, each followed by noise; nothing is measured.
  private static func layers(
    _ qubitCount: Int, count: Int = 4, seed: UInt64 = 1, noise: Channel? = nil, isNoisy: Bool = true
  ) throws -> Circuit {
    var generator = SplitMix(seed: seed)
    var circuit = try Circuit(qubitCount: qubitCount)
    for _ in 0..<count {
      for qubit in 0..<qubitCount {
        try circuit.append([Gate.h, .s, .sx, .x].randomElement(using: &generator) ?? .h, on: qubit)
        if isNoisy { try circuit.append(try noise ?? .depolarizing(0.02), on: qubit) }
      }
      let order = (0..<qubitCount).shuffled(using: &generator)
      for place in stride(from: 0, to: qubitCount - 1, by: 2) {
        try circuit.append(.cx, on: order[place], order[place + 1])
        if isNoisy { try circuit.append(try .depolarizing(0.05, qubitCount: 2), on: order[place], order[place + 1]) }
      }
    }
    return circuit
  }

  private static func run(
    _ circuit: Circuit, shots: Int? = 1_000, _ change: (inout SimulationRequest) throws -> Void = { _ in }
  ) throws -> [SimulationResult] {
    var request = SimulationRequest(circuit: circuit, shots: shots, seed: 3)
    try change(&request)
    return try CircuitSimulator(device: "cpu").run(request)
  }

  @Test("shots, and values without shots", arguments: [4, 8, 12])
  func taken(_ qubitCount: Int) throws {
    let circuit = try Self.layers(qubitCount)
    #expect(try Self.run(circuit)[0].method == "stabilizer")
    let observable = try Observable([.init(1, PauliString(String(repeating: "Z", count: qubitCount)))])
    let exact = try Self.run(circuit, shots: nil) { $0.observables = [observable] }[0]
    #expect(exact.method == "stabilizer" && exact.expectations[0].standardError == 0)
  }

  @Test("and nothing else: without noise, with other noise or gates, or for what it does not give")
  func notTaken() throws {
    #expect(try Self.run(Self.layers(4, isNoisy: false))[0].method == "statevector")
    var misread = try Self.layers(4, isNoisy: false)
    try misread.misread(try ReadoutError(zeroAsOne: 0.1, oneAsZero: 0.2), on: [0])
    #expect(try Self.run(misread)[0].method == "statevector")
    #expect(try Self.run(Self.layers(4, noise: .amplitudeDamping(0.1)))[0].method != "stabilizer")
    var turned = try Self.layers(4)
    try turned.append(.ry, 0.3, on: 0)
    #expect(try Self.run(turned)[0].method != "stabilizer")
    let circuit = try Self.layers(4)
    #expect(try Self.run(circuit) { $0.isReproducible = true }[0].method == "statevector")
    #expect(try Self.run(circuit) { $0.wantsProbabilities = true }[0].method != "stabilizer")
    #expect(
      try Self.run(circuit, shots: nil) { ($0.trajectories, $0.observables) = (10, [try Observable("ZZZZ")]) }[0].method
        == "statevector")
  }

  @Test("a density matrix draws very many shots of few qubits and many gates faster")
  func manyShots() throws {
    let circuit = try Self.layers(4, count: 20)
    let few = try #require(NoiseCost(SimulationRequest(circuit: circuit, shots: 1_000)))
    let many = try #require(NoiseCost(SimulationRequest(circuit: circuit, shots: 1_000_000)))
    #expect(few.prefersStabilizer && !many.prefersStabilizer)
    #expect(many.candidates.first?.way == .densityMatrix)
    #expect(few.stabilizer.way.method == .stabilizer)
  }

  @Test("rows are taken each for itself, and those that run otherwise are what they are alone")
  func rows() throws {
    var circuit = try Self.layers(8)
    circuit.declare(Parameter("a"))
    try circuit.append(.rx, .parameter(Parameter("a")), on: 0)
    let angles = [.pi / 2, 0.3, 0.4, .pi]
    let results = try Self.run(circuit, shots: 200) { ($0.rows, $0.firstRow) = (angles.map { [$0] }, 3) }
    #expect(results.map { $0.method == "stabilizer" } == [true, false, false, true] && results.map(\.row) == [3, 4, 5, 6])
    for (row, angle) in angles.enumerated() {
      let single = try Self.run(circuit, shots: 200) { ($0.rows, $0.firstRow) = ([[angle]], 3 + UInt32(row)) }[0]
      #expect(single.counts == results[row].counts && single.method == results[row].method)
    }
  }

  /// Basis states with an expected count of 25 and more are compared one by one, to 4 standard errors, which a comparison exceeds by chance once
  /// in 15,000; the rest together.
  @Test("its shots follow the density matrix's distribution, to 4 standard errors", arguments: [2, 4, 6], 0..<4 as Range<UInt64>)
  func distribution(_ qubitCount: Int, _ seed: UInt64) throws {
    let circuit = try Self.layers(qubitCount, count: 3, seed: seed)
    let shots = 20_000
    let result = try Self.run(circuit, shots: shots) { $0.seed = seed }[0]
    #expect(result.method == "stabilizer")
    let exact = try Self.run(circuit, shots: nil) { ($0.wantsProbabilities, $0.method) = (true, .densityMatrix) }[0]
    let counts = try #require(result.counts).dictionary
    var rest = (expected: 0.0, found: 0)
    for (state, probability) in try #require(exact.probabilities).enumerated() {
      let bits = String(String(1 << qubitCount | state, radix: 2).dropFirst())
      let found = counts[bits] ?? 0
      guard probability * Double(shots) >= 25 else {
        rest = (rest.expected + probability, rest.found + found)
        continue
      }
      Self.expect(found, probability, shots, "seed \(seed), outcome \(bits)")
    }
    Self.expect(rest.found, rest.expected, shots, "seed \(seed), rare outcomes")
  }

  private static func expect(_ found: Int, _ probability: Double, _ shots: Int, _ comment: Comment) {
    let expected = probability * Double(shots)
    let standardError = max((expected * (1 - probability)).squareRoot(), 1)
    #expect(abs(Double(found) - expected) <= 4 * standardError, comment)
  }

  @Test("feedback with noise is taken too, narrow and wide", arguments: [6, 30])
  func feedback(_ qubitCount: Int) throws {
    var circuit = try Circuit(qubitCount: qubitCount, classicalBitCount: qubitCount)
    for instruction in try Self.layers(qubitCount).instructions { try circuit.append(instruction) }
    try circuit.measure(0, into: 0)
    try circuit.append(.ifElse(.bit(0), then: [.gate(GateOperation(.standard(.x), qubits: [1]))], otherwise: []))
    for qubit in 1..<qubitCount { try circuit.measure(qubit, into: qubit) }
    let result = try Self.run(circuit, shots: 100)[0]
    #expect(result.method == "stabilizer" && result.counts?.total == 100)
  }

  @Test("more histories than are followed are refused before any is, where nothing else gives exact values")
  func tooManyHistories() throws {
    var circuit = try Circuit(qubitCount: 18, classicalBitCount: 1)
    for instruction in try Self.layers(18, count: 1).instructions { try circuit.append(instruction) }
    try circuit.measure(0, into: 0)
    try circuit.append(.ifElse(.bit(0), then: [.gate(GateOperation(.standard(.x), qubits: [1]))], otherwise: []))
    let observable = try Observable([.init(1, PauliString(String(repeating: "Z", count: 18)))])
    let made = circuit
    let error = try #require(throws: SimulatorError.self) { try Self.run(made, shots: nil) { $0.observables = [observable] } }
    #expect(error.code == .unsupported && error.message.contains("with shots it runs"), "\(error.message)")
    #expect(try Self.run(made, shots: 10) { $0.observables = [observable] }[0].method == "stabilizer")
  }
}
