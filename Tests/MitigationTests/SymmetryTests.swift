import Circuits
import Simulator
import TestSupport
import Testing

@testable import Mitigation

@Suite("symmetry verification")
struct SymmetryTests {
  /// A state of two particles on four qubits.
  private func circuit(measures: Bool) throws -> Circuit {
    var circuit = try Circuit(qubitCount: 4, classicalBitCount: 4)
    try circuit.append(.x, on: 0)
    try circuit.append(.x, on: 2)
    for (pair, angle) in [([0, 1], 0.3), ([2, 3], 0.4), ([1, 2], 0.2), ([0, 3], -0.3)] {
      // exp(−iθ(XX + YY)/2) moves a particle.
      try circuit.append(.rxx, ClassicalExpression(angle), on: pair[0], pair[1])
      try circuit.append(.ryy, ClassicalExpression(angle), on: pair[0], pair[1])
    }
    if measures { for qubit in 0..<4 { try circuit.measure(qubit, into: 3 - qubit) } }
    return circuit
  }

  /// Bit flips after the last gate, one qubit at a time, of which each breaks the symmetry.
  private func noise() throws -> Channel {
    try .pauli([(PauliString("II"), 0.8), (PauliString("XI"), 0.12), (PauliString("IY"), 0.08)])
  }

  private let observable = "IZII - 0.5*IIZI + 0.8*ZZII"

  @Test("shots that are kept are those without noise that the symmetry detects: six standard errors")
  func postSelection() throws {
    let circuit = try circuit(measures: true)
    var noisy = try Circuit(qubitCount: 4, classicalBitCount: 4)
    for instruction in circuit.instructions {
      if case .measure(0, _) = instruction { try noisy.append(noise(), on: 1, 2) }
      try noisy.append(instruction)
    }
    let counts = try #require(
      try CircuitSimulator(device: "cpu").run(SimulationRequest(circuit: noisy, shots: 40_000, seed: 3))[0].counts)
    let outcome = try OutcomeBits(circuit), observable = try Observable(observable)
    let exact = try Bench.value(self.circuit(measures: false), observable)
    for condition in [
      PostSelection.Condition.weight(2, qubits: nil), .parity(try PauliString("ZZZZ"), isPositive: true),
      .weight(2, qubits: [0, 1, 2, 3]),
    ] {
      let found = try PostSelection([condition], outcome).estimate(of: observable, counts)
      #expect(abs(found.value - exact) <= 6 * found.standardError, "seed 3: \(found), not \(exact)")
      let fraction = try #require(found.diagnostics["fraction_kept"])
      #expect(abs(fraction - 0.8) <= 6 * (0.16 / 40_000).squareRoot())
    }
    let plain = try PostSelection([], outcome).estimate(of: observable, counts)
    #expect(abs(plain.value - exact) > 12 * plain.standardError, "the noise is not seen")
    let kept = try PostSelection([.weight(2, qubits: nil)], outcome).kept(counts).counts
    #expect(kept.dictionary.keys.allSatisfy { $0.filter { $0 == "1" }.count == 2 })
  }

  @Test("values in the symmetric subspace are those without noise that the symmetry detects: 1e-10")
  func projector() throws {
    let circuit = try circuit(measures: false)
    var noisy = circuit
    try noisy.append(noise(), on: 1, 2)
    // Not only strings of Z: XXII + YYII moves particles and keeps the symmetry; XIII does not, and vanishes.
    let observable = try Observable("0.5*ZZII + XXII + YYII - 0.3*IXZX + 2*XIII")
    let exact = try Bench.value(circuit, observable)
    let expansion = try SymmetryExpansion([.init(PauliString("ZZZZ"), isPositive: true)])
    let (numerator, denominator) = try expansion.observables(for: observable)
    let found = try expansion.estimate(
      numerator: Measured(Bench.value(noisy, numerator)), denominator: Measured(Bench.value(noisy, denominator)))
    #expect(abs(found.value - exact) < 1e-10, "\(found.value), not \(exact)")
    #expect(abs((found.diagnostics["fraction_kept"] ?? 0) - 0.8) < 1e-10)
    #expect(abs(try Bench.value(noisy, observable) - exact) > 0.01, "the noise is not seen")
  }

  @Test("products of several symmetries, with signs, project to all of them: 1e-10")
  func several() throws {
    // A singlet and |+−⟩: −XX, −ZZ, XI… with letters of all kinds.
    var circuit = try Circuit(qubitCount: 2)
    try circuit.append(.x, on: 0)
    try circuit.append(.x, on: 1)
    try circuit.append(.h, on: 0)
    try circuit.append(.cx, on: 0, 1)
    let expansion = try SymmetryExpansion([
      .init(PauliString("XX"), isPositive: false), .init(PauliString("ZZ"), isPositive: false),
    ])
    let (numerator, denominator) = try expansion.observables(for: Observable("YY"))
    var noisy = circuit
    try noisy.append(.depolarizing(0.3), on: 0)
    let found = try expansion.estimate(
      numerator: Measured(Bench.value(noisy, numerator)), denominator: Measured(Bench.value(noisy, denominator)))
    // The projection is to the singlet alone, whose YY is −1.
    #expect(abs(found.value + 1) < 1e-10)
    // A quarter of what depolarization replaces is the singlet itself.
    #expect(abs((found.diagnostics["fraction_kept"] ?? 0) - (1 - 0.3 * 3 / 4)) < 1e-10)
  }

  @Test("the symmetry alone is right for full depolarization: 1e-10")
  func alone() throws {
    let circuit = try circuit(measures: false), observable = try Observable(observable)
    let expansion = try SymmetryExpansion([.init(PauliString("ZZZZ"), isPositive: true)], weights: .symmetryAlone)
    let (numerator, denominator) = try expansion.observables(for: observable)
    let kept = 0.6
    let found = try expansion.estimate(
      numerator: Measured(kept * Bench.value(circuit, numerator)), denominator: Measured(kept * Bench.value(circuit, denominator)))
    #expect(abs(found.value - (try Bench.value(circuit, observable))) < 1e-10)
  }

  @Test("signed products of strings are those of their matrices", arguments: 0..<20 as Range<UInt64>)
  func products(_ seed: UInt64) {
    var generator = SplitMix(seed: seed)
    let a = PauliString(qubitCount: 3, x: generator.next() & 7, z: generator.next() & 7)
    let b = PauliString(qubitCount: 3, x: generator.next() & 7, z: generator.next() & 7)
    let (ab, ba) = (a.matrix() * b.matrix(), b.matrix() * a.matrix())
    #expect(a.commutes(with: b) == (ab.distance(to: ba) < 1e-12), "seed \(seed)")
    guard a.commutes(with: b) else { return }
    let product = SignedString(string: a, isNegative: true).product(with: SignedString(string: b, isNegative: false))
    let sign = product.isNegative ? 1.0 : -1.0
    let expected = Matrix(dimension: 8, entries: product.string.matrix().entries.map { sign * $0 })
    #expect(expected.distance(to: ab) < 1e-12, "seed \(seed)")
  }

  @Test("standard errors follow the formula of a ratio")
  func standardError() throws {
    let expansion = try SymmetryExpansion([.init(PauliString("Z"), isPositive: true)])
    let found = try expansion.estimate(
      numerator: Measured(0.4, standardError: 0.01), denominator: Measured(0.8, standardError: 0.02))
    #expect(abs(found.value - 0.5) < 1e-12 && abs(found.standardError - (1e-4 + 0.25 * 4e-4).squareRoot() / 0.8) < 1e-12)
  }

  @Test("symmetries that are none, and conditions that nothing fulfils, are refused")
  func refusals() throws {
    func code(_ body: () throws -> Void) -> MitigationError.Code? { #expect(throws: MitigationError.self) { try body() }?.code }
    #expect(code { _ = try SymmetryExpansion([]) } == .limitExceeded)
    let anticommuting = try ["X", "Z"].map { SymmetryExpansion.Symmetry(try PauliString($0), isPositive: true) }
    #expect(code { _ = try SymmetryExpansion(anticommuting) } == .invalidOption)
    let expansion = try SymmetryExpansion([.init(PauliString("Z"), isPositive: true)])
    #expect(code { _ = try expansion.observables(for: Observable("ZZ")) } == .invalidOption)
    #expect(code { _ = try expansion.estimate(numerator: Measured(1), denominator: Measured(0)) } == .nothingKept)
    let outcome = try OutcomeBits(Circuit(qubitCount: 2)), counts = Counts(bitCount: 2, outcomes: [(state: 0, count: 5)])
    #expect(code { _ = try PostSelection([.weight(1, qubits: nil)], outcome).kept(counts) } == .nothingKept)
    #expect(code { _ = try PostSelection([.weight(3, qubits: nil)], outcome).kept(counts) } == .invalidOption)
    #expect(
      code { _ = try PostSelection([.parity(PauliString("XX"), isPositive: true)], outcome).kept(counts) }
        == .unsupportedInstruction)
  }
}
