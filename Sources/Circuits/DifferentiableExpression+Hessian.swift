extension DifferentiableExpression {
  /// The value for one row of parameters, its gradient, and the product of its Hessian with a vector.
  ///
  ///     let product = try DifferentiableExpression(.parameter(a) * .parameter(b), parameters: [a: 0, b: 1])
  ///     var gradient = [0.0, 0.0]
  ///     var curvature = [0.0, 0.0]
  ///     var slopes = gradient.mutableSpan
  ///     var products = curvature.mutableSpan
  ///     _ = try product.hessianVectorProduct([2, 5].span, vector: [1, 0].span, gradient: &slopes, product: &products)
  ///     // The gradient is [5, 2], and the product [0, 1].
  ///
  /// Exact up to rounding, like the gradient; where a derivative jumps, the second is taken to be 0, as on both sides.
  ///
  /// - Parameters:
  ///   - row: The values of all parameters.
  ///   - vector: A number for each parameter of the row, of which those in ``parameters`` are read.
  ///   - gradient: As many entries as ``parameters``; unspecified after a failure.
  ///   - product: As many entries: Σⱼ ∂ᵢ∂ⱼf · vectorⱼ; unspecified after a failure.
  /// - Throws: What ``valueAndGradient(_:into:)`` throws, and `not_finite` where there is no finite second derivative, as of a^1.5 at 0.
  /// - Complexity: O(operations · parameters that occur).
  ///
  /// Source: Griewank and Walther (2008), Evaluating Derivatives, chapter 13: Taylor coefficients of the second order.
  public func hessianVectorProduct(
    _ row: Span<Double>, vector: Span<Double>, gradient: inout MutableSpan<Double>, product: inout MutableSpan<Double>
  ) throws(CircuitError) -> Double {
    precondition(gradient.count == parameters.count, "a gradient of \(gradient.count) for \(parameters.count) parameters")
    precondition(product.count == parameters.count, "a product of \(product.count) for \(parameters.count) parameters")
    if let last = parameters.last, last >= min(row.count, vector.count) {
      throw CircuitError.shortRow(min(row.count, vector.count), parameter: last)
    }
    var stack = SecondOrderStack(depth: stackDepth, derivativeCount: parameters.count)
    for operation in operations {
      switch operation {
      case .constant(let value): stack.push(value)
      case .parameter(let entry): stack.push(row[parameters[entry]], slope: vector[parameters[entry]], entry: entry)
      case .binary(let name): try stack.apply(name)
      case .unary(let unary): try stack.apply(unary)
      }
    }
    guard stack.value.isFinite else { throw CircuitError.notFinite(stack.value) }
    if let failure = stack.failure { throw failure }
    for (entry, parameter) in parameters.enumerated() {
      (gradient[entry], product[entry]) = (stack.derivative(entry), stack.product(entry))
      guard gradient[entry].isFinite, product[entry].isFinite else {
        throw CircuitError(
          .notFinite,
          "a derivative in parameter number \(parameter) is \(gradient[entry]), and along the vector \(product[entry]); finite numbers are needed"
        )
      }
    }
    return stack.value
  }
}
