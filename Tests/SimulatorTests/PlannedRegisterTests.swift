import Circuits
import Simulator
import TestSupport
import Testing

@Suite("a planned register answers about the qubits of the circuit, wherever they lie")
struct PlannedRegisterTests {
  private static let qubitCount = 11

  /// A planned register and a plain one after the same operations, many of them SWAPs, so that hardly a qubit is at its own position.
  private func prepare(_ planned: inout PlannedRegister<HostRegister>, _ plain: inout HostRegister, seed: UInt64) throws {
    var generator = SplitMix(seed: seed)
    var operations = [StateOperation]()
    for _ in 0..<40 {
      let targets = generator.qubits(2, of: Self.qubitCount)
      operations.append(.permutation([0, 2, 1, 3], targets: targets, controls: .none))
      operations.append(.matrix(generator.unitary(), targets: [targets[0]], controls: .none))
      operations.append(.permutation([1, 0], targets: [targets[1]], controls: Controls.none.adding(targets[0], value: 1)))
    }
    try planned.apply(operations)
    for operation in operations { try plain.apply(operation) }
  }

  private func makePlanned() throws -> PlannedRegister<HostRegister> {
    PlannedRegister(try makePlain(), tileQubitCount: 9)
  }

  private func makePlain() throws -> HostRegister { try HostRegister(qubitCount: Self.qubitCount, precision: .double) }

  @Test("probabilities, expectation values, amplitudes", arguments: [UInt64(1), 2, 3])
  func sums(seed: UInt64) throws {
    var planned = try makePlanned()
    var plain = try makePlain()
    try prepare(&planned, &plain, seed: seed)
    var generator = SplitMix(seed: seed + 100)
    let all = (UInt64(1) << UInt64(Self.qubitCount)) - 1
    let paulis = (0..<20).map { _ in PauliMask(x: generator.next() & all, z: generator.next() & all) }
    let (values, expected) = (try planned.expectations(paulis), try plain.expectations(paulis))
    #expect(zip(values, expected).allSatisfy { abs($0 - $1) < 1e-12 })
    #expect(Set(expected.map { Int($0 * 1e9) }).count > 10, "the values do not vary")
    let (mask, bits) = (UInt64(0b101_0000_0010), UInt64(0b100_0000_0010))
    #expect(abs(try planned.probability(mask: mask, values: bits) - plain.probability(mask: mask, values: bits)) < 1e-12)
    let (marginal, reference) = (try planned.probabilities(of: [7, 0, 10]), try plain.probabilities(of: [7, 0, 10]))
    #expect(zip(marginal, reference).allSatisfy { abs($0 - $1) < 1e-12 })
    #expect(abs(try planned.normSquared() - 1) < 1e-12)
    let found = try planned.amplitudes(from: 700, count: 90)
    #expect(distance(found, try plain.amplitudes(from: 700, count: 90)) < 1e-12)
  }

  @Test("samples and counts are of the circuit's basis states")
  func samples() throws {
    var planned = try makePlanned()
    var plain = try makePlain()
    try prepare(&planned, &plain, seed: 4)
    var generator = SplitMix(seed: 40)
    let draws = (0..<20_000).map { _ in generator.next() }
    let states = try planned.sample(draws)
    let counts = try planned.count(draws)
    #expect(counts.states == Set(states).sorted())
    #expect(counts.counts.reduce(0, +) == 20_000)
    let ones = states.count { $0 & 1 << 3 != 0 }
    let expected = try plain.probabilities(of: [3])[1] * 20_000
    // Six standard deviations at most of a binomial count: a false alarm in 5·10⁸ seeds.
    #expect(abs(Double(ones) - expected) < 6 * 70.8)
    for state in Set(states).prefix(50) {
      #expect(try plain.amplitudes(from: Int(state), count: 1)[0].lengthSquared > 0)
    }
  }

  @Test("collapse, copies, single operations and a new order of qubits")
  func changes() throws {
    var planned = try makePlanned()
    var plain = try makePlain()
    try prepare(&planned, &plain, seed: 5)
    let mask = UInt64(1) << 6
    try planned.collapse(mask: mask, values: mask, scale: 1.25)
    try plain.collapse(mask: mask, values: mask, scale: 1.25)
    var copy = try makePlanned()
    try copy.copy(from: planned)
    let single = StateOperation.matrix([.zero, .i, .one, .zero], targets: [2], controls: Controls(mask: 1))
    try copy.apply(single)
    try plain.apply(single)
    try copy.restoreOrder()
    let size = 1 << Self.qubitCount
    #expect(distance(try copy.amplitudes(from: 0, count: size), try plain.amplitudes(from: 0, count: size)) < 1e-12)
    try copy.reset(to: 5)
    #expect(try copy.amplitudes(from: 5, count: 1) == [.one])
  }

  @Test("what does not fit is refused, and the state stays")
  func refusals() throws {
    var planned = try makePlanned()
    var plain = try makePlain()
    try prepare(&planned, &plain, seed: 6)
    let error = #expect(throws: SimulatorError.self) {
      try planned.apply([
        .permutation([1, 0], targets: [0], controls: .none), .permutation([1, 0], targets: [11], controls: .none),
      ])
    }
    #expect(error?.code == .qubitOutOfRange)
    #expect(distance(try planned.amplitudes(from: 0, count: 20), try plain.amplitudes(from: 0, count: 20)) < 1e-12)
    #expect(throws: SimulatorError.self) { try planned.probabilities(of: [11]) }
    #expect(throws: SimulatorError.self) { try planned.expectations([PauliMask(x: 1 << 11, z: 0)]) }
  }
}
