import Circuits
import TestSupport
import Testing

@testable import Mitigation

@Suite("Clifford data regression")
struct RegressionTests {
  private func circuit(seed: UInt64 = 1) throws -> Circuit {
    var generator = SplitMix(seed: seed)
    var circuit = try Circuit(qubitCount: 4)
    for _ in 0..<3 {
      for qubit in 0..<4 {
        try circuit.append(.ry, ClassicalExpression(Double.random(in: -1...1, using: &generator)), on: qubit)
        try circuit.append(.rz, ClassicalExpression(Double.random(in: -3...3, using: &generator)), on: qubit)
      }
      for qubit in 0..<3 { try circuit.append(.cx, on: qubit, qubit + 1) }
    }
    return circuit
  }

  /// Gates whose angles are no multiples of π/2.
  private func nonCliffordCount(_ circuit: Circuit) -> Int {
    circuit.instructions.count { if case .gate(let gate) = $0 { CliffordAngles.rotation(gate) != nil } else { false } }
  }

  @Test(
    "training circuits have Clifford angles but for those that are kept",
    arguments: [CliffordDataRegression.Replacement.nearest, .random])
  func training(_ replacement: CliffordDataRegression.Replacement) throws {
    let circuit = try circuit()
    var generator = SplitMix(seed: 4)
    let technique = CliffordDataRegression(trainingCount: 10, keptCount: 5, replacement: replacement)
    let training = try technique.variants(of: circuit, using: &generator)
    #expect(training.count == 10 && Set(training).count == 10)
    for variant in training {
      #expect(nonCliffordCount(variant) == 5 && variant.instructions.count == circuit.instructions.count)
      guard replacement == .nearest else { continue }
      for (old, new) in zip(circuit.instructions, variant.instructions) {
        guard case .gate(let a) = old, case .gate(let b) = new, let x = a.parameters.first?.literal?.double else { continue }
        #expect(abs(x - (b.parameters[0].literal?.double ?? .infinity)) <= .pi / 4 + 1e-12)
      }
    }
  }

  @Test("every gate that is replaced is a Clifford gate afterwards: transfer matrices of ±1")
  func cliffords() throws {
    var circuit = try Circuit(qubitCount: 2)
    for gate in Gate.all where (1...2).contains(gate.qubitCount) && !gate.parameterNames.isEmpty {
      let angles = gate.parameterNames.indices.map { ClassicalExpression(0.3 + 0.4 * Double($0)) }
      let operation = GateOperation(.standard(gate), parameters: angles, qubits: Array(0..<gate.qubitCount))
      if CliffordAngles.rotation(operation) != nil { try circuit.append(.gate(operation)) }
    }
    try circuit.append(.t, on: 0)
    try circuit.append(.tdg, on: 1)
    try circuit.append(rotation: 0.7, about: PauliString("XY"), on: [0, 1])
    var generator = SplitMix(seed: 5)
    #expect(circuit.instructions.count >= 15)
    for variant in try CliffordDataRegression(trainingCount: 20).variants(of: circuit, using: &generator) {
      for instruction in variant.instructions {
        guard case .gate(let gate) = instruction else { continue }
        #expect(CliffordConjugation(gate) != nil, "seed 5: \(gate)")
      }
    }
  }

  @Test("linear noise is undone exactly: 1e-10")
  func linear() throws {
    let circuit = try circuit(), observable = try Observable("ZZII + 0.3*IIXX")
    var generator = SplitMix(seed: 6)
    let technique = CliffordDataRegression(trainingCount: 12, keptCount: 20, replacement: .nearest)
    let training = try technique.variants(of: circuit, using: &generator)
    let exact = try training.map { try Bench.value($0, observable) }
    func noisy(_ value: Double) -> Measured { Measured(0.6 * value - 0.07) }
    let truth = try Bench.value(circuit, observable)
    let found = try technique.estimate(of: noisy(truth), noisy: exact.map(noisy), exact: exact)
    #expect(abs(found.value - truth) < 1e-10 && (found.diagnostics["fit_residual"] ?? 1) < 1e-10)
    #expect(abs((found.diagnostics["slope"] ?? 0) - 1 / 0.6) < 1e-9)
  }

  @Test("under depolarization after each gate the error is at most half on average")
  func effect() throws {
    let model = try Bench.depolarizing(0.01), observable = try Observable("ZZII + IIZZ")
    var (plain, mitigated) = (0.0, 0.0)
    for seed in 0..<2 as Range<UInt64> {
      let circuit = try circuit(seed: seed)
      var generator = SplitMix(seed: seed)
      let technique = CliffordDataRegression(trainingCount: 10, keptCount: 16, replacement: .nearest)
      let training = try technique.variants(of: circuit, using: &generator)
      let noisy = try training.map { Measured(try Bench.value($0, observable, noise: model)) }
      let exact = try training.map { try Bench.value($0, observable) }
      let truth = try Bench.value(circuit, observable), value = try Bench.value(circuit, observable, noise: model)
      plain += abs(value - truth)
      mitigated += abs(try technique.estimate(of: Measured(value), noisy: noisy, exact: exact).value - truth)
    }
    print("cdr: mean error \(plain / 2) becomes \(mitigated / 2)")
    #expect(mitigated <= plain / 2)
  }

  @Test("standard errors are those that repeated draws show: within four of their own")
  func standardErrors() throws {
    var generator = SplitMix(seed: 9)
    let technique = CliffordDataRegression()
    let points = (0..<30).map { Double($0) / 15 - 1 }
    var (sum, squares, told) = (0.0, 0.0, 0.0)
    for _ in 0..<1_000 {
      // Of little noise in the noisy values, as a line takes them for exact; far from their middle, where the slope counts most.
      let noisy = points.map { Measured(0.7 * $0 + 0.1 + 0.01 * generator.normal(), standardError: 0.01) }
      let value = Measured(1.5 + 0.002 * generator.normal(), standardError: 0.002)
      let found = try technique.estimate(of: value, noisy: noisy, exact: points)
      (sum, squares) = (sum + found.value, squares + found.value * found.value)
      told += found.standardError * found.standardError
    }
    let variance = squares / 1_000 - sum / 1_000 * sum / 1_000
    #expect(abs(variance / (told / 1_000) - 1) < 4 * (2.0 / 1_000).squareRoot(), "seed 9: \(variance), told \(told / 1_000)")
  }

  @Test("free parameters stay declared, and what cannot be fitted is refused")
  func others() throws {
    let theta = Parameter("theta")
    var circuit = try Circuit(qubitCount: 1)
    try circuit.append(.ry, .parameter(theta), on: 0)
    try circuit.append(.rz, 0.3, on: 0)
    var generator = SplitMix(seed: 2)
    func code(_ body: () throws -> Void) -> MitigationError.Code? { #expect(throws: MitigationError.self) { try body() }?.code }
    for variant in try CliffordDataRegression(trainingCount: 5).variants(of: circuit, using: &generator) {
      #expect(variant.parameters == [theta] && nonCliffordCount(variant) == 0)
    }
    #expect(code { _ = try CliffordDataRegression(keptCount: 2).variants(of: circuit, using: &generator) } == .invalidOption)
    #expect(code { _ = try CliffordDataRegression(trainingCount: 1).variants(of: circuit, using: &generator) } == .invalidOption)
    let technique = CliffordDataRegression()
    #expect(
      code { _ = try technique.estimate(of: Measured(1), noisy: [Measured(0.5), Measured(0.5)], exact: [1, 1]) } == .undeterminedFit
    )
    #expect(code { _ = try technique.estimate(of: Measured(1), noisy: [Measured(0.5)], exact: [1, 1]) } == .invalidResults)
  }
}
