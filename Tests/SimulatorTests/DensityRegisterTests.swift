import Circuits
import TestSupport
import Testing

@testable import Simulator

/// A random unitary or channel on random qubits, as the register takes it and as Kraus operators.
private struct RandomMaps {
  private var generator: SplitMix
  private let qubitCount: Int
  private let seed: UInt64

  init(qubitCount: Int, seed: UInt64) { (self.qubitCount, self.seed, generator) = (qubitCount, seed, SplitMix(seed: seed)) }

  mutating func next(_ index: Int) throws -> (channel: Channel, qubits: [Int]) {
    let most = min(qubitCount, 3)
    let random = RandomChannel(qubitCount: 1 + index % most, seed: 1000 * seed + UInt64(index))
    let named: [Channel] = [
      try .amplitudeDamping(0.2), try .depolarizing(0.1), try .unitary(Gate.h.matrix([])), try .unitary(Gate.t.matrix([])),
      try .unitary(Gate.cx.matrix([])), try .depolarizing(0.2, qubitCount: 2), try .unitary(Gate.rzz.matrix([0.7])),
      try .reset(toZero: 0.3), try random.channel(operatorCount: 2), try random.channel(operatorCount: 1),
    ]
    let fitting = named.filter { $0.qubitCount <= qubitCount }
    let channel = fitting[Int(generator.next() % UInt64(fitting.count))]
    return (channel, Array((0..<qubitCount).shuffled(using: &generator).prefix(channel.qubitCount)))
  }
}

@Suite("density matrices against sums over Kraus operators")
struct DensityRegisterTests {
  private static func strings(_ qubitCount: Int) -> [PauliMask] {
    let count = UInt64(1) << UInt64(qubitCount)
    return (0..<count).flatMap { x in (0..<count).map { PauliMask(x: x, z: $0) } }
  }

  static let cases = (1...5).flatMap { n in (0..<6).map { (n, UInt64(10 * n + $0)) } }

  @Test(
    "all Pauli strings, probabilities and the trace, on every instruction set and OpenCL device: 1e-12 in double, 1e-5 in single",
    arguments: cases)
  func definition(_ qubitCount: Int, _ seed: UInt64) throws {
    var maps = RandomMaps(qubitCount: qubitCount, seed: seed)
    let steps = try (0..<12).map { try maps.next($0) }
    let expected = steps.reduce(DenseState.zero(qubitCount)) { DenseState.applying($1.channel, $1.qubits, to: $0) }
    let strings = Self.strings(qubitCount)
    let values = strings.map { DenseState.expectation($0, expected) }
    for factory in DensityFactory.instructionSets {
      let register = try factory.make(qubitCount)
      for step in steps { try register.apply(step.channel, on: step.qubits) }
      let found = try register.expectations(strings)
      let error = zip(found, values).map { abs($0 - $1) }.max() ?? 1
      #expect(error < factory.tolerance, "seed \(seed), \(factory.testDescription): \(error)")
      let order = Array((0..<qubitCount).reversed())
      let probabilities = try register.probabilities(of: order)
      for state in 0..<1 << qubitCount {
        let mirrored = order.enumerated().reduce(0) { $0 | (state >> $1.element & 1) << $1.offset }
        #expect(abs(probabilities[mirrored] - expected[state][state].real) < factory.tolerance)
      }
      #expect(try abs(register.trace() - 1) < factory.tolerance)
    }
  }

  @Test("every memory computes the same bits", arguments: [UInt64(1), 2, 3])
  func bits(_ seed: UInt64) throws {
    // So large that threads share it.
    let qubitCount = 9
    var maps = RandomMaps(qubitCount: qubitCount, seed: seed)
    // After rotations of all qubits no string's value is zero.
    let turns = try (0..<qubitCount).map { (channel: try Channel.unitary(Gate.u.matrix([0.7, 0.4, 0.9])), qubits: [$0]) }
    let steps = turns + (try (0..<12).map { try maps.next($0) })
    var generator = SplitMix(seed: seed)
    let masks = (0..<500).map { _ in PauliMask(x: generator.next() % 512, z: generator.next() % 512) }
    for precision in Precision.allCases {
      var first: [Double]?
      for factory in DensityFactory.all where factory.precision == precision {
        let register = try factory.make(qubitCount)
        for step in steps { try register.apply(step.channel, on: step.qubits) }
        let found = try register.expectations(masks)
        #expect(found == first ?? found && found.count { $0 != 0 } > 250, "seed \(seed), \(factory.testDescription)")
        first = found
      }
    }
  }

  @Test(
    "gates with controls, and rotations about strings of any length, as on amplitudes: 1e-12", arguments: 0..<12 as Range<UInt64>)
  func gates(_ seed: UInt64) throws {
    let qubitCount = 5
    var generator = SplitMix(seed: seed)
    let registers = try DensityFactory.distinct.filter { $0.precision == .double }.map { try $0.make(qubitCount) }
    var host = try HostRegister(qubitCount: qubitCount, precision: .double)
    for qubit in 0..<qubitCount {
      let operation = StateOperation.pauliRotation(
        x: 1 << UInt64(qubit), z: UInt64(qubit & 1) << UInt64(qubit), angle: 0.4 + Double(qubit), controls: .none)
      for register in registers { try register.apply(operation) }
      try host.apply(operation)
    }
    for index in 0..<12 {
      let qubits = Array((0..<qubitCount).shuffled(using: &generator))
      let controls = Controls(mask: 1 << UInt64(qubits[2]), values: UInt64(index & 1) << UInt64(qubits[2]))
      let operation: StateOperation =
        switch index % 4 {
        case 0: .pauliRotation(x: generator.next() % 32, z: generator.next() % 32, angle: 1.1, controls: .none)
        case 1: .permutation([2, 0, 3, 1], targets: Array(qubits.prefix(2)), controls: controls)
        case 2: .diagonal([Complex(phase: 0.3), Complex(phase: -1)], targets: [qubits[0]], controls: controls)
        default: .matrix(Gate.u.matrix([0.3, 1.2, -0.7]).entries, targets: [qubits[0]], controls: controls)
        }
      for register in registers { try register.apply(operation) }
      try host.apply(operation)
    }
    let masks = (0..<32).flatMap { x in (0..<32).map { PauliMask(x: UInt64(x), z: UInt64($0)) } }
    let expected = try host.expectations(masks)
    for register in registers {
      #expect(zip(try register.expectations(masks), expected).allSatisfy { abs($0 - $1) < 1e-12 }, "seed \(seed)")
    }
  }

  @Test("a collapse keeps what has the outcome", arguments: DensityFactory.distinct)
  func collapse(factory: DensityFactory) throws {
    let register = try factory.make(2)
    try register.apply(.pauliRotation(x: 1, z: 1, angle: 1.2, controls: .none))
    try register.apply(.permutation([1, 0], targets: [1], controls: Controls(mask: 1, values: 1)))
    let probabilities = try register.probabilities(of: [0])
    try register.collapse(0, weights: (0, 1 / probabilities[1]))
    let left = try register.probabilities(of: [0, 1])
    #expect(zip(left, [0, 0, 0, 1]).allSatisfy { abs($0 - $1) < factory.tolerance })
    try register.reset(to: 2)
    #expect(try register.probabilities(of: [0, 1]) == [0, 0, 1, 0])
  }

  @Test("a copy goes its own way", arguments: DensityFactory.distinct)
  func copy(factory: DensityFactory) throws {
    let (first, second) = (try factory.make(2), try factory.make(2))
    try first.apply(try .bitFlip(0.25), on: [1])
    _ = try first.trace()
    try second.copy(from: first)
    try first.apply(try .bitFlip(1), on: [0])
    try second.apply(try .reset(toZero: 1), on: [1])
    for (register, qubit, zero) in [(first, 1, 0.75), (second, 1, 1), (first, 0, 0), (second, 0, 1)] {
      #expect(try abs(register.probabilities(of: [qubit])[0] - zero) < factory.tolerance)
    }
  }

  @Test("sizes that no matrix has are refused")
  func refusals() throws {
    for count in [0, 17, -1] { #expect(throws: SimulatorError.self) { _ = try DensityRegister(qubitCount: count) } }
  }
}
