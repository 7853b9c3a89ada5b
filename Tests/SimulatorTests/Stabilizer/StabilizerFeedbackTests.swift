import Circuits
import TestSupport
import Testing

@testable import Simulator

@Suite("stabilizer states with noise where steps depend on outcomes")
struct StabilizerFeedbackTests {
  /// Standard errors that a mean may be away from what it estimates: passed by chance once in 15,000 comparisons. Seeds are fixed, so that a
  /// test that passes does so always.
  static let standardErrors = 4.0

  /// Clifford gates, measurements and resets, branches on bits, noise of Pauli strings before, in and after a branch, and errors of reading.
  private static func circuit(_ qubitCount: Int, seed: UInt64) throws -> Circuit {
    var random = RandomClifford(qubitCount: qubitCount, seed: seed)
    var generator = SplitMix(seed: seed)
    let clean = try random.dynamicCircuit(stepCount: 8)
    var circuit = try Circuit(qubitCount: qubitCount, classicalBitCount: clean.classicalBitCount)
    func qubits(_ count: Int) -> [Int] { generator.qubits(count, of: qubitCount) }
    for qubit in 0..<qubitCount { try circuit.append(.h, on: qubit) }
    try circuit.append(.s, on: 0)
    try circuit.append(.channel(.depolarizing(0.3), qubits: qubits(1)))
    try circuit.measure(qubits(1)[0], into: 0)
    for (index, instruction) in clean.instructions.enumerated() {
      try circuit.append(instruction)
      guard index == 3 else { continue }
      let correction = GateOperation(.standard(.x), qubits: qubits(1))
      try circuit.append(
        .ifElse(
          .bit(0),
          then: [.channel(.phaseFlip(0.25), qubits: qubits(1)), .gate(correction), .channel(.bitFlip(1), qubits: qubits(1))],
          otherwise: [
            .channel(try .pauli([(PauliString("XZ"), 0.2), (PauliString("YI"), 0.1), (PauliString("II"), 0.7)]), qubits: qubits(2))
          ]))
    }
    try circuit.misread(try ReadoutError(zeroAsOne: 0.1, oneAsZero: 0.25), on: [0])
    if qubitCount > 2 { try circuit.misread(try ReadoutError(zeroAsOne: 0, oneAsZero: 1), on: [2]) }
    return circuit
  }

  private static func run(_ request: SimulationRequest, _ method: SimulationMethod) throws -> SimulationResult {
    var request = request
    request.method = method
    return try CircuitSimulator(device: "cpu").run(request)[0]
  }

  @Test("all histories give the values of density matrices, to 1e-12", arguments: 2...4, 0..<8 as Range<UInt64>)
  func exact(_ qubitCount: Int, _ seed: UInt64) throws {
    let circuit = try Self.circuit(qubitCount, seed: 10 * seed + UInt64(qubitCount))
    var random = RandomClifford(qubitCount: qubitCount, seed: seed)
    let observables = try (0..<20).map { _ in try random.observable() }
    let request = SimulationRequest(circuit: circuit, observables: observables, precision: .double)
    let (found, expected) = (try Self.run(request, .stabilizer), try Self.run(request, .densityMatrix))
    let error = zip(found.expectations, expected.expectations).map { abs($0.value - $1.value) }.max() ?? 1
    #expect(error < 1e-12, "seed \(seed): \(error)")
    #expect(found.method == "stabilizer")
  }

  @Test("outcomes come as often as they are probable, and never if they are not", arguments: 2...4, 0..<8 as Range<UInt64>)
  func counts(_ qubitCount: Int, _ seed: UInt64) throws {
    let circuit = try Self.circuit(qubitCount, seed: 10 * seed + UInt64(qubitCount))
    let counts = try #require(try Self.run(SimulationRequest(circuit: circuit, shots: 10_000, seed: seed), .stabilizer).counts)
    try AllHistories.expectDistribution(counts.dictionary, shots: 10_000, circuit, seed: seed)
  }

  @Test("with shots values are within 4 standard errors of the density matrix's", arguments: 2...4, 0..<4 as Range<UInt64>)
  func values(_ qubitCount: Int, _ seed: UInt64) throws {
    let circuit = try Self.circuit(qubitCount, seed: 10 * seed + UInt64(qubitCount))
    var random = RandomClifford(qubitCount: qubitCount, seed: seed)
    let observables = try (0..<8).map { _ in try random.observable() }
    let shots = 4_000
    let request = SimulationRequest(circuit: circuit, shots: shots, observables: observables, seed: seed, precision: .double)
    let (found, expected) = (try Self.run(request, .stabilizer), try Self.run(request, .densityMatrix))
    for (index, value) in found.expectations.enumerated() {
      // What all shots agree in is known to a part in as many shots.
      let bound = Self.standardErrors * value.standardError + 20 / Double(shots)
      let difference = abs(value.value - expected.expectations[index].value)
      #expect(difference <= bound, "seed \(seed), observable \(index): \(difference) of \(bound)")
    }
  }

  @Test("a qubit that is measured, flipped by noise and corrected by its syndrome is right as often as the code says")
  func code() throws {
    // Three qubits hold a 1; two parities tell which of them flipped.
    var circuit = try Circuit(qubitCount: 5, classicalBitCount: 5)
    for qubit in 0..<3 {
      try circuit.append(.x, on: qubit)
      try circuit.append(try .bitFlip(0.1), on: qubit)
    }
    for (ancilla, pair) in [(3, [0, 1]), (4, [1, 2])] {
      for qubit in pair { try circuit.append(.cx, on: qubit, ancilla) }
      try circuit.measure(ancilla, into: ancilla - 3)
    }
    let flips = [(1, 0), (3, 1), (2, 2)].map { value, qubit in
      Instruction.SwitchCase(values: [Int64(value)], body: [.gate(GateOperation(.standard(.x), qubits: [qubit]))])
    }
    try circuit.append(.switchCase(.bits(0..<2), cases: flips, otherwise: []))
    for qubit in 0..<3 { try circuit.measure(qubit, into: 2 + qubit) }
    let shots = 20_000
    let counts = try #require(try Self.run(SimulationRequest(circuit: circuit, shots: shots, seed: 5), .stabilizer).counts)
    let right = counts.dictionary.filter { $0.key.hasPrefix("111") }.values.reduce(0, +)
    // At most one flip.
    let expected = 0.9 * 0.9 * 0.9 + 3 * 0.9 * 0.9 * 0.1
    let standardError = (expected * (1 - expected) / Double(shots)).squareRoot()
    #expect(abs(Double(right) / Double(shots) - expected) < Self.standardErrors * standardError, "seed 5: \(right) of \(shots)")
  }
}
