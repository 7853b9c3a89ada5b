import Circuits
import TestSupport
import Testing

@testable import Simulator

@Suite("stabilizer states with noise of Pauli strings")
struct StabilizerNoiseTests {
  /// Clifford gates, measurements and resets on the way, noise of Pauli strings between them, and errors of reading.
  private static func circuit(_ qubitCount: Int, seed: UInt64) throws -> Circuit {
    var random = RandomClifford(qubitCount: qubitCount, seed: seed)
    var generator = SplitMix(seed: seed)
    let clean = try random.circuit(stepCount: 14)
    var circuit = try clean.restrictedToNothing()
    for (index, instruction) in clean.instructions.enumerated() {
      try circuit.append(instruction)
      let qubits = (0..<qubitCount).shuffled(using: &generator)
      // Few, because the reference follows every history.
      switch index {
      case 3: try circuit.append(.channel(.depolarizing(0.1), qubits: [qubits[0]]))
      case 6: try circuit.append(.channel(.bitPhaseFlip(0.05), qubits: [qubits[0]]))
      case 9 where qubitCount > 1:
        let noise = try Channel.pauli([(PauliString("XZ"), 0.1), (PauliString("YI"), 0.05), (PauliString("II"), 0.85)])
        try circuit.append(.channel(noise, qubits: Array(qubits.prefix(2))))
      default: break
      }
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

  @Test("values are those of density matrices, to 1e-12", arguments: 1...5, 0..<6 as Range<UInt64>)
  func values(_ qubitCount: Int, _ seed: UInt64) throws {
    let circuit = try Self.circuit(qubitCount, seed: 10 * seed + UInt64(qubitCount))
    var random = RandomClifford(qubitCount: qubitCount, seed: seed)
    let observables = try (0..<70).map { _ in try random.observable() }
    for shots in [nil, 50] {
      let request = SimulationRequest(circuit: circuit, shots: shots, observables: observables, precision: .double)
      let found = try Self.run(request, .stabilizer).expectations
      // Of a circuit that measures on its way the density matrix has the mean over all histories.
      let expected = try Self.run(request, .densityMatrix).expectations
      let error = zip(found, expected).map { abs($0.value - $1.value) }.max() ?? 1
      #expect(error < 1e-12, "seed \(seed), \(String(describing: shots)) shots: \(error)")
    }
  }

  @Test("outcomes come as often as they are probable, and never if they are not", arguments: 1...5, 0..<6 as Range<UInt64>)
  func counts(_ qubitCount: Int, _ seed: UInt64) throws {
    let circuit = try Self.circuit(qubitCount, seed: 10 * seed + UInt64(qubitCount))
    let counts = try #require(try Self.run(SimulationRequest(circuit: circuit, shots: 20_000, seed: seed), .stabilizer).counts)
    try AllHistories.expectDistribution(counts.dictionary, shots: 20_000, circuit, seed: seed)
  }

  @Test("every Pauli string of two qubits moves a Bell state to the one that it should", arguments: 0..<16 as Range<UInt64>)
  func strings(_ number: UInt64) throws {
    let string = PauliString(qubitCount: 2, digits: number)
    var circuit = try Circuit(qubitCount: 2)
    try circuit.append(.h, on: 0)
    try circuit.append(.cx, on: 0, 1)
    try circuit.append(.channel(try .pauli([(string, 1)]), qubits: [0, 1]))
    try circuit.append(.cx, on: 0, 1)
    try circuit.append(.h, on: 0)
    // Bit 1 is the parity of X, bit 0 that of Z.
    let (bit, phase) = (string.x.nonzeroBitCount & 1, string.z.nonzeroBitCount & 1)
    let counts = try Self.run(SimulationRequest(circuit: circuit, shots: 100, seed: number), .stabilizer).counts
    #expect(counts?.dictionary == ["\(bit)\(phase)": 100], "\(string)")
  }

  @Test("wide circuits with noise of Pauli strings run as stabilizer states by themselves")
  func wide() throws {
    var circuit = try Circuit(qubitCount: 100)
    try circuit.append(.h, on: 0)
    for qubit in 1..<100 {
      try circuit.append(.cx, on: qubit - 1, qubit)
      try circuit.append(try .depolarizing(0.01, qubitCount: 2), on: qubit - 1, qubit)
      try circuit.misread(try ReadoutError(zeroAsOne: 0.01, oneAsZero: 0.02), on: [qubit])
    }
    let result = try CircuitSimulator(device: "cpu").run(SimulationRequest(circuit: circuit, shots: 1_000, seed: 3))[0]
    #expect(result.method == "stabilizer" && result.counts?.total == 1_000)
  }

  @Test("the counts do not depend on windows and threads")
  func windows() throws {
    let circuit = try Self.circuit(5, seed: 77)
    var recognizer = CliffordRecognizer()
    let program = try StabilizerProgram(circuit, try circuit.initialMemory([]), &recognizer)
    let sampler = try FrameSampler(program, RandomStream(seed: 1, circuit: 2, row: 3), stop: StopFlag())
    let whole = try sampler.counts(shots: 5_001, threadCount: 1, stop: StopFlag())
    #expect(try sampler.counts(shots: 5_001, threadCount: 2, windowByteCount: 512, stop: StopFlag()) == whole)
  }

  @Test("other noise and qubits that are misread together are refused, and say what takes them")
  func refused() throws {
    var damped = try Circuit(qubitCount: 2, classicalBitCount: 2)
    try damped.append(try .amplitudeDamping(0.1), on: 0)
    // In a branch that is never taken, too.
    var branched = try Circuit(qubitCount: 2, classicalBitCount: 2)
    try branched.append(.ifElse(.bit(0), then: [.channel(try .amplitudeDamping(0.1), qubits: [0])], otherwise: []))
    var joint = try Circuit(qubitCount: 2, classicalBitCount: 2)
    try joint.misread(try ReadoutError((0..<4).map { row in (0..<4).map { $0 == row ? 0.7 : 0.1 } }), on: [0, 1])
    var jointFeedback = joint
    try jointFeedback.measure(0, into: 0)
    try jointFeedback.append(.ifElse(.bit(0), then: [.reset(qubit: 0)], otherwise: []))
    for circuit in [damped, branched, joint, jointFeedback] {
      let error = #expect(throws: SimulatorError.self) {
        try Self.run(SimulationRequest(circuit: circuit, shots: 10), .stabilizer)
      }
      #expect(error?.code == .unsupported && error?.message.contains("method statevector") == true)
    }
  }
}

extension Circuit {
  /// Its registers without its instructions.
  fileprivate func restrictedToNothing() throws -> Circuit {
    var result = try Circuit(qubitCount: qubitCount)
    for register in classicalRegisters {
      try result.addClassicalRegister(register.name, count: register.bits.count, isOutput: register.isOutput)
    }
    return result
  }
}
