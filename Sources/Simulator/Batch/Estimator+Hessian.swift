internal import Circuits

extension Estimator {
  /// Computes expectation values, and of Σ cotangent · value the derivatives and the product of its Hessian with a vector: a row's curvature
  /// along one direction, as Newton's method with conjugate gradients asks for it.
  ///
  ///     // ⟨Z⟩ of ry(a) is cos a: its derivative is −sin a, and its second −cos a.
  ///     try estimator.hessianVectorProducts(
  ///       angles.span, vectors: ones.span, cotangents: ones.span, rowCount: rowCount, values: &values, gradients: &gradients,
  ///       products: &products)
  ///
  /// Exact, not a difference with a step: the derivative by each rotation's angle is a + b·cos(θ) + c·sin(θ) of each angle, so that it changes
  /// along an angle by half of its difference at θ ± π/2. Gradients are taken at both by the adjoint method, for each rotation whose angle
  /// changes along the vector. The chain rule goes on through parameters that rotations share and through expressions, whose own second
  /// derivatives are exact too. Products with every unit vector are the columns of the Hessian; one with a few parameters costs the shifts of
  /// their rotations alone. For the Hessian of one observable give the others cotangents of zero.
  ///
  /// - Parameters:
  ///   - parameters: rowCount × parameters; radians.
  ///   - vectors: rowCount × parameters: what each row's Hessian is multiplied with.
  ///   - cotangents: rowCount × observables: what each value is multiplied with.
  ///   - rowCount: The number of rows.
  ///   - values: rowCount × observables places.
  ///   - gradients: rowCount × parameters places, as ``pullBack(_:cotangents:rowCount:values:gradients:stop:)`` has them.
  ///   - products: rowCount × parameters places: Σⱼ ∂ᵢ∂ⱼ(Σ cotangent · value) · vectorⱼ.
  ///   - stop: Asks to stop; looked at between states.
  /// - Throws: ``SimulatorError``: what ``pullBack(_:cotangents:rowCount:values:gradients:stop:)`` throws; `invalid_argument` for vectors and
  ///   cotangents that are not finite, and for expressions without a finite second derivative, naming the row.
  /// - Complexity: For each row, and each rotation that it turns along the vector, the work of two pull-backs, and one more: at most
  ///   2·rotations + 1, however many parameters and observables there are. The shifts of one row fill the lanes.
  ///
  /// Sources: Mari, Bromley and Killoran, arXiv:2008.06517 (2021), higher derivatives by shifts; Wierichs et al., arXiv:2107.12390 (2022), rules
  /// for gates of several frequencies, which rotations do not have.
  public func hessianVectorProducts(
    _ parameters: Span<Double>, vectors: Span<Double>, cotangents: Span<Double>, rowCount: Int, values: inout MutableSpan<Double>,
    gradients: inout MutableSpan<Double>, products: inout MutableSpan<Double>, stop: StopFlag = StopFlag()
  ) throws(SimulatorError) {
    let (width, valueWidth) = (circuit.parameters.count, observables.count)
    try check(parameters, rowCount, values.count)
    try SimulatorError.check(vectors.count, columns: width, rowCount, "numbers of a vector")
    try SimulatorError.check(cotangents.count, columns: valueWidth, rowCount, "cotangents")
    try SimulatorError.check(gradients.count, columns: width, rowCount, "derivatives")
    try SimulatorError.check(products.count, columns: width, rowCount, "products")
    try checkFinite(vectors, columns: width, "the vector's entry for parameter")
    try checkFinite(cotangents, columns: valueWidth, "the cotangent of observable")
    let runner = try differentiableRunner()
    try unsafe parameters.withUnsafeBufferPointer { (parameters) throws(SimulatorError) in
      try unsafe vectors.withUnsafeBufferPointer { (vectors) throws(SimulatorError) in
        try unsafe cotangents.withUnsafeBufferPointer { (cotangents) throws(SimulatorError) in
          try unsafe values.withUnsafeMutableBufferPointer { (values) throws(SimulatorError) in
            try unsafe gradients.withUnsafeMutableBufferPointer { (gradients) throws(SimulatorError) in
              try unsafe products.withUnsafeMutableBufferPointer { (products) throws(SimulatorError) in
                let hessian = unsafe LaneHessian(vectors: vectors, cotangents: cotangents, gradients: gradients, products: products)
                let job = unsafe LaneJob(
                  rowCount: rowCount, parameters: parameters, values: values, output: .hessianProducts(hessian))
                try runner.run(job, threadCount: threadCount, stop: stop)
              }
            }
          }
        }
      }
    }
  }

  /// Refuses numbers that are none: among thousands of rows it would not be seen which one spoils a sum.
  private func checkFinite(_ numbers: Span<Double>, columns: Int, _ name: String) throws(SimulatorError) {
    for place in numbers.indices where !numbers[place].isFinite {
      throw SimulatorError(
        .invalidArgument,
        "row \(firstRow + place / columns): \(name) \(place % columns) is \(numbers[place]); a finite number is needed")
    }
  }
}
