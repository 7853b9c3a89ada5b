internal import Circuits
internal import Simulator

/// Values of observables from shots: `values` and `standard_errors`, rows × observables, and `gradients` and `gradient_standard_errors`, rows ×
/// observables × parameters.
struct SampledEstimateOutput: ArrayOutput {
  let estimator: Estimator
  /// Shots of each group of terms that are measured together.
  let shotCount: Int
  let keys: DrawKeys
  let wantsGradients: Bool

  /// Derivatives of each value; 0 where they are not wanted.
  private var gradientCount: Int { wantsGradients ? estimator.circuit.parameters.count : 0 }

  var rowByteCount: Int { 8 * estimator.observables.count * (2 + 2 * gradientCount) }

  func members(rowCount: Int) -> [NumPyArchive.Member] {
    let shape = [rowCount, estimator.observables.count]
    func members(_ names: [String], _ shape: [Int]) -> [NumPyArchive.Member] { names.map { .init(name: $0, shape: shape) } }
    let gradients = wantsGradients ? members(["gradients", "gradient_standard_errors"], shape + [gradientCount]) : []
    return members(["values", "standard_errors"], shape) + gradients
  }

  func append(_ parameters: [Double], _ rows: Range<Int>, to archive: NumPyArchive, firstMember: Int, _ stop: StopFlag) throws {
    var values = [Double](repeating: 0, count: rows.count * estimator.observables.count)
    var errors = values
    var gradients = [Double](repeating: 0, count: values.count * gradientCount)
    var gradientErrors = gradients
    let firstRow = try DrawKeys.firstRow(of: rows)
    estimator.firstRow = rows.lowerBound + 1
    var places = values.mutableSpan
    var errorPlaces = errors.mutableSpan
    if wantsGradients {
      var slopes = gradients.mutableSpan
      var slopeErrors = gradientErrors.mutableSpan
      try estimator.differentiate(
        parameters.span, rowCount: rows.count, shots: shotCount, seed: keys.seed, circuitIndex: keys.circuitIndex,
        firstRow: firstRow, values: &places, standardErrors: &errorPlaces, gradients: &slopes,
        gradientStandardErrors: &slopeErrors, stop: stop)
    } else {
      try estimator.estimate(
        parameters.span, rowCount: rows.count, shots: shotCount, seed: keys.seed, circuitIndex: keys.circuitIndex,
        firstRow: firstRow, values: &places, standardErrors: &errorPlaces, stop: stop)
    }
    for (index, array) in ([values, errors] + (wantsGradients ? [gradients, gradientErrors] : [])).enumerated() {
      try archive.append(array, to: firstMember + index)
    }
  }
}
