extension SimulatorError {
  /// Refuses an array that does not have so many columns in each of so many rows.
  ///
  /// - Throws: ``SimulatorError`` with code `invalid_argument` that has all three numbers.
  static func check(_ count: Int, columns: Int, _ rowCount: Int, _ name: String) throws(SimulatorError) {
    let (wanted, overflows) = rowCount.multipliedReportingOverflow(by: columns)
    guard rowCount >= 0, !overflows, count == wanted else {
      throw SimulatorError(.invalidArgument, "an array of \(count) numbers for \(rowCount) rows of \(columns) \(name)")
    }
  }
}
