internal import Simulator

/// Arrays that come of rows of parameters, window after window.
protocol ArrayOutput {
  /// Bytes of a row's results, in memory.
  var rowByteCount: Int { get }

  /// The arrays of a run of so many rows.
  func members(rowCount: Int) -> [NumPyArchive.Member]

  /// Computes the results of rows, given by their parameters and their places in the run, and appends them.
  ///
  /// - Parameter firstMember: The place of the first of ``members(rowCount:)`` in the archive.
  /// - Throws: ``SimulatorError``, and ``Failure`` where the archive cannot be written. Rows are counted from 1 on, as those of a file.
  func append(_ parameters: [Double], _ rows: Range<Int>, to archive: NumPyArchive, firstMember: Int, _ stop: StopFlag) throws
}
