internal import Circuits

extension Estimator {
  /// Computes expectation values and their derivatives by all parameters, by the adjoint method.
  ///
  /// - Parameters:
  ///   - parameters: rowCount × parameters; radians.
  ///   - rowCount: The number of rows.
  ///   - values: rowCount × observables places.
  ///   - gradients: rowCount × observables × parameters places: derivatives by the parameters, through shared ones and expressions.
  ///   - stop: Asks to stop; looked at between rows.
  /// - Throws: ``SimulatorError``: what ``estimate(_:rowCount:into:stop:)`` throws, and `unsupported` for templates that do not run in lanes.
  /// - Complexity: For each observable some three times the work of its value; three states a row.
  public func differentiate(
    _ parameters: Span<Double>, rowCount: Int, values: inout MutableSpan<Double>, gradients: inout MutableSpan<Double>,
    stop: StopFlag = StopFlag()
  ) throws(SimulatorError) {
    try check(parameters, rowCount, values.count)
    try check(gradients.count, columns: observables.count * circuit.parameters.count, rowCount, "derivatives")
    let runner = try differentiableRunner()
    try unsafe parameters.withUnsafeBufferPointer { (parameters) throws(SimulatorError) in
      try unsafe values.withUnsafeMutableBufferPointer { (values) throws(SimulatorError) in
        try unsafe gradients.withUnsafeMutableBufferPointer { (gradients) throws(SimulatorError) in
          let job = unsafe LaneJob(rowCount: rowCount, parameters: parameters, values: values, output: .jacobian(gradients))
          try runner.run(job, threadCount: threadCount, stop: stop)
        }
      }
    }
  }

  /// Computes expectation values and the derivatives of Σ cotangent · value: the vector-Jacobian product, by the adjoint method.
  ///
  /// - Parameters:
  ///   - parameters: rowCount × parameters; radians.
  ///   - cotangents: rowCount × observables: what each value is multiplied with.
  ///   - rowCount: The number of rows.
  ///   - values: rowCount × observables places.
  ///   - gradients: rowCount × parameters places.
  ///   - stop: Asks to stop; looked at between rows.
  /// - Throws: As ``differentiate(_:rowCount:values:gradients:stop:)``.
  /// - Complexity: Some three times the work of the values, however many observables there are; two states a row.
  ///
  /// Source: Jones and Gacon, arXiv:2009.02823 (2020).
  public func pullBack(
    _ parameters: Span<Double>, cotangents: Span<Double>, rowCount: Int, values: inout MutableSpan<Double>,
    gradients: inout MutableSpan<Double>, stop: StopFlag = StopFlag()
  ) throws(SimulatorError) {
    try check(parameters, rowCount, values.count)
    try check(cotangents.count, columns: observables.count, rowCount, "cotangents")
    try check(gradients.count, columns: circuit.parameters.count, rowCount, "derivatives")
    let runner = try differentiableRunner()
    try unsafe parameters.withUnsafeBufferPointer { (parameters) throws(SimulatorError) in
      try unsafe cotangents.withUnsafeBufferPointer { (cotangents) throws(SimulatorError) in
        try unsafe values.withUnsafeMutableBufferPointer { (values) throws(SimulatorError) in
          try unsafe gradients.withUnsafeMutableBufferPointer { (gradients) throws(SimulatorError) in
            let job = unsafe LaneJob(
              rowCount: rowCount, parameters: parameters, values: values, output: .pullBack(cotangents: cotangents, gradients))
            try runner.run(job, threadCount: threadCount, stop: stop)
          }
        }
      }
    }
  }

  /// What runs gradients; compiled when they are first wanted.
  private func differentiableRunner() throws(SimulatorError) -> LaneRunner {
    let runner = if let differentiable { differentiable } else { try compiledForGradients() }
    runner.firstRow = firstRow
    differentiable = runner
    return runner
  }

  private func compiledForGradients() throws(SimulatorError) -> LaneRunner {
    let program = try BatchProgram(circuit, observables: observables, isDifferentiable: true)
    return LaneRunner(program, kernels: try CPUKernels.preferred.get(), precision: precision)
  }
}
