/// Rows of parameter values in a file that need not fit the memory: counted when it is opened, then read window by window.
protocol RowFile: AnyObject {
  var path: String { get }
  /// Column names; nil where columns are in the circuit's order.
  var names: [String]? { get }
  var columnCount: Int { get }
  /// At least one.
  var rowCount: Int { get }

  /// Reads the next rows, one value a column, which may be any numbers.
  ///
  /// - Throws: ``Failure`` for a file that is not what it was when its rows were counted, and for what is no number.
  func next(_ count: Int) throws -> [Double]
}

/// What parameter files have in common.
enum RowFiles {
  /// Opens an .npy or a .csv file.
  static func open(_ path: String) throws -> any RowFile {
    let file = try InputFile(path: path)
    return path.hasSuffix(".npy") ? try NumPyRowFile(file) : try TableRowFile(file)
  }

  static func noRows(_ path: String) -> Failure {
    Failure(.invalidData, "\(path): no rows; a header line and at least one row are needed")
  }

  /// Refuses values that are not finite, by row and column from 1 on.
  static func check(_ values: [Double], columnCount: Int, firstRow: Int, _ path: String) throws {
    guard let wrong = values.firstIndex(where: { !$0.isFinite }) else { return }
    let (row, column) = wrong.quotientAndRemainder(dividingBy: columnCount)
    throw Failure(
      .invalidData, "\(path): row \(firstRow + row + 1), column \(column + 1) is \(values[wrong]); finite numbers are accepted")
  }
}
