import Circuits
import TestSupport
import Testing

@testable import Simulator

@Suite("stabilizer states of many qubits")
struct WideStabilizerTests {
  @Test("a GHZ state of 1,000 qubits is all zeros or all ones")
  func ghz() throws {
    let counts = try #require(run(SimulationRequest(circuit: Self.ghz(1_000), shots: 5_000, seed: 9)).counts)
    #expect(counts.count == 2 && counts.total == 5_000)
    let (zeros, ones) = (counts[String(repeating: "0", count: 1_000)], counts[String(repeating: "1", count: 1_000)])
    #expect(zeros + ones == 5_000)
    // Six standard deviations of a fair coin: a false alarm in 5·10⁸ seeds.
    #expect(abs(Int(zeros) - 2_500) < 213)
  }

  /// 301 qubits hold a bit, 300 between them measure its parities, three times; the bit is put in superposition first.
  @Test("a repetition code of 601 qubits finds the parities of the errors that were put in, in every round and every shot")
  func repetitionCode() throws {
    let (dataCount, rounds) = (301, 3)
    let errors: Set<Int> = [0, 17, 18, 150, 299]
    var circuit = try Circuit(qubitCount: 2 * dataCount - 1)
    let syndromes = try (0..<rounds).map { try circuit.addClassicalRegister("s\($0)", count: dataCount - 1) }
    let data = try circuit.addClassicalRegister("d", count: dataCount)
    try circuit.append(.h, on: 0)
    for qubit in 1..<dataCount { try circuit.append(.cx, on: 0, 2 * qubit) }
    for qubit in errors.sorted() { try circuit.append(.x, on: 2 * qubit) }
    for round in 0..<rounds {
      for parity in 0..<dataCount - 1 {
        try circuit.append(.cx, on: 2 * parity, 2 * parity + 1)
        try circuit.append(.cx, on: 2 * parity + 2, 2 * parity + 1)
        try circuit.measure(2 * parity + 1, into: syndromes[round].lowerBound + parity)
        try circuit.reset(2 * parity + 1)
      }
    }
    for qubit in 0..<dataCount { try circuit.measure(2 * qubit, into: data.lowerBound + qubit) }
    let counts = try #require(run(SimulationRequest(circuit: circuit, shots: 1_000, seed: 4)).counts)
    #expect(counts.count == 2 && counts.total == 1_000)
    for (bitstring, _) in counts.dictionary {
      let bits = Array(bitstring.reversed()).map { $0 == "1" }
      let word = data.map { bits[$0] }
      #expect((0..<dataCount).allSatisfy { word[$0] == (word[1] != errors.contains($0)) })
      for round in syndromes {
        #expect((0..<dataCount - 1).allSatisfy { bits[round.lowerBound + $0] == (errors.contains($0) != errors.contains($0 + 1)) })
      }
    }
  }

  /// In the basis of X the same parities are random, but the same in each round.
  @Test("parities that are random at first are found again in every shot")
  func repeatedParities() throws {
    let parityCount = 260
    var circuit = try Circuit(qubitCount: 2 * parityCount + 1)
    let first = try circuit.addClassicalRegister("a", count: parityCount)
    let second = try circuit.addClassicalRegister("b", count: parityCount)
    for round in [first, second] {
      for parity in 0..<parityCount {
        let (left, ancilla, right) = (2 * parity, 2 * parity + 1, 2 * parity + 2)
        try circuit.append(.h, on: ancilla)
        try circuit.append(.cx, on: ancilla, left)
        try circuit.append(.cx, on: ancilla, right)
        try circuit.append(.h, on: ancilla)
        try circuit.measure(ancilla, into: round.lowerBound + parity)
        try circuit.reset(ancilla)
      }
    }
    let counts = try #require(run(SimulationRequest(circuit: circuit, shots: 300, seed: 4)).counts)
    #expect(counts.count == 300, "2²⁶⁰ outcomes are equally likely")
    var ones = 0
    for (bitstring, _) in counts.dictionary {
      let bits = Array(bitstring.reversed())
      #expect(bits[..<parityCount] == bits[parityCount...])
      ones += bits[..<parityCount].count { $0 == "1" }
    }
    // Six standard deviations of 78,000 fair coins: a false alarm in 5·10⁸ seeds.
    #expect(abs(ones - 39_000) < 838)
  }

  @Test("conditions on outcomes move a state along a chain of 201 qubits")
  func teleportation() throws {
    var circuit = try Circuit(qubitCount: 201)
    let outcome = try circuit.addClassicalRegister("m", count: 2, isOutput: false)
    _ = try circuit.addClassicalRegister("c", count: 1)
    try circuit.append(.x, on: 0)
    for source in stride(from: 0, to: 200, by: 2) {
      try circuit.append(.h, on: source + 1)
      try circuit.append(.cx, on: source + 1, source + 2)
      try circuit.append(.cx, on: source, source + 1)
      try circuit.append(.h, on: source)
      try circuit.measure(source, into: outcome.lowerBound)
      try circuit.measure(source + 1, into: outcome.lowerBound + 1)
      let (z, x) = (GateOperation(.standard(.z), qubits: [source + 2]), GateOperation(.standard(.x), qubits: [source + 2]))
      try circuit.append(.ifElse(.bit(outcome.lowerBound), then: [.gate(z)], otherwise: []))
      try circuit.append(.ifElse(.bit(outcome.lowerBound + 1), then: [.gate(x)], otherwise: []))
    }
    try circuit.measure(200, into: 2)
    let result = try run(SimulationRequest(circuit: circuit, shots: 20, seed: 1))
    #expect(result.counts?.dictionary == ["1": 20])
  }

  @Test("shots are the same bits on any number of threads and in windows of any length")
  func windows() throws {
    let program = try Self.program(Self.mixed(130))
    let random = RandomStream(seed: 5, circuit: 2, row: 7)
    let sampler = try FrameSampler(program, random, stop: StopFlag())
    func counts(_ threadCount: Int, _ windowByteCount: Int) throws -> Counts {
      try sampler.counts(shots: 5_003, threadCount: threadCount, windowByteCount: windowByteCount, stop: StopFlag())
    }
    let whole = try counts(1, 1 << 30)
    #expect(whole.total == 5_003 && whole.count > 4_000)
    for (threadCount, windowByteCount) in [(1, 1), (2, 10_000), (3, 1 << 20), (7, 50_000)] {
      #expect(try counts(threadCount, windowByteCount) == whole, "\(threadCount) threads, \(windowByteCount) bytes")
    }
  }

  @Test("rows are drawn apart, and the same alone as with others; so are seeds and circuits")
  func keys() throws {
    var circuit = try Circuit(qubitCount: 70)
    let parameter = Parameter("a")
    circuit.declare(parameter)
    for qubit in 0..<70 { try circuit.append(Gate(named: "ry")!, .parameter(parameter), on: qubit) }
    func counts(_ rows: Int, firstRow: UInt32 = 0, seed: UInt64 = 1, circuitIndex: UInt32 = 0) throws -> [Counts?] {
      var request = SimulationRequest(
        circuit: circuit, rows: Array(repeating: [.pi / 2], count: rows), shots: 100, seed: seed, circuitIndex: circuitIndex,
        firstRow: firstRow)
      request.method = .stabilizer
      return try CircuitSimulator(device: "cpu").run(request).map(\.counts)
    }
    let three = try counts(3)
    #expect(Set(three).count == 3)
    #expect(try counts(2, firstRow: 1) == Array(three[1...]))
    #expect(
      try counts(1, seed: 2) != [three[0]] && counts(1, seed: 1 + 1 << 32) != [three[0]] && counts(1, circuitIndex: 1) != [three[0]]
    )
  }

  @Test("bits of a square change places")
  func transposition() {
    var random = SplitMix(seed: 3)
    let words = (0..<64).map { _ in random.next() }
    var transposed = words
    transposeBits(&transposed)
    #expect((0..<64).allSatisfy { r in (0..<64).allSatisfy { c in words[r] >> UInt64(c) & 1 == transposed[c] >> UInt64(r) & 1 } })
  }

  static func ghz(_ qubitCount: Int) throws -> Circuit {
    var circuit = try Circuit(qubitCount: qubitCount)
    try circuit.append(.h, on: 0)
    for qubit in 1..<qubitCount { try circuit.append(.cx, on: qubit - 1, qubit) }
    return circuit
  }

  /// Gates, measurements and resets that leave many outcomes.
  private static func mixed(_ qubitCount: Int) throws -> Circuit {
    var (random, circuit) = (SplitMix(seed: 8), try Circuit(qubitCount: qubitCount, classicalBitCount: qubitCount))
    for _ in 0..<10 * qubitCount {
      let qubits = (0..<qubitCount).shuffled(using: &random)
      switch Int.random(in: 0..<8, using: &random) {
      case 0: try circuit.measure(qubits[0], into: qubits[1])
      case 1: try circuit.reset(qubits[0])
      case 2, 3: try circuit.append(.h, on: qubits[0])
      case 4: try circuit.append(Gate(named: "iswap")!, on: qubits[0], qubits[1])
      default: try circuit.append(.cx, on: qubits[0], qubits[1])
      }
    }
    for qubit in 0..<qubitCount { try circuit.measure(qubit, into: qubit) }
    return circuit
  }

  private static func program(_ circuit: Circuit) throws -> StabilizerProgram {
    var recognizer = CliffordRecognizer()
    return try StabilizerProgram(circuit, circuit.initialMemory([]), &recognizer)
  }
}
