import Circuits
import TestSupport
import Testing

@testable import Simulator

@Suite("values from shots")
struct ShotEstimateTests {
  static let cases = (1...5).flatMap { n in (0..<6).map { (n, UInt64(7_000 + 100 * n + $0)) } }

  /// Each of 30 · 2 · 4 · 3 values is out of its bound with a probability below 10⁻⁹: one of them below 10⁻⁶.
  @Test("values of random templates are within the bound of Bernstein's inequality around the exact ones", arguments: cases)
  func bounds(_ qubitCount: Int, _ seed: UInt64) throws {
    var template = RandomTemplate(qubitCount: qubitCount, seed: seed)
    let circuit = try template.circuit(gateCount: 20)
    let observables = try (0..<3).map { _ in try template.observable() }
    let rows = (0..<4).map { _ in template.row(largest: 20) }
    let shots = 4_000
    for precision in Precision.allCases {
      let estimator = try Estimator(circuit, observables: observables, precision: precision)
      #expect(try estimator.shotMethod() == .lanes)
      let found = try estimator.estimates(rows, shots: shots, seed: seed)
      for (row, angles) in rows.enumerated() {
        let branches = try ReferenceInterpreter.run(circuit, parameters: angles)
        for observable in observables.indices {
          let expected = try ShotDistribution(observable, of: observables, branches)
          let place = row * observables.count + observable
          let bound = expected.bound(shots: shots, probability: 1e-9)
          #expect(abs(found.values[place] - expected.mean) < bound, "seed \(seed), \(precision), \(observables[observable])")
        }
      }
    }
  }

  /// Angles that leave no outcome rare, strings in four groups, some of them correlated.
  static func spread() throws -> (circuit: Circuit, observables: [Observable], rows: [[Double]]) {
    var circuit = try SamplerTests.rotated(4)
    for qubit in 0..<3 { try circuit.append(.cx, on: qubit, qubit + 1) }
    for qubit in 0..<4 { try circuit.append(.rx, .parameter(Parameter("t\(qubit)")), on: qubit) }
    let observables = try [
      Observable("0.7*ZZII + ZIII - 0.4*IZIZ + 0.3*IIII"), Observable("XXII + 0.5*XIIX - 0.8*YYII + ZIII"),
    ]
    var random = SplitMix(seed: 11)
    return (circuit, observables, (0..<2_000).map { _ in (0..<4).map { _ in Double.random(in: 0.6...1.2, using: &random) } })
  }

  /// By the central limit theorem over 2,000 rows, each of the checks fails with a probability of 6·10⁻⁷; a batch of 200 shots puts the mean
  /// square some 1 % above 1.
  @Test("standard errors are calibrated: deviations in their units have a mean square of 1, and their squares the exact mean")
  func calibration() throws {
    let (circuit, observables, rows) = try Self.spread()
    let (shots, seed) = (200, UInt64(3))
    let estimator = try Estimator(circuit, observables: observables, precision: .double)
    let (found, exact) = (try estimator.estimates(rows, shots: shots, seed: seed), try estimator.exact(rows))
    for observable in observables.indices {
      let places = rows.indices.map { $0 * observables.count + observable }
      let squares = places.map {
        let deviation = (found.values[$0] - exact.values[$0]) / found.errors[$0]
        return deviation * deviation
      }
      #expect(SampleMean(squares).deviation(from: 1.01) < 5, "seed \(seed): \(SampleMean(squares))")
      let ratios = try rows.indices.prefix(300).map { row in
        let branches = try ReferenceInterpreter.run(circuit, parameters: rows[row])
        let error = found.errors[places[row]]
        return error * error * Double(shots) / (try ShotDistribution(observable, of: observables, branches).variance)
      }
      #expect(SampleMean(ratios).deviation(from: 1) < 5, "seed \(seed): \(SampleMean(ratios))")
    }
  }

  @Test("eigenstates have their values exactly, and no error")
  func eigenstates() throws {
    var circuit = try Circuit(qubitCount: 3)
    try circuit.append(.h, on: 0)
    for qubit in 1..<3 { try circuit.append(.cx, on: qubit - 1, qubit) }
    // X on all three, Z on any two, and minus Y on two with X on the third stabilize this state.
    let observables = try ["XXX", "0.1*ZZI + 0.7*IZZ", "-YYX", "2.5*III", "XXX - 0.3*ZZI + 0.25*III"].map { try Observable($0) }
    let estimator = try Estimator(circuit, observables: observables)
    #expect(try estimator.measurementGroupCount() == 3)
    let found = try estimator.estimates([[], []], shots: 100)
    #expect(
      Array(found.values.prefix(5)) == [1, 0.1 + 0.7, 1, 2.5, 0.25 + 1 - 0.3] && found.values.suffix(5) == found.values.prefix(5))
    #expect(found.errors.allSatisfy { $0 == 0 })
  }

  @Test("whole half turns by parameters, in any number, in lanes that turn differently")
  func halfTurns() throws {
    let rows = (0..<20).map { row in [0, 3, row, 3 + row].map { Double($0) * .pi } }
    let observables = try [Observable("IIIZ"), Observable("IIZI + 0.5*ZZII"), Observable("ZIIZ")]
    let found = try Estimator(SamplerTests.rotated(4), observables: observables).estimates(rows, shots: 10)
    for row in 0..<20 {
      let sign = { (turns: Int) in turns.isMultiple(of: 2) ? 1.0 : -1 }
      #expect(Array(found.values[3 * row..<3 * row + 3]) == [1, -1 + 0.5 * sign(3 + row) * sign(row), sign(3 + row)])
    }
    #expect(found.errors.allSatisfy { $0 == 0 })
  }

  @Test("what strings of a group have in common counts: ZI and IZ of a Bell state are the same bit")
  func covariance() throws {
    var circuit = try Circuit(qubitCount: 2)
    try circuit.append(.h, on: 0)
    try circuit.append(.cx, on: 0, 1)
    let estimator = try Estimator(circuit, observables: [Observable("ZI + IZ"), Observable("ZI - IZ"), Observable("ZI")])
    let shots = 10_000
    let found = try estimator.estimates([[]], shots: shots)
    #expect(found.values[1] == 0 && found.errors[1] == 0)
    // ±2 and ±1 in each shot, whose sample variance follows from the mean.
    for (place, size) in [(0, 2.0), (2, 1.0)] {
      let mean = found.values[place]
      let expected = ((size * size - mean * mean) / Double(shots - 1)).squareRoot()
      #expect(abs(found.errors[place] - expected) < 1e-12)
    }
    #expect(found.values[0] == 2 * found.values[2])
    // 5σ: the parity of even shots is not always the same.
    #expect(abs(found.values[2]) < 0.05)
  }

  @Test("groups are drawn apart: means of X and Z of a state of Y are not correlated by more than 5σ")
  func independence() throws {
    var circuit = try Circuit(qubitCount: 1)
    let angle = Parameter("a")
    circuit.declare(angle)
    try circuit.append(.rx, .parameter(angle), on: 0)
    let rows = Array(repeating: [-Double.pi / 2], count: 4_000)
    let found = try Estimator(circuit, observables: [Observable("X"), Observable("Z")]).estimates(rows, shots: 50)
    let products = rows.indices.map { found.values[2 * $0] * found.values[2 * $0 + 1] * 50 }
    #expect(SampleMean(products).deviation(from: 0) < 5)
    // Were the draws the same, squares would be.
    let squares = rows.indices.map {
      found.values[2 * $0] * found.values[2 * $0] * found.values[2 * $0 + 1] * found.values[2 * $0 + 1] * 2_500
    }
    #expect(SampleMean(squares).deviation(from: 1) < 5)
  }
}

@Suite("the same values from shots however rows are run")
struct ShotSplitTests {
  static func program(_ seed: UInt64, gateCount: Int = 25) throws -> (BatchProgram, Circuit, [Observable], [[Double]]) {
    var template = RandomTemplate(qubitCount: 4, seed: seed)
    let circuit = try template.circuit(gateCount: gateCount)
    let observables = try (0..<3).map { _ in try template.observable() }
    let groups = try MeasurementGroup.groups(of: observables)
    return (
      try BatchProgram(circuit, measuring: groups, observableCount: 3), circuit, observables,
      (0..<19).map { _ in template.row(largest: 4) }
    )
  }

  @Test("row by row, in parts, on several threads and on every instruction set, with derivatives and without", arguments: 1...4)
  func split(_ seed: UInt64) throws {
    let (program, _, _, rows) = try Self.program(seed)
    let shots = LaneShots(count: 203, seed: seed, circuitIndex: 3, firstRow: 9)
    for precision in Precision.allCases {
      let whole = try batchEstimates(program, rows, shots, hasSlopes: true, precision: precision)
      #expect(try batchEstimates(program, rows, shots, hasSlopes: false, precision: precision) == whole.withoutGradients)
      for (row, angles) in rows.enumerated() {
        let one = LaneShots(count: 203, seed: seed, circuitIndex: 3, firstRow: 9 + UInt32(row))
        let found = try batchEstimates(program, [angles], one, hasSlopes: true, precision: precision)
        #expect(
          found.values[...] == whole.values[3 * row..<3 * row + 3] && found.errors[...] == whole.errors[3 * row..<3 * row + 3])
        #expect(found.gradients[...] == whole.gradients[12 * row..<12 * row + 12])
        #expect(found.gradientErrors[...] == whole.gradientErrors[12 * row..<12 * row + 12])
      }
      for kernels in CPUKernels.available {
        let found = try batchEstimates(program, rows, shots, hasSlopes: true, precision: precision, kernels: kernels)
        #expect(found == whole, "\(kernels.name), \(precision)")
      }
      let many = Array(repeating: rows, count: 5).flatMap(\.self)
      let single = try batchEstimates(program, many, shots, hasSlopes: true, precision: precision)
      let shared = try batchEstimates(program, many, shots, hasSlopes: true, precision: precision, threadCount: 3)
      #expect(single == shared && single.values.prefix(57) == whole.values[...])
    }
  }

  @Test("another seed, circuit or row draws others; equal rows are drawn apart")
  func keys() throws {
    let estimator = try Estimator(SamplerTests.rotated(4), observables: [Observable("ZIXZ"), Observable("IZZI + 0.5*XIIX")])
    let rows = Array(repeating: [1.0, 1.1, 1.2, 1.3], count: 3)
    let found = try estimator.estimates(rows, shots: 1000)
    #expect(Set(found.values).count == 6)
    #expect(try estimator.estimates(rows, shots: 1000, firstRow: 1).values.prefix(4) == found.values[2...])
    #expect(try estimator.estimates(rows, shots: 1000) == found)
    #expect(try estimator.estimates(rows, shots: 1000, seed: 2) != found)
    #expect(try estimator.estimates(rows, shots: 1000, seed: 1 << 32 + 1) != found)
    #expect(try estimator.estimates(rows, shots: 1000, circuitIndex: 1) != found)
  }

  @Test("draws are not those of a sampler's counts with the same seed")
  func sampler() throws {
    let rows = Array(repeating: [1.5], count: 2_000)
    let circuit = try SamplerTests.rotated(1)
    let found = try Estimator(circuit, observables: [Observable("Z")]).estimates(rows, shots: 100)
    let counts = try Sampler(circuit).counts(rows, shots: 100)
    let exact = Complex(phase: 1.5).real
    let products = rows.indices.map { row in
      (found.values[row] - exact) * ((Double(counts[row][0]) - Double(counts[row][1])) / 100 - exact) * 100
    }
    #expect(SampleMean(products).deviation(from: 0) < 5)
  }
}
