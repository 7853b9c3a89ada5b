internal import Simulator

/// What keys the draws of a run's shots, beside the row.
struct DrawKeys {
  var seed: UInt64
  /// The circuit's place in its job.
  var circuitIndex: UInt32

  /// What keys the first of a window's rows.
  ///
  /// - Throws: ``SimulatorError`` with code `invalid_argument` for rows beyond those that draws are numbered by.
  static func firstRow(of rows: Range<Int>) throws(SimulatorError) -> UInt32 {
    guard let firstRow = UInt32(exactly: rows.lowerBound) else {
      throw SimulatorError(.invalidArgument, "row \(rows.lowerBound + 1): shots of at most 2³² rows are drawn")
    }
    return firstRow
  }
}
