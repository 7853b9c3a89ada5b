internal import Circuits

/// How derivatives are computed.
public enum DifferentiationMethod: Hashable, Sendable {
  /// Backwards through the rotations with a ket and a bra: exact, a few times the work of the values.
  case adjoint
  /// From values with each rotation's angle shifted by a quarter turn both ways: exact, two values for each rotation; what a device can do.
  case parameterShift
  /// Central differences of sixth order with a step in radians: an error of step⁶ and of rounding over the step; for checking.
  case finiteDifferences(step: Double)
}

extension Estimator {
  /// Computes expectation values and their derivatives by all parameters.
  ///
  /// - Parameters:
  ///   - parameters: rowCount × parameters; radians.
  ///   - rowCount: The number of rows.
  ///   - values: rowCount × observables places.
  ///   - gradients: rowCount × observables × parameters places: derivatives by the parameters, through shared ones and expressions.
  ///   - method: How they are computed.
  ///   - stop: Asks to stop; looked at between rows.
  /// - Throws: ``SimulatorError``: what ``estimate(_:rowCount:into:stop:)`` throws, and `unsupported` for templates that do not run in lanes.
  /// - Complexity: For each observable some three times the work of its value and three states a row, by the adjoint method.
  public func differentiate(
    _ parameters: Span<Double>, rowCount: Int, values: inout MutableSpan<Double>, gradients: inout MutableSpan<Double>,
    method: DifferentiationMethod = .adjoint, stop: StopFlag = StopFlag()
  ) throws(SimulatorError) {
    try check(parameters, rowCount, values.count)
    try SimulatorError.check(gradients.count, columns: observables.count * circuit.parameters.count, rowCount, "derivatives")
    if case .finiteDifferences(let step) = method {
      try estimate(parameters, rowCount: rowCount, into: &values, stop: stop)
      return try takeDifferences(parameters, step, rowCount: rowCount, into: &gradients, stop)
    }
    try unsafe parameters.withUnsafeBufferPointer { (parameters) throws(SimulatorError) in
      try unsafe values.withUnsafeMutableBufferPointer { (values) throws(SimulatorError) in
        try unsafe gradients.withUnsafeMutableBufferPointer { (gradients) throws(SimulatorError) in
          let job = unsafe LaneJob(
            rowCount: rowCount, parameters: parameters, values: values,
            output: method == .adjoint ? .jacobian(gradients) : .shiftedJacobian(gradients))
          try run(job, stop)
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
    try SimulatorError.check(cotangents.count, columns: observables.count, rowCount, "cotangents")
    try SimulatorError.check(gradients.count, columns: circuit.parameters.count, rowCount, "derivatives")
    try unsafe parameters.withUnsafeBufferPointer { (parameters) throws(SimulatorError) in
      try unsafe cotangents.withUnsafeBufferPointer { (cotangents) throws(SimulatorError) in
        try unsafe values.withUnsafeMutableBufferPointer { (values) throws(SimulatorError) in
          try unsafe gradients.withUnsafeMutableBufferPointer { (gradients) throws(SimulatorError) in
            let job = unsafe LaneJob(
              rowCount: rowCount, parameters: parameters, values: values, output: .pullBack(cotangents: cotangents, gradients))
            try run(job, stop)
          }
        }
      }
    }
  }

  /// Runs a job of derivatives where they are computed.
  private func run(_ job: LaneJob, _ stop: StopFlag) throws(SimulatorError) {
    if let densities {
      try run(job, densities, stop)
    } else if let batch = try accelerator(job) {
      batch.firstRow = firstRow
      try batch.run(job, stop: stop)
      deviceName = batch.deviceName
    } else {
      let runner = if case .shiftedJacobian = job.output { try lanesRunner() } else { try differentiableRunner() }
      deviceName = "cpu"
      try runner.run(job, threadCount: threadCount, stop: stop)
    }
  }

  /// The device for a job of derivatives; nil where the CPU computes them.
  private func accelerator(_ job: LaneJob) throws(SimulatorError) -> OpenCLBatch? {
    let pullCount: Int
    switch job.output {
    case .jacobian: pullCount = observables.count
    case .pullBack: pullCount = 1
    case .bind, .values, .shiftedJacobian, .hessianProducts, .counts, .estimates: return nil
    }
    return try accelerator?.gradientBatch(rowCount: job.rowCount, pullCount: pullCount) { () throws(SimulatorError) in
      try differentiableRunner().program
    }
  }

  /// What runs gradients; compiled when they are first wanted.
  func differentiableRunner() throws(SimulatorError) -> LaneRunner {
    let runner = if let differentiable { differentiable } else { try compiled(isDifferentiable: true) }
    runner.firstRow = firstRow
    differentiable = runner
    return runner
  }

  /// What runs values in lanes without products; where there is none, compiling it says why.
  private func lanesRunner() throws(SimulatorError) -> LaneRunner {
    // Shifts are of sums; where values are products, the program for gradients has none.
    if let lanes, !lanes.program.products.isEmpty { return try differentiableRunner() }
    let runner = if let lanes { lanes } else { try compiled(isDifferentiable: false) }
    runner.firstRow = firstRow
    return runner
  }

  private func compiled(isDifferentiable: Bool) throws(SimulatorError) -> LaneRunner {
    let program = try BatchProgram(circuit, observables: observables, isDifferentiable: isDifferentiable)
    return LaneRunner(program, kernels: try CPUKernels.preferred.get(), precision: precision)
  }

  /// Derivatives from values at three steps both ways, one row after the other.
  private func takeDifferences(
    _ parameters: Span<Double>, _ step: Double, rowCount: Int, into gradients: inout MutableSpan<Double>, _ stop: StopFlag
  ) throws(SimulatorError) {
    guard step > 0, step.isFinite else {
      throw SimulatorError(.invalidArgument, "differences with a step of \(step) radians; a positive number is needed")
    }
    let (width, steps) = (circuit.parameters.count, [-3.0, -2, -1, 1, 2, 3])
    let weights = [-1.0, 9, -45, 45, -9, 1].map { $0 / (60 * step) }
    for row in 0..<rowCount {
      let angles = (row * width..<(row + 1) * width).map { parameters[$0] }
      for parameter in 0..<width {
        let shifted = steps.flatMap { factor in
          angles.enumerated().map { $0.offset == parameter ? $0.element + factor * step : $0.element }
        }
        var values = [Double](repeating: 0, count: steps.count * observables.count)
        var places = values.mutableSpan
        try estimate(shifted.span, rowCount: steps.count, into: &places, stop: stop)
        for observable in observables.indices {
          gradients[(row * observables.count + observable) * width + parameter] = weights.indices.reduce(0.0) {
            $0 + weights[$1] * values[$1 * observables.count + observable]
          }
        }
      }
    }
  }
}
