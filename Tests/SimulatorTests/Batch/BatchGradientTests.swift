import Circuits
import TestSupport
import Testing

@testable import Simulator

/// Values and derivatives of rows, rows × observables × parameters.
private func jacobian(
  _ estimator: Estimator, _ rows: [[Double]], _ method: DifferentiationMethod = .adjoint
) throws(SimulatorError) -> (values: [Double], gradients: [Double]) {
  let width = estimator.circuit.parameters.count
  let parameters = rows.flatMap(\.self)
  var values = [Double](repeating: .nan, count: rows.count * estimator.observables.count)
  var gradients = [Double](repeating: .nan, count: values.count * width)
  var places = values.mutableSpan
  var slopes = gradients.mutableSpan
  try estimator.differentiate(parameters.span, rowCount: rows.count, values: &places, gradients: &slopes, method: method)
  return (values, gradients)
}

/// Values, and derivatives of their sums under cotangents, rows × parameters.
private func pulledBack(
  _ estimator: Estimator, _ rows: [[Double]], _ cotangents: [Double]
) throws(SimulatorError) -> (values: [Double], gradients: [Double]) {
  let parameters = rows.flatMap(\.self)
  var values = [Double](repeating: .nan, count: cotangents.count)
  var gradients = [Double](repeating: .nan, count: parameters.count)
  var places = values.mutableSpan
  var slopes = gradients.mutableSpan
  try estimator.pullBack(
    parameters.span, cotangents: cotangents.span, rowCount: rows.count, values: &places, gradients: &slopes)
  return (values, gradients)
}

@Suite("gradients of a batch")
struct BatchGradientTests {
  static let cases = (1...6).flatMap { n in (0..<6).map { (n, UInt64(1_000 + 100 * n + $0)) } }

  /// A template whose angles have derivatives everywhere, with rows of moderate angles.
  static func template(_ qubitCount: Int, _ seed: UInt64, gateCount: Int = 25) throws -> (Circuit, [Observable], [[Double]]) {
    var template = RandomTemplate(qubitCount: qubitCount, seed: seed)
    let circuit = try template.circuit(gateCount: gateCount)
    let observables = try (0..<3).map { _ in try template.observable() }
    return (circuit, observables, (0..<3).map { _ in template.row(largest: 4) })
  }

  @Test("the adjoint method agrees with differences of values to 2e-9 in double, to 2e-4 in single", arguments: cases)
  func differences(_ qubitCount: Int, _ seed: UInt64) throws {
    let (circuit, observables, rows) = try Self.template(qubitCount, seed)
    let program = try BatchProgram(circuit, observables: observables)
    // Central differences of fourth order: an error of some 1e-4⁴/30 and of rounding 1e-15/1e-4.
    let step = 1e-3
    for precision in Precision.allCases {
      let found = try jacobian(Estimator(circuit, observables: observables, precision: precision), rows)
      let plain = try batchValues(program, rows)
      let valueError = zip(found.values, plain.joined()).map { abs($0 - $1) }.max() ?? 1
      #expect(valueError < (precision == .double ? 1e-11 : 2e-5), "seed \(seed)")
      for (index, row) in rows.enumerated() {
        for parameter in row.indices {
          let shifted = [2.0, 1, -1, -2].map { factor in
            row.enumerated().map { $0.offset == parameter ? $0.element + factor * step : $0.element }
          }
          let values = try batchValues(program, shifted)
          for observable in observables.indices {
            let expected =
              (-values[0][observable] + 8 * values[1][observable] - 8 * values[2][observable] + values[3][observable]) / (12 * step)
            let slope = found.gradients[(index * observables.count + observable) * row.count + parameter]
            let tolerance = precision == .double ? 2e-9 : 2e-4
            #expect(abs(slope - expected) < tolerance * (1 + abs(expected)), "seed \(seed), \(precision)")
          }
        }
      }
    }
  }

  @Test("adjoint, parameter shift and differences agree to 1e-10 in double", arguments: cases + [(9, 1)])
  func methods(_ qubitCount: Int, _ seed: UInt64) throws {
    let (circuit, observables, rows) = try Self.template(qubitCount, seed)
    let estimator = try Estimator(circuit, observables: observables, precision: .double)
    let adjoint = try jacobian(estimator, rows)
    for method in [DifferentiationMethod.parameterShift, .finiteDifferences(step: 0.003)] {
      let other = try jacobian(estimator, rows, method)
      #expect(zip(adjoint.values, other.values).allSatisfy { abs($0 - $1) < 1e-12 })
      let error = zip(adjoint.gradients, other.gradients).map { abs($0 - $1) / (1 + abs($0)) }.max() ?? 1
      #expect(error < 1e-10, "seed \(seed), \(method)")
    }
  }

  @Test("a pull-back is the sum of the derivatives under its cotangents", arguments: 1...6)
  func pullBack(_ seed: UInt64) throws {
    let (circuit, observables, rows) = try Self.template(5, seed, gateCount: 40)
    let estimator = try Estimator(circuit, observables: observables, precision: .double)
    let whole = try jacobian(estimator, rows)
    var random = SplitMix(seed: seed)
    let cotangents = whole.values.map { _ in Double.random(in: -2...2, using: &random) }
    let (values, gradients) = try pulledBack(estimator, rows, cotangents)
    #expect(values == whole.values)
    for (index, slope) in gradients.enumerated() {
      let (row, parameter) = index.quotientAndRemainder(dividingBy: circuit.parameters.count)
      let expected = observables.indices.reduce(0.0) { sum, observable in
        let place = row * observables.count + observable
        return sum + cotangents[place] * whole.gradients[place * circuit.parameters.count + parameter]
      }
      #expect(abs(slope - expected) < 1e-11 * (1 + abs(expected)), "seed \(seed)")
    }
  }

  @Test("the same bits row by row and on several threads", arguments: 1...4)
  func split(_ seed: UInt64) throws {
    let (circuit, observables, rows) = try Self.template(5, seed, gateCount: 40)
    for precision in Precision.allCases {
      let estimator = try Estimator(circuit, observables: observables, precision: precision)
      let many = (0..<11).flatMap { _ in rows }
      let whole = try jacobian(estimator, many).gradients
      let single = try many.flatMap { try jacobian(estimator, [$0]).gradients }
      #expect(whole == single)
    }
  }

  @Test("the same bits on every instruction set, also of states that are spread over the lanes", arguments: 1...4)
  func instructionSets(_ seed: UInt64) throws {
    for (circuit, observables, rows) in [try Self.template(5, seed, gateCount: 40), try BatchSpreadTests.template(seed)] {
      let program = try BatchProgram(circuit, observables: observables, isDifferentiable: true)
      for precision in Precision.allCases {
        let all = try CPUKernels.available.map { kernels in
          let runner = LaneRunner(program, kernels: kernels, precision: precision)
          return try derivatives(of: program, rows, nil) { job in try runner.run(job, threadCount: 1) }
        }
        #expect(all.dropFirst().allSatisfy { $0 == all[0] }, "seed \(seed), \(precision)")
      }
    }
  }

  @Test("states that are spread over the lanes: differences of values to 1e-8, the same bits alone", arguments: 1...3)
  func spread(_ seed: UInt64) throws {
    let (circuit, observables, rows) = try BatchSpreadTests.template(seed)
    let estimator = try Estimator(circuit, observables: observables, precision: .double)
    let found = try jacobian(estimator, rows)
    #expect(try rows.flatMap { try jacobian(estimator, [$0]).gradients } == found.gradients)
    let program = try BatchProgram(circuit, observables: observables)
    let step = 1e-3
    for parameter in circuit.parameters.indices {
      let shifted = [2.0, 1, -1, -2].map { factor in
        rows[0].enumerated().map { $0.offset == parameter ? $0.element + factor * step : $0.element }
      }
      let values = try batchValues(program, shifted)
      for observable in observables.indices {
        let expected =
          (-values[0][observable] + 8 * values[1][observable] - 8 * values[2][observable] + values[3][observable]) / (12 * step)
        let slope = found.gradients[observable * circuit.parameters.count + parameter]
        #expect(abs(slope - expected) < 1e-8 * (1 + abs(expected)), "seed \(seed)")
      }
    }
  }
}
