import Circuits
import Foundation
import Simulator
import TestSupport
import Testing

@testable import Mitigation

@Suite("errors of reading undone")
struct ReadoutTests {
  /// Three qubits, the last two misread together, measured in another order than they have.
  private func circuit(measures: Bool = false) throws -> Circuit {
    var circuit = try Circuit(qubitCount: 3, classicalBitCount: 3)
    try circuit.append(.ry, 0.9, on: 0)
    try circuit.append(.cx, on: 0, 1)
    try circuit.append(.rx, 0.4, on: 2)
    try circuit.append(.ry, 0.5, on: 1)
    try circuit.misread(ReadoutError(zeroAsOne: 0.05, oneAsZero: 0.12), on: [0])
    try circuit.misread(
      ReadoutError([[0.9, 0.04, 0.05, 0.01], [0.1, 0.85, 0, 0.05], [0.02, 0.03, 0.9, 0.05], [0.03, 0.05, 0.12, 0.8]]), on: [1, 2])
    if measures { for (bit, qubit) in [2, 0, 1].enumerated() { try circuit.measure(qubit, into: bit) } }
    return circuit
  }

  private func counts(_ circuit: Circuit, shots: Int, seed: UInt64) throws -> Counts {
    try #require(try CircuitSimulator(device: "cpu").run(SimulationRequest(circuit: circuit, shots: shots, seed: seed))[0].counts)
  }

  private func ideal(_ circuit: Circuit) throws -> Circuit {
    var result = try Circuit(qubitCount: circuit.qubitCount, classicalBitCount: circuit.classicalBitCount)
    for instruction in circuit.instructions { try result.append(instruction) }
    return result
  }

  @Test("inverting exact shares gives the exact distribution: 1e-12")
  func inversion() throws {
    let circuit = try circuit()
    let mitigation = try ReadoutMitigation(ReadoutMitigation.matrices(of: circuit), OutcomeBits(circuit))
    let found = try mitigation.quasiDistribution(shares: Bench.distribution(circuit))
    let exact = try Bench.distribution(ideal(circuit))
    #expect(zip(found.values, exact).allSatisfy { abs($0 - $1) < 1e-12 })
    #expect(zip(exact, try Bench.distribution(circuit)).contains { abs($0 - $1) > 0.01 })
    #expect(found.negativity < 1e-12)
  }

  @Test(
    "values from as good as exact shares are exact: 1e-6",
    arguments: ["IIZ", "IZI", "ZII", "ZZI", "IZZ", "ZIZ", "ZZZ", "2*III - ZIZ"])
  func exactValues(_ label: String) throws {
    let circuit = try circuit()
    let shares = try Bench.distribution(circuit)
    let counts = Counts(bitCount: 3, outcomes: shares.enumerated().map { (UInt64($0.offset), Int(($0.element * 1e9).rounded())) })
    let mitigation = try ReadoutMitigation(ReadoutMitigation.matrices(of: circuit), OutcomeBits(circuit))
    let observable = try Observable(label)
    let found = try mitigation.estimate(of: observable, counts)
    #expect(abs(found.value - (try Bench.value(ideal(circuit), observable))) < 1e-6)
  }

  @Test("unfolding exact shares goes to the exact distribution: 1e-6 after 3,000 steps, and never below 0")
  func unfolding() throws {
    let circuit = try circuit()
    let mitigation = try ReadoutMitigation(ReadoutMitigation.matrices(of: circuit), OutcomeBits(circuit))
    let exact = try Bench.distribution(ideal(circuit)), shares = try Bench.distribution(circuit)
    let found = try BayesianUnfolding(mitigation, iterationCount: 3_000).distribution(shares: shares)
    #expect(zip(found.probabilities, exact).allSatisfy { abs($0 - $1) < 1e-6 && $0 >= 0 })
    let few = try BayesianUnfolding(mitigation, iterationCount: 1).distribution(shares: shares)
    #expect(abs(few.probabilities.reduce(0, +) - 1) < 1e-12 && few.lastChange > found.lastChange)
  }

  @Test("the nearest distribution is that of the paper's algorithm, and no other is nearer", arguments: 0..<10 as Range<UInt64>)
  func nearest(_ seed: UInt64) throws {
    var generator = SplitMix(seed: seed)
    var values = (0..<8).map { _ in Double.random(in: -0.4...1, using: &generator) }
    let sum = values.reduce(0, +)
    values = values.map { $0 + (1 - sum) / 8 }
    let found = QuasiDistribution(bitCount: 3, values: values).nearestProbabilities()
    #expect(abs(found.reduce(0, +) - 1) < 1e-12 && found.allSatisfy { $0 >= 0 })
    func distance(_ other: [Double]) -> Double { zip(values, other).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } }
    for _ in 0..<200 {
      // A little towards any other distribution.
      let raw = (0..<8).map { _ in Double.random(in: 0...1, using: &generator) }, total = raw.reduce(0, +)
      let step = Double.random(in: 0...0.5, using: &generator)
      #expect(distance(zip(found, raw).map { (1 - step) * $0 + step * $1 / total }) >= distance(found) - 1e-12, "seed \(seed)")
    }
  }

  @Test("values from counts are unbiased with true standard errors, bits in any order: six of them", arguments: [1, 2] as [UInt64])
  func values(_ seed: UInt64) throws {
    let circuit = try circuit(measures: true)
    let outcome = try OutcomeBits(circuit)
    #expect(outcome.places == [2: 0, 0: 1, 1: 2])
    let mitigation = try ReadoutMitigation(ReadoutMitigation.matrices(of: circuit), outcome)
    let observable = try Observable("0.5*ZZI + IIZ - 0.3*ZIZ")
    var bare = try Circuit(qubitCount: 3)
    for instruction in circuit.instructions { if case .gate = instruction { try bare.append(instruction) } }
    let exact = try Bench.value(bare, observable)
    let counts = try counts(circuit, shots: 40_000, seed: seed)
    let found = try mitigation.estimate(of: observable, counts)
    #expect(abs(found.value - exact) <= 6 * found.standardError, "seed \(seed): \(found), not \(exact)")
    #expect(found.standardError < 0.01 && found.samplingOverhead > 1)
    let raw = try ReadoutMitigation([], outcome).estimate(of: observable, counts)
    #expect(abs(raw.value - exact) > 0.03, "errors of reading are not seen")
    let unfolded = try BayesianUnfolding(mitigation, iterationCount: 1_000).estimate(of: observable, counts)
    #expect(abs(unfolded.value - exact) <= 6 * unfolded.standardError + 1e-3, "seed \(seed): \(unfolded), not \(exact)")
    // Inside of all distributions the likeliest one is the inverse's, with its error.
    #expect(abs(unfolded.standardError / found.standardError - 1) < 0.1)
  }

  @Test("standard errors are those that repeated counts show: within four of their own", arguments: [true, false])
  func standardErrors(_ unfolds: Bool) throws {
    let circuit = try circuit(measures: true)
    let mitigation = try ReadoutMitigation(ReadoutMitigation.matrices(of: circuit), OutcomeBits(circuit))
    let observable = try Observable("ZZI")
    var (sum, squares, told) = (0.0, 0.0, 0.0)
    for seed in 0..<200 as Range<UInt64> {
      let counts = try counts(circuit, shots: 500, seed: seed)
      let found =
        try unfolds
        ? BayesianUnfolding(mitigation, iterationCount: 4).estimate(of: observable, counts)
        : mitigation.estimate(of: observable, counts)
      (sum, squares) = (sum + found.value, squares + found.value * found.value)
      told += found.standardError * found.standardError
    }
    let variance = squares / 200 - sum / 200 * sum / 200
    // The variance of 200 draws is off by √(2/200) = 10 %.
    #expect(abs(variance / (told / 200) - 1) < 0.4, "\(variance), told \(told / 200)")
  }

  @Test(
    "calibration circuits show the errors that there are: six standard errors", arguments: [ReadoutCalibration.tensored, .joint])
  func calibration(_ calibration: ReadoutCalibration) throws {
    let circuit = try circuit(measures: true)
    let variants = try calibration.variants(of: circuit)
    #expect(variants.count == (calibration == .joint ? 8 : 2))
    let shots = 20_000
    let matrices = try calibration.matrices(
      for: circuit, try variants.enumerated().map { try counts($1, shots: shots, seed: UInt64($0)) })
    #expect(matrices.map(\.bits) == (calibration == .joint ? [[0, 1, 2]] : [[0], [1], [2]]))
    if calibration == .joint {
      // Bits 0, 1 and 2 hold qubits 2, 0 and 1, the last two of which, 1 and 2, are misread together.
      let alone = circuit.readout[0].error.probabilities, together = circuit.readout[1].error.probabilities
      func pair(_ state: Int) -> Int { state >> 2 & 1 | (state & 1) << 1 }
      for state in 0..<8 {
        for (read, found) in matrices[0].probabilities[state].enumerated() {
          let truth = alone[state >> 1 & 1][read >> 1 & 1] * together[pair(state)][pair(read)]
          #expect(abs(found - truth) <= 6 * (truth * (1 - truth) / Double(shots)).squareRoot() + 1e-9, "seed \(state)")
        }
      }
    }
    if calibration == .tensored {
      // Bit 1 holds qubit 0, which has an error of its own.
      #expect(abs(matrices[1].probabilities[0][1] - 0.05) < 6 * (0.05 / Double(shots)).squareRoot())
      #expect(abs(matrices[1].probabilities[1][0] - 0.12) < 6 * (0.12 / Double(shots)).squareRoot())
    }
  }

  @Test("what cannot be undone is refused")
  func refusals() throws {
    func code(_ body: () throws -> Void) -> MitigationError.Code? { #expect(throws: MitigationError.self) { try body() }?.code }
    let blind = try ReadoutMitigation(
      [ConfusionMatrix(bits: [0], probabilities: [[0.5, 0.5], [0.5, 0.5]])], OutcomeBits(Circuit(qubitCount: 1)))
    #expect(code { _ = try blind.quasiDistribution(shares: [0.5, 0.5]) } == .singular)
    #expect(try BayesianUnfolding(blind).distribution(shares: [0.5, 0.5]).probabilities == [0.5, 0.5])
    #expect(code { _ = try ConfusionMatrix(bits: [0], probabilities: [[0.5, 0.6], [0.5, 0.5]]) } == .invalidResults)
    #expect(code { _ = try ConfusionMatrix(bits: Array(0..<11), probabilities: []) } == .limitExceeded)
    let wide = try Circuit(qubitCount: 30)
    #expect(code { _ = try ReadoutCalibration.joint.variants(of: wide) } == .limitExceeded)
    let mitigation = try ReadoutMitigation([], OutcomeBits(wide))
    let counts = Counts(bitCount: 30, outcomes: [(state: 5, count: 1)])
    #expect(code { _ = try mitigation.quasiDistribution(counts) } == .limitExceeded)
    #expect(
      code { _ = try mitigation.estimate(of: Observable(String(repeating: "X", count: 30)), counts) } == .unsupportedInstruction)
    #expect(code { _ = try mitigation.estimate(of: Observable("Z"), Counts(bitCount: 2, outcomes: [])) } == .invalidResults)
    var early = try Circuit(qubitCount: 1, classicalBitCount: 1)
    try early.measure(0, into: 0)
    try early.append(.h, on: 0)
    #expect(code { _ = try OutcomeBits(early) } == .unsupportedInstruction)
  }
}
