internal import Circuits
internal import Simulator

/// What a window of rows gives: rows × observables, and rows × observables × parameters.
struct ArrayResults {
  let values: [Double]
  let standardErrors: [Double]
  /// Empty where they were not asked for.
  let gradients: [Double]
  let gradientStandardErrors: [Double]

  /// Computes exact values, whose standard errors are zero, and their derivatives if a method is given.
  init(
    exactly estimator: Estimator, _ parameters: [Double], rowCount: Int, _ differentiation: DifferentiationMethod?, _ stop: StopFlag
  ) throws(SimulatorError) {
    var values = Self.zeros(rowCount, estimator)
    var gradients = differentiation == nil ? [] : Self.slopes(rowCount, estimator)
    var places = values.mutableSpan
    if let differentiation {
      var derivatives = gradients.mutableSpan
      try estimator.differentiate(
        parameters.span, rowCount: rowCount, values: &places, gradients: &derivatives, method: differentiation, stop: stop)
    } else {
      try estimator.estimate(parameters.span, rowCount: rowCount, into: &places, stop: stop)
    }
    (self.values, self.gradients) = (values, gradients)
    (standardErrors, gradientStandardErrors) = (Self.zeros(rowCount, estimator), [])
  }

  /// Estimates values from shots, and their derivatives if they are wanted.
  init(
    estimating estimator: Estimator, _ parameters: [Double], rowCount: Int, _ shots: ArrayShots, wantsGradients: Bool,
    _ stop: StopFlag
  ) throws(SimulatorError) {
    var values = Self.zeros(rowCount, estimator)
    var errors = values
    var gradients = wantsGradients ? Self.slopes(rowCount, estimator) : []
    var gradientErrors = gradients
    var places = values.mutableSpan
    var errorPlaces = errors.mutableSpan
    if wantsGradients {
      var slopes = gradients.mutableSpan
      var slopeErrors = gradientErrors.mutableSpan
      try estimator.differentiate(
        parameters.span, rowCount: rowCount, shots: shots.count, seed: shots.seed, circuitIndex: shots.circuitIndex,
        firstRow: shots.firstRow, values: &places, standardErrors: &errorPlaces, gradients: &slopes,
        gradientStandardErrors: &slopeErrors, stop: stop)
    } else {
      try estimator.estimate(
        parameters.span, rowCount: rowCount, shots: shots.count, seed: shots.seed, circuitIndex: shots.circuitIndex,
        firstRow: shots.firstRow, values: &places, standardErrors: &errorPlaces, stop: stop)
    }
    (self.values, standardErrors) = (values, errors)
    (self.gradients, gradientStandardErrors) = (gradients, gradientErrors)
  }

  private static func zeros(_ rowCount: Int, _ estimator: Estimator) -> [Double] {
    Array(repeating: 0, count: rowCount * estimator.observables.count)
  }

  private static func slopes(_ rowCount: Int, _ estimator: Estimator) -> [Double] {
    Array(repeating: 0, count: rowCount * estimator.observables.count * estimator.circuit.parameters.count)
  }
}
