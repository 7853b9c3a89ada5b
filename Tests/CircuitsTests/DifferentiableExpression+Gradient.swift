import Circuits

extension DifferentiableExpression {
  /// The value and its gradient as an array.
  func valueAndGradient(_ row: [Double]) throws(CircuitError) -> (value: Double, gradient: [Double]) {
    var gradient = [Double](repeating: .nan, count: parameters.count)
    var entries = gradient.mutableSpan
    let value = try valueAndGradient(row.span, into: &entries)
    return (value, gradient)
  }
}
