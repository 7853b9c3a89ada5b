import Circuits
import TestSupport
import Testing

@testable import Mitigation

@Suite("probabilistic error cancellation")
struct CancellationTests {
  /// How far the whole sum of a quasi-probability distribution may be from the value without noise.
  static let tolerance = 1e-10

  private func circuit() throws -> Circuit {
    var circuit = try Circuit(qubitCount: 2)
    try circuit.append(.u, 0.4, 0.9, -0.3, on: 1)
    try circuit.append(.ry, 0.7, on: 0)
    try circuit.append(.cx, on: 0, 1)
    try circuit.append(.rx, 1.1, on: 1)
    return circuit
  }

  private func model(_ one: Channel, _ two: Channel? = nil, gates: [String] = ["ry"]) throws -> NoiseModel {
    var model = NoiseModel()
    try model.append(.init(gates: gates, channel: one, placement: .each))
    if let two { try model.append(.init(gates: ["cx"], channel: two)) }
    return model
  }

  private func expectExact(
    _ technique: ProbabilisticErrorCancellation, _ circuit: Circuit,
    observable label: String = "0.5*XZ + 0.7*ZZ - 0.3*YX + ZI + 0.2*IY"
  ) throws {
    let cancelled = try technique.cancelled(circuit)
    let variants = try cancelled.allVariants()
    let observable = try Observable(label)
    let results = try variants.map { Measured(try Bench.value($0.circuit, observable, noise: technique.model)) }
    let exact = try Bench.value(circuit, observable), noisy = try Bench.value(circuit, observable, noise: technique.model)
    let found = try cancelled.exhaustiveEstimate(variants, results)
    #expect(abs(found.value - exact) <= Self.tolerance, "\(found.value), not \(exact)")
    #expect(abs(noisy - exact) > 1e-4, "the noise is not seen")
    #expect(cancelled.cost > 1 && abs(variants.reduce(0) { $0 + abs($1.weight) } - cancelled.cost) < 1e-9)
    #expect(abs(variants.reduce(0) { $0 + $1.weight } - 1) < 1e-9)
  }

  @Test("the sum over all terms is the value without Pauli noise: 1e-10")
  func pauli() throws {
    let correlated = try Channel.pauli([
      (PauliString("II"), 0.9), (PauliString("XZ"), 0.04), (PauliString("YI"), 0.03), (PauliString("ZZ"), 0.03),
    ])
    try expectExact(.init(model(.depolarizing(0.03), correlated)), circuit())
    try expectExact(.init(model(.phaseFlip(0.05), .depolarizing(0.02, qubitCount: 2))), circuit())
  }

  @Test("the sum over all terms is the value without amplitude damping: 1e-10")
  func damping() throws {
    try expectExact(.init(model(.amplitudeDamping(0.06), gates: ["ry", "cx"])), circuit())
    try expectExact(.init(model(.thermalRelaxation(t1: 1, t2: 0.8, time: 0.1), gates: ["rx"])), circuit())
  }

  @Test("operations that cancel noise may be noisy themselves: 1e-10")
  func noisyOperations() throws {
    let gates = ["ry", "x", "y", "z", "h", "sx", "sxdg", "sdg"]
    try expectExact(.init(model(.depolarizing(0.02), gates: gates)), circuit())
    try expectExact(.init(model(.amplitudeDamping(0.03), gates: gates + ["reset"])), circuit())
  }

  @Test("coherent noise of two qubits, which products of operations do not undo, is undone: 1e-10")
  func coherent() throws {
    let model = try model(.phaseFlip(0), .overRotation(0.1, about: PauliString("ZX")), gates: ["none"])
    try expectExact(.init(model), circuit())
    let random = try RandomChannel(qubitCount: 2, seed: 3).channel(operatorCount: 2)
    let weak = try Channel(
      kraus: random.krausOperators.map { operators in
        Matrix(dimension: 4, entries: operators.entries.map { 0.1.squareRoot() * $0 })
      } + [Matrix.diagonal(Array(repeating: Complex(0.9.squareRoot()), count: 4))])
    try expectExact(.init(self.model(.phaseFlip(0), weak, gates: ["none"])), circuit())
  }

  @Test(
    "a coherent error by θ about two letters costs less than 1 + 2θ, and little more where what undoes it has that error too",
    arguments: ["XX", "YZ", "ZX"], [0.1, -0.1])
  func coherentCost(_ label: String, _ angle: Double) throws {
    for (gate, most) in [(Gate.cz, 1 + 2 * abs(angle)), (.cx, 2)] {
      var model = NoiseModel()
      try model.append(.init(gates: [gate.name], channel: .overRotation(angle, about: PauliString(label))))
      var circuit = try Circuit(qubitCount: 2)
      try circuit.append(gate, on: 0, 1)
      let cost = try ProbabilisticErrorCancellation(model).cancelled(circuit).cost
      #expect(cost > 1 && cost < most, "\(gate.name): γ = \(cost)")
    }
  }

  @Test("quarter turns are those of their letters: up to a phase, 1e-12", arguments: 1...3, 1...3)
  func quarterTurns(_ first: Int, _ second: Int) throws {
    for isForward in [true, false] {
      var (found, expected) = (try Circuit(qubitCount: 2), try Circuit(qubitCount: 2))
      for instruction in QuarterTurn(letters: [first, second], isForward: isForward).instructions(on: [0, 1]) {
        try found.append(instruction)
      }
      let names = ["I", "X", "Z", "Y"]
      let string = try PauliString(names[second] + names[first])
      try expected.append(rotation: ClassicalExpression(isForward ? .pi / 2 : -.pi / 2), about: string, on: [0, 1])
      let distance = SameBehaviour.distanceUpToPhase(try SameBehaviour.unitary(found), try SameBehaviour.unitary(expected))
      #expect(distance < 1e-12)
    }
  }

  @Test("twirled noise of Clifford gates is undone by Pauli strings: 1e-10")
  func twirled() throws {
    let technique = ProbabilisticErrorCancellation(
      try model(.phaseFlip(0), .overRotation(0.2, about: PauliString("ZX")), gates: ["none"]), isTwirled: true)
    try expectExact(technique, circuit())
    let noisy = ProbabilisticErrorCancellation(try model(.depolarizing(0.1), gates: ["x", "cx"]), isTwirled: true)
    let error = #expect(throws: MitigationError.self) { try noisy.cancelled(circuit()) }
    #expect(error?.code == .unsupportedInstruction)
  }

  @Test("channels of one gate that do not commute are undone in the right order: 1e-10")
  func order() throws {
    var model = NoiseModel()
    try model.append(.init(gates: ["cx"], channel: .overRotation(0.2, about: PauliString("IX"))))
    try model.append(.init(gates: ["cx"], channel: .amplitudeDamping(0.1), placement: .operand(0)))
    try model.append(.init(gates: ["cx"], channel: .depolarizing(0.05, qubitCount: 2)))
    try expectExact(.init(model), circuit())
  }

  @Test("noise before measurements and noise of waiting are undone: 1e-10")
  func measured() throws {
    var circuit = try Circuit(qubitCount: 1, classicalBitCount: 1)
    try circuit.append(.ry, 0.7, on: 0)
    try circuit.append(.delay(seconds: 1, qubits: [0]))
    try circuit.measure(0, into: 0)
    var model = NoiseModel()
    try model.append(.init(gates: ["measure"], channel: .bitFlip(0.1)))
    try model.relax(0, .init(t1: 5, t2: 6))
    let cancelled = try ProbabilisticErrorCancellation(model).cancelled(circuit)
    var sum = 0.0
    for variant in try cancelled.allVariants() {
      let found = try ReferenceInterpreter.distribution(model.applied(to: variant.circuit))
      sum += variant.weight * (found["1"] ?? 0)
    }
    let exact = try ReferenceInterpreter.distribution(circuit)["1"] ?? 0
    #expect(abs(sum - exact) < Self.tolerance, "\(sum), not \(exact)")
  }

  @Test("the cost of depolarization is that of the formula: γ = (1 + (1/2)·λ)/(1 − λ) for one qubit")
  func cost() throws {
    let strength = 0.06
    let cancelled = try ProbabilisticErrorCancellation(model(.depolarizing(strength))).cancelled(circuit())
    // Eigenvalue f = 1 − λ: weights (1 + 3/f)/4 of the identity and (1 − 1/f)/4 of each other letter.
    #expect(abs(cancelled.cost - (1 + strength / 2) / (1 - strength)) < 1e-12)
    #expect(try cancelled.sampleCount(standardError: 0.01) == Int((cancelled.cost * cancelled.cost / 1e-4).rounded(.up)))
  }

  @Test("samples are unbiased, and their standard error is true: six of them, and a variance within four of its own")
  func sampled() throws {
    let model = try model(.depolarizing(0.1), .depolarizing(0.1, qubitCount: 2))
    let circuit = try circuit(), observable = try Observable("ZZ")
    let cancelled = try ProbabilisticErrorCancellation(model).cancelled(circuit)
    let exact = try Bench.value(circuit, observable)
    var (known, generator) = ([Circuit: Double](), SplitMix(seed: 31))
    var (sum, squares, told) = (0.0, 0.0, 0.0)
    let repetitions = 200
    for _ in 0..<repetitions {
      let variants = try cancelled.variants(count: 60, using: &generator)
      #expect(variants.reduce(0) { $0 + $1.multiplicity } == 60 && Set(variants.map(\.circuit)).count == variants.count)
      let results = try variants.map { variant in
        let value = try known[variant.circuit] ?? Bench.value(variant.circuit, observable, noise: model)
        known[variant.circuit] = value
        // What shots would add.
        return Measured(value + 0.1 * generator.normal(), standardError: 0.1)
      }
      let found = try cancelled.estimate(variants, results)
      (sum, squares) = (sum + found.value, squares + found.value * found.value)
      told += found.standardError * found.standardError
    }
    let mean = sum / Double(repetitions), variance = squares / Double(repetitions) - mean * mean
    #expect(abs(mean - exact) <= 6 * (variance / Double(repetitions)).squareRoot(), "seed 31: \(mean), not \(exact)")
    // The variance of 200 draws is off by √(2/200) = 10 %.
    #expect(abs(variance / (told / Double(repetitions)) - 1) <= 0.4, "seed 31: \(variance) and \(told / Double(repetitions))")
  }

  @Test("noise that cannot be undone, costs too much or is in the circuit is refused")
  func refusals() throws {
    func code(_ model: NoiseModel, _ circuit: Circuit) -> MitigationError.Code? {
      #expect(throws: MitigationError.self) { try ProbabilisticErrorCancellation(model).cancelled(circuit) }?.code
    }
    #expect(try code(model(.depolarizing(1)), circuit()) == .singular)
    #expect(try code(model(.amplitudeDamping(1)), circuit()) == .singular)
    var long = try Circuit(qubitCount: 1)
    for _ in 0..<100 { try long.append(.ry, 0.1, on: 0) }
    #expect(try code(model(.depolarizing(0.2)), long) == .limitExceeded)
    var noisy = try circuit()
    try noisy.append(.bitFlip(0.1), on: 0)
    #expect(try code(model(.depolarizing(0.2)), noisy) == .unsupportedInstruction)
    let cancelled = try ProbabilisticErrorCancellation(model(.depolarizing(0.01))).cancelled(circuit())
    var generator = SplitMix(seed: 1)
    #expect(throws: MitigationError.self) { try cancelled.variants(count: 0, using: &generator) }
    #expect(throws: MitigationError.self) { try cancelled.sampleCount(standardError: 0) }
  }
}
