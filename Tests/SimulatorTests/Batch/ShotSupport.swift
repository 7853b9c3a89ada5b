import Circuits
import Foundation
import TestSupport

@testable import Simulator

/// Values from shots, with derivatives if asked for: rows × observables, and rows × observables × parameters.
struct ShotEstimates: Equatable {
  var values: [Double]
  var errors: [Double]
  var gradients: [Double] = []
  var gradientErrors: [Double] = []

  init(_ rowCount: Int, _ observableCount: Int, parameterCount: Int) {
    values = Array(repeating: .nan, count: rowCount * observableCount)
    gradients = Array(repeating: .nan, count: rowCount * observableCount * parameterCount)
    (errors, gradientErrors) = (values, gradients)
  }

  /// The values without the derivatives.
  var withoutGradients: ShotEstimates {
    var result = self
    (result.gradients, result.gradientErrors) = ([], [])
    return result
  }
}

extension Estimator {
  /// Values of rows from shots.
  func estimates(
    _ rows: [[Double]], shots: Int, seed: UInt64 = 1, circuitIndex: UInt32 = 0, firstRow: UInt32 = 0
  ) throws(SimulatorError) -> ShotEstimates {
    let parameters = rows.flatMap(\.self)
    var result = ShotEstimates(rows.count, observables.count, parameterCount: 0)
    var (values, errors) = (result.values, result.errors)
    var places = values.mutableSpan
    var errorPlaces = errors.mutableSpan
    try estimate(
      parameters.span, rowCount: rows.count, shots: shots, seed: seed, circuitIndex: circuitIndex, firstRow: firstRow,
      values: &places, standardErrors: &errorPlaces)
    (result.values, result.errors) = (values, errors)
    return result
  }

  /// Values and derivatives of rows from shots.
  func slopes(
    _ rows: [[Double]], shots: Int, seed: UInt64 = 1, circuitIndex: UInt32 = 0, firstRow: UInt32 = 0
  ) throws(SimulatorError) -> ShotEstimates {
    let parameters = rows.flatMap(\.self)
    var result = ShotEstimates(rows.count, observables.count, parameterCount: circuit.parameters.count)
    var (values, errors) = (result.values, result.errors)
    var (gradients, gradientErrors) = (result.gradients, result.gradientErrors)
    var places = values.mutableSpan
    var errorPlaces = errors.mutableSpan
    var slopes = gradients.mutableSpan
    var slopeErrors = gradientErrors.mutableSpan
    try differentiate(
      parameters.span, rowCount: rows.count, shots: shots, seed: seed, circuitIndex: circuitIndex, firstRow: firstRow,
      values: &places, standardErrors: &errorPlaces, gradients: &slopes, gradientStandardErrors: &slopeErrors)
    (result.values, result.errors) = (values, errors)
    (result.gradients, result.gradientErrors) = (gradients, gradientErrors)
    return result
  }

  /// Exact values of rows, and their derivatives by the adjoint method.
  func exact(_ rows: [[Double]]) throws(SimulatorError) -> (values: [Double], gradients: [Double]) {
    let parameters = rows.flatMap(\.self)
    var values = [Double](repeating: .nan, count: rows.count * observables.count)
    var gradients = [Double](repeating: .nan, count: values.count * circuit.parameters.count)
    var places = values.mutableSpan
    var slopes = gradients.mutableSpan
    try differentiate(parameters.span, rowCount: rows.count, values: &places, gradients: &slopes)
    return (values, gradients)
  }
}

/// Values from shots by a batch's program on chosen kernels and threads.
func batchEstimates(
  _ program: BatchProgram, _ rows: [[Double]], _ shots: LaneShots, hasSlopes: Bool, precision: Precision = .double,
  kernels: CPUKernels = .available[0], threadCount: Int = 1
) throws(SimulatorError) -> ShotEstimates {
  let runner = LaneRunner(program, kernels: kernels, precision: precision)
  let (parameters, observableCount) = (rows.flatMap(\.self), program.observableCount)
  var result = ShotEstimates(rows.count, observableCount, parameterCount: hasSlopes ? program.parameterCount : 0)
  var (values, errors) = (result.values, result.errors)
  var (gradients, gradientErrors) = (result.gradients, result.gradientErrors)
  try unsafe parameters.withUnsafeBufferPointer { (parameters) throws(SimulatorError) in
    try unsafe values.withUnsafeMutableBufferPointer { (values) throws(SimulatorError) in
      try unsafe errors.withUnsafeMutableBufferPointer { (errors) throws(SimulatorError) in
        try unsafe gradients.withUnsafeMutableBufferPointer { (gradients) throws(SimulatorError) in
          try unsafe gradientErrors.withUnsafeMutableBufferPointer { (gradientErrors) throws(SimulatorError) in
            let slopes = unsafe LaneEstimates.Slopes(gradients: gradients, standardErrors: gradientErrors)
            let estimates = unsafe LaneEstimates(
              shots: shots, constants: Array(repeating: 0, count: observableCount), standardErrors: errors,
              slopes: hasSlopes ? slopes : nil, stop: StopFlag())
            let job = unsafe LaneJob(
              rowCount: rows.count, parameters: parameters, values: values, output: .estimates(estimates))
            try runner.run(job, threadCount: threadCount)
          }
        }
      }
    }
  }
  (result.values, result.errors) = (values, errors)
  (result.gradients, result.gradientErrors) = (gradients, gradientErrors)
  return result
}

/// What an observable's mean over shots of each group is distributed like, by definition.
struct ShotDistribution {
  var mean = 0.0
  /// The sum over groups of one shot's variance.
  var variance = 0.0
  /// The farthest that one shot of one group can be from its mean.
  var range = 0.0

  /// Of a row's final states, by products of dense states with Pauli strings.
  init(_ observable: Int, of observables: [Observable], _ branches: [ReferenceInterpreter.Branch]) throws {
    mean = observables[observable].identityCoefficient
    for group in try MeasurementGroup.groups(of: observables) {
      let terms = group.members.compactMap { member in
        member.coefficients.first { $0.observable == observable }.map { (pauli: member.pauli, value: $0.value) }
      }
      let value = terms.reduce(0) { $0 + $1.value * ReferenceInterpreter.expectation($1.pauli, branches) }
      var square = 0.0
      for a in terms {
        for b in terms {
          // Strings that have the same letter wherever both have one multiply to the string of the other letters.
          let product = PauliString(qubitCount: a.pauli.qubitCount, x: a.pauli.x ^ b.pauli.x, z: a.pauli.z ^ b.pauli.z)
          square += a.value * b.value * ReferenceInterpreter.expectation(product, branches)
        }
      }
      mean += value
      variance += max(0, square - value * value)
      range = max(range, 2 * terms.reduce(0) { $0 + $1.value.magnitude })
    }
  }

  /// How far a mean of shots is from the exact one at most, but with a probability (Bernstein's inequality).
  func bound(shots: Int, probability: Double) -> Double {
    let (logarithm, count) = (log(2 / probability), Double(shots))
    let linear = range * logarithm / (3 * count)
    return linear + (linear * linear + 2 * variance * logarithm / count).squareRoot() + 1e-6
  }
}

/// A mean of numbers, and by how many of its standard errors it is above another.
struct SampleMean {
  let mean: Double
  let error: Double

  init(_ numbers: [Double]) {
    let mean = numbers.reduce(0, +) / Double(numbers.count)
    let variance = numbers.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(numbers.count - 1)
    (self.mean, error) = (mean, (variance / Double(numbers.count)).squareRoot())
  }

  func deviation(from expected: Double) -> Double { abs(mean - expected) / error }
}
