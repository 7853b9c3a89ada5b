import Circuits
import Foundation
import TestSupport
import Testing

@testable import Mitigation

@Suite("extrapolation to no noise")
struct ExtrapolationTests {
  static let scales = [1, 1.5, 2, 3, 4.5]

  private func estimate(_ fit: ExtrapolationFit, _ scales: [Double] = scales, variance: Double = 0, _ value: (Double) -> Double)
    throws
    -> MitigatedEstimate
  {
    try ZeroNoiseExtrapolation(scales: scales, fit: fit).estimate(
      at: scales, scales.map { Measured(value($0), variance: variance) })
  }

  @Test("Richardson's extrapolation is exact on polynomials through all points: 1e-10")
  func richardson() throws {
    let found = try estimate(.richardson) { 0.7 - 0.2 * $0 + 0.05 * $0 * $0 - 0.01 * pow($0, 3) + 0.002 * pow($0, 4) }
    #expect(abs(found.value - 0.7) < 1e-10)
    #expect(abs(found.diagnostics["fit_residual"] ?? 1) < 1e-10)
  }

  @Test("polynomials are exact on polynomials of their degree: 1e-11", arguments: 1...4)
  func polynomials(_ degree: Int) throws {
    for variance in [0, 0.01] {
      let found = try estimate(.polynomial(degree: degree), variance: variance) { 0.4 - 0.3 * pow($0, Double(degree)) }
      #expect(abs(found.value - 0.4) < 1e-11)
    }
    #expect(abs(try estimate(.linear) { 1 - 0.1 * $0 }.value - 1) < 1e-12)
  }

  @Test("exponentials are exact on exponentials, with and without a known asymptote: 1e-9", arguments: [0.05, 0.3, 1.1, -0.1])
  func exponentials(_ rate: Double) throws {
    for variance in [0, 1e-4] {
      let known = try estimate(.exponential(asymptote: 0.2), variance: variance) { 0.2 - 0.9 * exp(-rate * $0) }
      #expect(abs(known.value + 0.7) < 1e-9)
      let open = try estimate(.exponential(asymptote: nil), variance: variance) { 0.2 + 0.6 * exp(-rate * $0) }
      #expect(abs(open.value - 0.8) < 1e-9, "\(open)")
      #expect(abs((open.diagnostics["decay_rate"] ?? 0) - rate) < 1e-6)
    }
  }

  @Test("values that do not change are continued as they are")
  func constant() throws {
    for fit in [ExtrapolationFit.richardson, .linear, .exponential(asymptote: nil), .exponential(asymptote: 0)] {
      #expect(abs(try estimate(fit) { _ in 0.25 }.value - 0.25) < 1e-9, "\(fit)")
    }
  }

  @Test(
    "standard errors are those that repeated draws show: false alarm 1e-4 a fit",
    arguments: [
      ExtrapolationFit.richardson, .linear, .polynomial(degree: 2), .exponential(asymptote: 0), .exponential(asymptote: nil),
    ])
  func standardErrors(_ fit: ExtrapolationFit) throws {
    // Wide scales and small errors, so that the exponential is as good as linear in them.
    let scales = [1.0, 2, 4, 7], deviations = [0.001, 0.0015, 0.001, 0.002]
    var generator = SplitMix(seed: 77)
    // An exponential is searched for, which takes its time.
    let count = if case .exponential = fit { 250 } else { 2_000 }
    var (sum, squares, told) = (0.0, 0.0, 0.0)
    for _ in 0..<count {
      let results = zip(scales, deviations).map { Measured(0.9 * exp(-0.4 * $0) + $1 * generator.normal(), standardError: $1) }
      let found = try ZeroNoiseExtrapolation(scales: scales, fit: fit).estimate(at: scales, results)
      (sum, squares, told) = (sum + found.value, squares + found.value * found.value, told + found.standardError)
    }
    let mean = sum / Double(count), variance = squares / Double(count) - mean * mean
    let ratio = variance / pow(told / Double(count), 2)
    // The variance of so many draws is off by √(2/N); the exponentials' curvature adds some percent.
    #expect(
      abs(ratio - 1) < 4 * (2 / Double(count)).squareRoot() + 0.05, "\(fit): variance is \(ratio) of the one that is told, seed 77")
  }

  @Test("too few points, and fits that points do not determine, are refused")
  func refusals() {
    func code(_ fit: ExtrapolationFit, _ scales: [Double]) -> MitigationError.Code? {
      #expect(throws: MitigationError.self) { try estimate(fit, scales) { $0 } }?.code
    }
    #expect(code(.linear, [1]) == .undeterminedFit)
    #expect(code(.linear, [1, 1]) == .undeterminedFit)
    #expect(code(.polynomial(degree: 3), [1, 2, 3]) == .undeterminedFit)
    #expect(code(.exponential(asymptote: nil), [1, 2]) == .undeterminedFit)
    #expect(code(.polynomial(degree: 99), [1, 2]) == .invalidOption)
    #expect(code(.linear, [0.5, 2]) == .invalidOption)
    let technique = ZeroNoiseExtrapolation(scales: [1, 2])
    for results in [[Measured(1)], [Measured(1), Measured(.nan)], [Measured(1), Measured(1, variance: -1)]] {
      let error = #expect(throws: MitigationError.self) { try technique.estimate(at: [1, 2], results) }
      #expect(error?.code == .invalidResults)
    }
  }

  @Test("batches that do not fit the memory are refused before they are made")
  func batches() throws {
    var circuit = try Circuit(qubitCount: 1)
    for _ in 0..<1000 { try circuit.append(.x, on: 0) }
    var generator = SplitMix(seed: 1)
    // Each variant is below the limit of one.
    let technique = ZeroNoiseExtrapolation(scales: Array(repeating: 1000, count: 100) + [1])
    let error = #expect(throws: MitigationError.self) { try technique.variants(of: circuit, using: &generator) }
    #expect(error?.code == .limitExceeded && error?.message.contains("in all") == true, "\(error?.message ?? "")")
  }

  @Test(
    "half the mean error or less on random and mirror circuits under depolarization of 1e-3",
    arguments: [(4, Folding.global, [1, 2, 3]), (6, .global, [1, 2, 3]), (4, .local(.all, rest: .first), [1, 3, 5])])
  func effect(_ qubitCount: Int, _ folding: Folding, _ scales: [Double]) throws {
    let model = try Bench.depolarizing(1e-3)
    var (plain, mitigated) = (0.0, 0.0)
    for seed in 0..<4 as Range<UInt64> {
      var generator = SplitMix(seed: seed)
      let circuit =
        try seed % 2 == 0
        ? Bench.layered(qubitCount: qubitCount, layers: 6, seed: seed) : Bench.mirror(qubitCount: qubitCount, layers: 3, seed: seed)
      let observable = try Observable(String(repeating: "Z", count: 2) + String(repeating: "I", count: qubitCount - 2))
      let technique = ZeroNoiseExtrapolation(scales: scales, folding: folding, fit: .richardson)
      let variants = try technique.variants(of: circuit, using: &generator)
      let values = try variants.map { Measured(try Bench.value($0.circuit, observable, noise: model)) }
      let exact = try Bench.value(circuit, observable)
      plain += abs(values[0].value - exact)
      mitigated += abs(try technique.estimate(at: variants.map(\.scale), values).value - exact)
    }
    print("zne, \(qubitCount) qubits, \(folding): mean error \(plain / 4) becomes \(mitigated / 4)")
    #expect(mitigated <= plain / 2)
  }
}
