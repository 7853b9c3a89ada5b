import Circuits
import TestSupport
import Testing

@testable import Simulator

@Suite("derivatives from shots")
struct ShotGradientTests {
  /// Angles that are shared, scaled, not linear, and of controlled rotations.
  private static func template() throws -> (circuit: Circuit, observables: [Observable], rows: [[Double]]) {
    let (a, b, c) = (Parameter("a"), Parameter("b"), Parameter("c"))
    var circuit = try Circuit(qubitCount: 3)
    for parameter in [a, b, c] { circuit.declare(parameter) }
    try circuit.append(.ry, .parameter(a), on: 0)
    try circuit.append(.rx, 2 * .parameter(b) - .parameter(a) / 3, on: 1)
    try circuit.append(.cx, on: 0, 2)
    try circuit.append(.ry, .call(.sin, [.parameter(a)]) * .parameter(c), on: 2)
    try circuit.append(.crx, .parameter(b), on: 1, 2)
    try circuit.append(.rzz, .parameter(c), on: 0, 1)
    try circuit.append(.ry, .parameter(a), on: 1)
    try circuit.append(.h, on: 0)
    var random = SplitMix(seed: 21)
    return (
      circuit, try [Observable("ZIZ + 0.5*IZI"), Observable("XYI - 0.4*IIZ + 0.7*III")],
      (0..<700).map { _ in (0..<3).map { _ in Double.random(in: 0.5...1.3, using: &random) } }
    )
  }

  /// By the central limit theorem over 4,200 derivatives, not all independent: 5 of the mean's standard errors, and the 1 % by which deviations in units of
  /// errors that are estimated from 200 shots are larger.
  @Test("standard errors of derivatives are calibrated against the adjoint method's derivatives")
  func calibration() throws {
    let (circuit, observables, rows) = try Self.template()
    let seed = UInt64(5)
    let estimator = try Estimator(circuit, observables: observables, precision: .double)
    let (found, exact) = (try estimator.slopes(rows, shots: 200, seed: seed), try estimator.exact(rows))
    for place in 0..<6 {
      let squares = stride(from: place, to: found.gradients.count, by: 6).map {
        let deviation = (found.gradients[$0] - exact.gradients[$0]) / found.gradientErrors[$0]
        return deviation * deviation
      }
      #expect(SampleMean(squares).deviation(from: 1.01) < 5, "seed \(seed), \(place): \(SampleMean(squares))")
      #expect(squares.allSatisfy { $0 < 40 }, "seed \(seed), \(place)")
    }
  }

  @Test("derivatives of random templates are within 6 standard errors of the exact ones", arguments: 1...12)
  func random(_ seed: UInt64) throws {
    let (_, circuit, observables, rows) = try ShotSplitTests.program(seed, gateCount: 15)
    let estimator = try Estimator(circuit, observables: observables, precision: .double)
    let (found, exact) = (
      try estimator.slopes(Array(rows.prefix(3)), shots: 100_000, seed: seed), try estimator.exact(Array(rows.prefix(3)))
    )
    for place in found.gradients.indices {
      // An outcome that 100,000 shots do not show is less probable than 2·10⁻⁴, but with a probability of 10⁻⁹.
      let bound = 6 * found.gradientErrors[place] + 1e-3
      #expect(abs(found.gradients[place] - exact.gradients[place]) < bound, "seed \(seed), \(place)")
    }
  }

  @Test("both shifts are drawn apart: the square of a derivative of zero is as large as its error says, by 5σ")
  func independence() throws {
    let rows = Array(repeating: [0.0], count: 4_000)
    let found = try Estimator(SamplerTests.rotated(1), observables: [Observable("Z")]).slopes(rows, shots: 100)
    // Half of the difference of two means of 100 signs.
    let squares = found.gradients.map { $0 * $0 * 200 }
    #expect(SampleMean(squares).deviation(from: 1) < 5, "\(SampleMean(squares))")
    #expect(found.values.allSatisfy { $0 == 1 } && found.errors.allSatisfy { $0 == 0 })
  }

  @Test("shifts that end in eigenstates have exact derivatives without an error; what does not depend on a parameter is zero")
  func exact() throws {
    let estimator = try Estimator(SamplerTests.rotated(2), observables: [Observable("IZ"), Observable("3*II"), Observable("2*ZI")])
    let found = try estimator.slopes([[.pi / 2, -.pi / 2], [-.pi / 2, .pi / 2]], shots: 50)
    #expect(found.gradients == [-1, 0, 0, 0, 0, 2, 1, 0, 0, 0, 0, -2])
    #expect(found.gradientErrors.allSatisfy { $0 == 0 })
  }

  @Test("one shot has values and derivatives whose errors are not numbers, but where nothing was drawn")
  func oneShot() throws {
    let estimator = try Estimator(SamplerTests.rotated(2), observables: [Observable("IZ"), Observable("3*II")])
    let found = try estimator.slopes([[1, 2]], shots: 1)
    #expect(abs(found.values[0]) == 1 && found.errors[0].isNaN && found.values[1] == 3 && found.errors[1] == 0)
    #expect([-1, 0, 1].contains(found.gradients[0]) && found.gradientErrors[0].isNaN)
    #expect(found.gradients[1...] == [0, 0, 0] && found.gradientErrors[1...] == [0, 0, 0])
  }
}

@Suite("values from shots of templates that lanes do not take, and bad input")
struct ShotFallbackTests {
  /// A reset on the way, a measurement that decides on a gate, and letters of all kinds.
  private static func dynamic() throws -> Circuit {
    let angle = Parameter("a")
    var circuit = try Circuit(qubitCount: 3, classicalBitCount: 3)
    circuit.declare(angle)
    try circuit.append(.ry, .parameter(angle), on: 0)
    try circuit.append(.cx, on: 0, 1)
    try circuit.measure(0, into: 2)
    try circuit.reset(0)
    try circuit.append(.rx, .parameter(angle), on: 0)
    try circuit.append(.cx, on: 1, 2)
    try circuit.append(.ry, .parameter(angle), on: 2)
    return circuit
  }

  /// Each of 60 values is out of its bound with a probability below 10⁻⁸.
  @Test("a reset on the way is run row by row, within the bound of Bernstein's inequality")
  func rows() throws {
    let circuit = try Self.dynamic()
    let observables = try [Observable("ZIY + 0.5*IZY - 0.3*ZZI + III"), Observable("XIZ + 0.2*IIZ"), Observable("IIY")]
    let estimator = try Estimator(circuit, observables: observables)
    #expect(try estimator.shotMethod() == .rows)
    let rows = (0..<20).map { [0.3 * Double($0)] }
    let found = try estimator.estimates(rows, shots: 2_000, seed: 4)
    for (row, angles) in rows.enumerated() {
      let branches = try ReferenceInterpreter.run(circuit, parameters: angles)
      for observable in observables.indices {
        let expected = try ShotDistribution(observable, of: observables, branches)
        let place = 3 * row + observable
        #expect(abs(found.values[place] - expected.mean) < expected.bound(shots: 2_000, probability: 1e-8), "\(place)")
        // A sample variance of 2,000 shots, of at most 4: 0.3 of it is far more than 5σ, and the rest for rare outcomes.
        let variance = found.errors[place] * found.errors[place] * 2_000
        #expect(abs(variance - expected.variance) < 0.3 * expected.variance + 0.1, "\(place)")
      }
    }
    let parts = try estimator.estimates(Array(rows[7...]), shots: 2_000, seed: 4, firstRow: 7)
    #expect(parts.values[...] == found.values[21...] && parts.errors[...] == found.errors[21...])
    #expect(try estimator.estimates(rows, shots: 2_000, seed: 5) != found)
  }

  @Test("groups and rows that are run row by row are drawn apart")
  func groups() throws {
    var circuit = try Circuit(qubitCount: 1)
    try circuit.reset(0)
    try circuit.append(.rx, ClassicalExpression(-Double.pi / 2), on: 0)
    let found = try Estimator(circuit, observables: [Observable("X"), Observable("Z")]).estimates(
      Array(repeating: [], count: 60), shots: 1_000)
    let equal = (0..<60).count { abs(found.values[2 * $0]) == abs(found.values[2 * $0 + 1]) }
    // Two of some 50 values that are about equally frequent.
    #expect(equal < 20)
    #expect(Set(stride(from: 0, to: 120, by: 2).map { found.values[$0] }).count > 10)
  }

  @Test("final measurements do not disturb, in lanes and row by row")
  func finalMeasurements() throws {
    for isDynamic in [false, true] {
      var circuit = try Circuit(qubitCount: 1, classicalBitCount: 1)
      if isDynamic { try circuit.reset(0) }
      try circuit.append(.h, on: 0)
      try circuit.measure(0, into: 0)
      let estimator = try Estimator(circuit, observables: [Observable("X")])
      #expect(try estimator.shotMethod() == (isDynamic ? .rows : .lanes))
      let found = try estimator.estimates([[]], shots: 40)
      #expect(found.values == [1] && found.errors == [0])
    }
  }

  @Test("a group on more qubits than the lanes sample is drawn by observables; one observable that is, row by row")
  func wide() throws {
    let qubitCount = 16
    let circuit = try SamplerTests.rotated(qubitCount)
    func string(_ qubits: Range<Int>) -> PauliString {
      PauliString(qubitCount: qubitCount, x: 0, z: qubits.reduce(0) { $0 | 1 << UInt64($1) })
    }
    let observables = try (0..<qubitCount).map { try Observable([.init(1, string($0..<$0 + 1))]) }
    let estimator = try Estimator(circuit, observables: observables)
    #expect(try estimator.shotMethod() == .lanes && estimator.measurementGroupCount() == 1)
    let angles = (0..<qubitCount).map { 0.15 * Double($0 + 2) }
    let found = try estimator.estimates([angles], shots: 20_000)
    for qubit in 0..<qubitCount {
      let exact = Complex(phase: angles[qubit]).real
      // 6σ, σ from the exact value.
      #expect(abs(found.values[qubit] - exact) < 6 * ((1 - exact * exact) / 20_000).squareRoot() + 1e-3)
    }
    let all = try Estimator(circuit, observables: [Observable([.init(1, string(0..<qubitCount))])])
    #expect(try all.shotMethod() == .rows)
    let product = angles.reduce(1) { $0 * Complex(phase: $1).real }
    #expect(abs(try all.estimates([angles], shots: 20_000).values[0] - product) < 6 / 20_000.0.squareRoot())
  }

  @Test("what is wrong is said, with what would be accepted")
  func refusals() throws {
    let estimator = try Estimator(SamplerTests.rotated(2), observables: [Observable("ZZ")])
    func message(_ body: () throws(SimulatorError) -> Void) -> String {
      do throws(SimulatorError) { try body() } catch { return error.description }
      return "nothing was thrown"
    }
    #expect(
      message { () throws(SimulatorError) in _ = try estimator.estimates([[1]], shots: 9) }.contains("1 rows of 2 parameters"))
    #expect(message { () throws(SimulatorError) in _ = try estimator.estimates([[1, 2]], shots: 0) }.contains("1 to 100000000"))
    #expect(
      message { () throws(SimulatorError) in _ = try estimator.slopes([[1, 2], [1, .nan]], shots: 9) }.contains(
        "row 1, parameter 1"))
    #expect(
      message { () throws(SimulatorError) in _ = try estimator.estimates([[1, 2], [1, 2]], shots: 9, firstRow: .max) }.contains(
        "2³² − 1"))
    let rows = try Estimator(Self.dynamic(), observables: [Observable("ZZZ")])
    #expect(
      message { () throws(SimulatorError) in _ = try rows.slopes([[1]], shots: 9) }.contains(
        "derivatives from shots need rows that run together; instruction 2: a batch takes gates"))
    #expect(message { () throws(SimulatorError) in _ = try rows.estimates([[1], [.infinity]], shots: 9) }.contains("row 1: "))
    var ending = try Self.dynamic()
    try ending.append(.ifElse(ClassicalExpression(1), then: [.end], otherwise: []))
    let ended = try Estimator(ending, observables: [Observable("ZZZ")])
    #expect(message { () throws(SimulatorError) in _ = try ended.estimates([[1]], shots: 9) }.contains("a circuit with 'end'"))
    let stop = StopFlag()
    stop.set()
    var (values, errors) = ([0.0], [0.0])
    let angles = [1.0, 2.0]
    let stopped = message { () throws(SimulatorError) in
      var places = values.mutableSpan
      var errorPlaces = errors.mutableSpan
      try estimator.estimate(
        angles.span, rowCount: 1, shots: 9, seed: 1, values: &places, standardErrors: &errorPlaces, stop: stop)
    }
    #expect(stopped.contains("cancelled"))
  }
}
