extension Estimator {
  /// The multiply-adds of evolving the states of one row; nil where rows do not run in lanes.
  package var multiplyAddCount: Int? { lanes?.program.multiplyAddCount }

  /// Does of ``estimate(_:rowCount:into:stop:)`` only what turns parameters into the numbers of rotations: for measurements, of templates
  /// that run in lanes.
  ///
  /// - Parameter values: rowCount × observables places, as for estimating; they are cleared and get no values.
  /// - Throws: ``SimulatorError`` as estimating does.
  package func bind(
    _ parameters: Span<Double>, rowCount: Int, clearing values: inout MutableSpan<Double>
  ) throws(SimulatorError) {
    guard let lanes else { preconditionFailure("rows that do not run in lanes are not bound apart") }
    try lanes.run(parameters, rowCount: rowCount, threadCount: threadCount, values: &values, stage: .bind)
  }
}
