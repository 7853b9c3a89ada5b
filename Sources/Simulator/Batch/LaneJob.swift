/// Arrays in and out of a batch; whoever makes one keeps them until it has run.
@safe struct LaneJob {
  @safe enum Output {
    /// Nothing: angles are bound, for measurements.
    case bind
    /// Values alone.
    case values
    /// Values, and the derivatives of each by each parameter: rows × observables × parameters.
    case jacobian(UnsafeMutableBufferPointer<Double>)
    /// The same from values under shifted angles.
    case shiftedJacobian(UnsafeMutableBufferPointer<Double>)
    /// Values, and the derivatives of Σ cotangent·value: rows × parameters, of cotangents rows × observables.
    case pullBack(cotangents: UnsafeBufferPointer<Double>, UnsafeMutableBufferPointer<Double>)
    /// Values, derivatives of Σ cotangent·value, and its Hessian times a vector: rows × parameters.
    case hessianProducts(LaneHessian)
    /// No values, but how often each outcome is drawn: rows × 2^bits.
    case counts(LaneShots, UnsafeMutableBufferPointer<UInt32>)
    /// Values from shots, with their standard errors.
    case estimates(LaneEstimates)

    /// Whether a part that has run leaves the parameters of other rows in the lanes.
    var gathers: Bool { if case .shiftedJacobian = self { true } else { false } }
  }

  var rowCount: Int
  /// Rows × parameters.
  var parameters: UnsafeBufferPointer<Double>
  /// Rows × observables; empty where no values are asked for.
  var values: UnsafeMutableBufferPointer<Double>
  var output = Output.values

  /// Zeroes what parts of a program add to.
  func clear(_ rows: Range<Int>, observableCount: Int, parameterCount: Int) {
    func clear(_ array: UnsafeMutableBufferPointer<Double>, _ width: Int) {
      unsafe UnsafeMutableBufferPointer(rebasing: array[rows.lowerBound * width..<rows.upperBound * width]).update(repeating: 0)
    }
    switch output {
    // The products of a Hessian are written whole, and so are counts.
    case .bind, .counts: return
    case .values, .hessianProducts: unsafe clear(values, observableCount)
    case .jacobian(let gradients), .shiftedJacobian(let gradients):
      unsafe clear(values, observableCount)
      unsafe clear(gradients, observableCount * parameterCount)
    case .pullBack(_, let gradients):
      unsafe clear(values, observableCount)
      unsafe clear(gradients, parameterCount)
    case .estimates(let estimates):
      unsafe clear(values, observableCount)
      unsafe clear(estimates.standardErrors, observableCount)
      guard let slopes = estimates.slopes else { return }
      unsafe clear(slopes.gradients, observableCount * parameterCount)
      unsafe clear(slopes.standardErrors, observableCount * parameterCount)
    }
  }
}
