internal import Circuits

/// Parts of the work apart, for measurements.
extension Sampler {
  /// The multiply-adds of one row's state; nil where rows do not run in lanes.
  package var multiplyAddCount: Int? { lanes?.program.multiplyAddCount }

  /// Turns parameters into the numbers of rotations, and does no more; nothing where rows do not run in lanes.
  ///
  /// - Throws: ``SimulatorError`` as the call does that goes on from there.
  package func bind(_ parameters: Span<Double>, rowCount: Int) throws(SimulatorError) {
    try SimulatorError.check(parameters.count, columns: circuit.parameters.count, rowCount, "parameters")
    try lanes?.bind(parameters, rowCount: rowCount, threadCount: threadCount)
  }
}
