internal import Circuits
internal import Simulator

/// Values of observables: `values` and `standard_errors`, rows × observables, and `gradients`, rows × observables × parameters.
struct EstimateOutput: ArrayOutput {
  let estimator: Estimator
  let differentiation: DifferentiationMethod?

  /// Derivatives of each value; 0 where they are not wanted.
  private var gradientCount: Int { differentiation == nil ? 0 : estimator.circuit.parameters.count }

  var rowByteCount: Int { 8 * estimator.observables.count * (2 + gradientCount) }

  func members(rowCount: Int) -> [NumPyArchive.Member] {
    let shape = [rowCount, estimator.observables.count]
    let values = ["values", "standard_errors"].map { NumPyArchive.Member(name: $0, shape: shape) }
    return values + (differentiation == nil ? [] : [.init(name: "gradients", shape: shape + [gradientCount])])
  }

  func append(_ parameters: [Double], _ rows: Range<Int>, to archive: NumPyArchive, firstMember: Int, _ stop: StopFlag) throws {
    var values = [Double](repeating: 0, count: rows.count * estimator.observables.count)
    var gradients = [Double](repeating: 0, count: values.count * gradientCount)
    estimator.firstRow = rows.lowerBound + 1
    var places = values.mutableSpan
    if let differentiation {
      var derivatives = gradients.mutableSpan
      try estimator.differentiate(
        parameters.span, rowCount: rows.count, values: &places, gradients: &derivatives, method: differentiation, stop: stop)
    } else {
      try estimator.estimate(parameters.span, rowCount: rows.count, into: &places, stop: stop)
    }
    try archive.append(values, to: firstMember)
    // Values are exact.
    try archive.append([Double](repeating: 0, count: values.count), to: firstMember + 1)
    if differentiation != nil { try archive.append(gradients, to: firstMember + 2) }
  }
}
