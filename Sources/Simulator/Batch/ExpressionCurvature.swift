internal import Circuits

/// What an expression's value does along a row's vector.
struct ExpressionCurvature {
  /// ∂ᵢe and Σⱼ ∂ᵢ∂ⱼe·vⱼ for the parameters that occur.
  let gradient: [Double]
  let product: [Double]
  /// Σᵢ ∂ᵢe·vᵢ.
  let slope: Double

  /// - Throws: ``CircuitError``, as ``DifferentiableExpression/hessianVectorProduct(_:vector:gradient:product:)``.
  init(_ expression: DifferentiableExpression, _ row: Span<Double>, vector: Span<Double>) throws(CircuitError) {
    var gradient = [Double](repeating: 0, count: expression.parameters.count)
    var product = gradient
    var slopes = gradient.mutableSpan
    var products = product.mutableSpan
    _ = try expression.hessianVectorProduct(row, vector: vector, gradient: &slopes, product: &products)
    (self.gradient, self.product) = (gradient, product)
    slope = expression.parameters.enumerated().reduce(0.0) { $0 + gradient[$1.offset] * vector[$1.element] }
  }
}
