internal import Circuits

/// Parts of the work apart, for measurements.
extension Estimator {
  /// What rows are run for.
  package enum Purpose: Sendable {
    /// Values alone.
    case values
    /// Values and the derivatives of one sum of them.
    case gradients
  }

  /// Compiles what the first call would compile.
  ///
  /// - Throws: ``SimulatorError``: `unsupported` where rows for gradients do not run in lanes.
  package func prepare(for purpose: Purpose) throws(SimulatorError) { _ = try runner(for: purpose) }

  /// The multiply-adds of one row's states; nil where rows do not run in lanes.
  ///
  /// - Throws: As ``prepare(for:)``.
  package func multiplyAddCount(for purpose: Purpose) throws(SimulatorError) -> Int? {
    try runner(for: purpose)?.program.multiplyAddCount
  }

  /// Turns parameters into the numbers of rotations, and does no more; nothing where rows do not run in lanes.
  ///
  /// - Throws: ``SimulatorError`` as the calls do that go on from there.
  package func bind(_ parameters: Span<Double>, rowCount: Int, for purpose: Purpose) throws(SimulatorError) {
    try SimulatorError.check(parameters.count, columns: circuit.parameters.count, rowCount, "parameters")
    try runner(for: purpose)?.bind(parameters, rowCount: rowCount, threadCount: threadCount)
  }

  private func runner(for purpose: Purpose) throws(SimulatorError) -> LaneRunner? {
    switch purpose {
    case .values: lanes
    case .gradients: try differentiableRunner()
    }
  }
}
