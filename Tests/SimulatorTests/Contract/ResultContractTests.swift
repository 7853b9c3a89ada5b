import Circuits
import Simulator
import TestSupport
import Testing

@Suite("every register answers questions about its state by definition")
struct ResultContractTests {
  /// A register in a random state of norm one, and the reference in the state that the register really holds.
  private func prepare(_ factory: RegisterFactory, _ qubitCount: Int, seed: UInt64) throws -> (TestRegister, DenseReference) {
    var generator = SplitMix(seed: seed)
    let register = try factory.make(qubitCount)
    try register.load(generator.state(qubitCount: qubitCount))
    return (register, DenseReference(try register.state(qubitCount)))
  }

  @Test("a new register is in |0…0⟩ and reset goes to any basis state", arguments: RegisterFactory.all, [1, 2, 4, 5, 9, 16])
  func reset(factory: RegisterFactory, qubitCount: Int) throws {
    let register = try factory.make(qubitCount)
    var expected = [Complex](repeating: .zero, count: 1 << qubitCount)
    expected[0] = .one
    #expect(try register.state(qubitCount) == expected)
    try register.apply(.matrix([.one, .one, .one, -.one], targets: [qubitCount - 1], controls: .none))
    let last = (1 << qubitCount) - 1
    try register.reset(to: UInt64(last))
    expected[0] = .zero
    expected[last] = .one
    #expect(try register.state(qubitCount) == expected)
  }

  @Test("amplitudes come back as they were loaded, in part and whole, and a copy is equal", arguments: RegisterFactory.all)
  func transfer(factory: RegisterFactory) throws {
    let (register, reference) = try prepare(factory, 7, seed: 1)
    #expect(try register.amplitudes(from: 37, count: 50) == Array(reference.amplitudes[37..<87]))
    #expect(try register.amplitudes(from: 128, count: 0).isEmpty)
    let other = try factory.make(7)
    try other.copy(from: register)
    #expect(try other.state(7) == reference.amplitudes)
    try register.reset(to: 0)
    #expect(try other.state(7) == reference.amplitudes)
  }

  @Test("norms, probabilities and marginals", arguments: RegisterFactory.all, [1, 3, 5, 9, 10, 11, 13])
  func probabilities(factory: RegisterFactory, qubitCount: Int) throws {
    let (register, reference) = try prepare(factory, qubitCount, seed: UInt64(qubitCount))
    var generator = SplitMix(seed: 99)
    #expect(abs(try register.normSquared() - reference.probability()) < 1e-12)
    for _ in 0..<6 {
      let mask = generator.next() & ((1 << UInt64(qubitCount)) - 1)
      let values = generator.next() & mask
      let found = try register.probability(mask: mask, values: values)
      #expect(abs(found - reference.probability(mask: mask, values: values)) < 1e-12)
      let qubits = generator.qubits(Int.random(in: 1...qubitCount, using: &generator), of: qubitCount)
      var expected = [Double](repeating: 0, count: 1 << qubits.count)
      for (index, amplitude) in reference.amplitudes.enumerated() {
        expected[DenseReference.bits(of: index, at: qubits)] += amplitude.lengthSquared
      }
      let marginal = try register.probabilities(of: qubits)
      #expect(marginal.count == expected.count)
      #expect(zip(marginal, expected).allSatisfy { abs($0 - $1) < 1e-12 }, "qubits \(qubits)")
    }
    #expect(try register.probabilities(of: []) == [register.normSquared()])
  }

  @Test("collapse zeroes one part and scales the other", arguments: RegisterFactory.all, [1, 4, 11])
  func collapse(factory: RegisterFactory, qubitCount: Int) throws {
    for qubit in 0..<qubitCount {
      let (register, reference) = try prepare(factory, qubitCount, seed: UInt64(qubit))
      let (mask, values) = (UInt64(1) << UInt64(qubit), UInt64(qubit % 2) << UInt64(qubit))
      try register.collapse(mask: mask, values: values, scale: 1.5)
      let expected = reference.amplitudes.enumerated().map { UInt64($0.offset) & mask == values ? 1.5 * $0.element : .zero }
      #expect(distance(try register.state(qubitCount), expected) < factory.tolerance)
    }
  }

  @Test(
    "expectation values of random Pauli strings, odd numbers of Y among them", arguments: RegisterFactory.all, [1, 2, 5, 10, 12])
  func expectations(factory: RegisterFactory, qubitCount: Int) throws {
    let (register, reference) = try prepare(factory, qubitCount, seed: UInt64(qubitCount))
    var generator = SplitMix(seed: 8)
    let all = (UInt64(1) << UInt64(qubitCount)) - 1
    // Few flip masks, so that several strings share a sweep.
    let flips = [0, all, generator.next() & all, generator.next() & all & ~7, generator.next() & all & 7]
    let paulis = (0..<30).map { PauliMask(x: flips[$0 % flips.count], z: generator.next() & all) }
    #expect(paulis.contains { ($0.x & $0.z).nonzeroBitCount % 2 == 1 })
    let found = try register.expectations(paulis)
    for (pauli, value) in zip(paulis, found) {
      #expect(abs(value - reference.expectation(x: pauli.x, z: pauli.z)) < 1e-12, "\(pauli)")
    }
    #expect(try register.expectations([PauliMask(x: 0, z: 0)]) == [register.normSquared()])
    #expect(try register.expectations([]).isEmpty)
  }

  /// ⟨ψ|P|ψ⟩ by its formula; the reference, which applies P qubit by qubit, takes too long for many qubits.
  private func direct(_ pauli: PauliMask, _ amplitudes: [Complex]) -> Double {
    let phase = [Complex.one, Complex(0, 1), -.one, Complex(0, -1)][(pauli.x & pauli.z).nonzeroBitCount % 4]
    var sum = 0.0
    for index in 0..<amplitudes.count {
      let other = index ^ Int(pauli.x)
      let term = (amplitudes[index].conjugate * (phase * amplitudes[other])).real
      sum += (UInt64(other) & pauli.z).nonzeroBitCount % 2 == 0 ? term : -term
    }
    return sum
  }

  /// Flip masks inside a vector, a block, a tile and above, alone and together; groups that are summed one by one and all at once.
  @Test("expectation values whatever their flip masks have in common", arguments: RegisterFactory.all, [4, 11, 16])
  func flipMasks(factory: RegisterFactory, qubitCount: Int) throws {
    let (register, reference) = try prepare(factory, qubitCount, seed: UInt64(qubitCount))
    var generator = SplitMix(seed: 81)
    let all = (UInt64(1) << UInt64(qubitCount)) - 1
    let flips: [UInt64] = [0, 1, 4, 7, 8, 512, 1023, 1024, 1 << 14, 1 << 15, 0x5400, 0x8401, all].map { $0 & all }
    var paulis: [PauliMask] = []
    for (flip, count) in zip(flips, [1, 5, 6, 9, 1, 6, 2, 7, 3, 8, 1, 20, 4]) {
      for _ in 0..<count { paulis.append(PauliMask(x: flip, z: generator.next() & all)) }
    }
    let found = try register.expectations(paulis)
    var checked = Set<UInt64>(qubitCount < 16 ? [] : flips.filter { $0 < 1 << 15 })
    for (pauli, value) in zip(paulis, found) where checked.insert(pauli.x).inserted {
      #expect(abs(value - direct(pauli, reference.amplitudes)) < 1e-12, "\(pauli)")
    }
    // A string's value does not depend on which others are asked for.
    #expect(try paulis.suffix(12).map { try register.expectations([$0])[0] } == found.suffix(12))
    #expect(try register.expectations([PauliMask](repeating: paulis[0], count: 300)) == [Double](repeating: found[0], count: 300))
  }

  @Test("sampling inverts the fixed-point cumulative distribution, draw by draw", arguments: RegisterFactory.all, [1, 3, 10, 12])
  func sampling(factory: RegisterFactory, qubitCount: Int) throws {
    let (register, reference) = try prepare(factory, qubitCount, seed: UInt64(qubitCount))
    var generator = SplitMix(seed: 9)
    let draws = [0, UInt64.max, UInt64.max / 2] + (0..<500).map { _ in generator.next() }
    let weights = reference.amplitudes.map { amplitude in
      UInt64((amplitude.imaginary * amplitude.imaginary).addingProduct(amplitude.real, amplitude.real) * FixedPoint.scale)
    }
    let total = weights.reduce(0, +)
    let expected = draws.map { draw in
      let position = draw.multipliedFullWidth(by: total).high
      var cumulative: UInt64 = 0
      return UInt64(
        weights.firstIndex { weight in
          cumulative += weight
          return position < cumulative
        } ?? -1)
    }
    #expect(try register.sample(draws) == expected)
    #expect(try register.sample([]).isEmpty)
  }

  /// States with all of their weight in one place, at the ends of blocks, behind and between empty blocks; draws at the ends and equal ones.
  @Test(
    "samples and counts at the edges of blocks", arguments: RegisterFactory.all,
    [[0], [1023], [1024], [4095], [0, 4095], [1023, 1024], [2047, 3072], [31, 32, 1055, 1056]])
  func edges(factory: RegisterFactory, states: [Int]) throws {
    let register = try factory.make(12)
    var amplitudes = [Complex](repeating: .zero, count: 4096)
    for state in states { amplitudes[state] = Complex(1 / Double(states.count).squareRoot()) }
    try register.load(amplitudes)
    let share = UInt64.max / UInt64(states.count)
    var draws: [UInt64] = [.max, 0, .max, 0]
    let (first, last) = (UInt64(states[0]), UInt64(states[states.count - 1]))
    var expected = [last, first, last, first]
    for (place, state) in states.enumerated() {
      draws += [share * UInt64(place) + share / 4, share * UInt64(place) + share / 2]
      expected += [UInt64(state), UInt64(state)]
    }
    #expect(try register.sample(draws) == expected)
    #expect(try register.count(draws) == StateCounts(states: expected, counts: expected.map { _ in 1 }))
  }

  @Test(
    "counts are those of the samples, on one thread and on several", arguments: RegisterFactory.all,
    [(1, 40_000), (2, 1), (5, 100), (10, 100), (10, 40_000), (14, 100), (14, 40_000)])
  func counting(factory: RegisterFactory, size: (qubits: Int, draws: Int)) throws {
    let (qubitCount, drawCount) = size
    let (register, _) = try prepare(factory, qubitCount, seed: UInt64(qubitCount))
    let draws = RandomStream(seed: 5, circuit: 0, row: 0).draws(shots: 0..<UInt32(drawCount), site: 0)
    let samples = try register.sample(draws)
    let counts = try register.count(draws)
    #expect(counts == StateCounts(states: samples, counts: samples.map { _ in 1 }))
    #expect(zip(counts.states, counts.states.dropFirst()).allSatisfy { $0 < $1 })
    #expect(counts.counts.reduce(0, +) == UInt64(drawCount))
    #expect(try register.count([]) == StateCounts())
  }

  @Test("only basis states with a probability are sampled", arguments: RegisterFactory.all)
  func sparseSampling(factory: RegisterFactory) throws {
    let register = try factory.make(12)
    var amplitudes = [Complex](repeating: .zero, count: 4096)
    amplitudes[17] = Complex(0.6)
    amplitudes[3000] = Complex(0, 0.8)
    try register.load(amplitudes)
    var generator = SplitMix(seed: 10)
    let samples = try register.sample([0, .max] + (0..<1000).map { _ in generator.next() })
    #expect(samples.count == 1002)
    #expect(samples[0] == 17 && samples[1] == 3000)
    #expect(Set(samples) == [17, 3000])
  }

  /// χ² with 15 degrees of freedom exceeds 44.3 with probability 10⁻⁴; the seed is fixed, so the alarm is not raised at random.
  @Test("counts follow the probabilities", arguments: RegisterFactory.all)
  func chiSquare(factory: RegisterFactory) throws {
    let (register, reference) = try prepare(factory, 4, seed: 11)
    let shotCount = 20_000
    let draws = RandomStream(seed: 12, circuit: 0, row: 0).draws(shots: 0..<UInt32(shotCount), site: 0)
    var counts = [Double](repeating: 0, count: 16)
    for sample in try register.sample(draws) { counts[Int(sample)] += 1 }
    let expected = reference.amplitudes.map { $0.lengthSquared * Double(shotCount) }
    let statistic = zip(counts, expected).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) / $1.1 }
    #expect(statistic < 44.3)
  }

  @Test("a state that cannot be sampled is refused", arguments: RegisterFactory.all, [0, 3, Double.nan])
  func unsound(factory: RegisterFactory, amplitude: Double) throws {
    let register = try factory.make(3)
    try register.load([Complex](repeating: Complex(amplitude), count: 8))
    #expect(throws: SimulatorError.self) { try register.sample([1, 2, 3]) }
  }
}
