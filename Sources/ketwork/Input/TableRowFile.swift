/// Rows of a .csv file with a header of names.
///
/// The file is read twice: once to count its rows, so that the size of the results is known before the first is there.
final class TableRowFile: RowFile {
  let names: [String]?
  let rowCount: Int
  var columnCount: Int { columns.count }
  var path: String { file.path }
  private let columns: [String]
  private let file: InputFile
  private var lines: LineReader

  /// Reads the names and counts the rows.
  ///
  /// - Throws: ``Failure`` for a table without a header or without rows.
  init(_ file: InputFile) throws {
    self.file = file
    lines = LineReader(file)
    guard let header = try lines.next() else { throw TableLine.noHeader(file.path) }
    columns = try TableLine.names(header.text, file.path)
    names = columns
    var (counter, count) = (lines, 0)
    while try counter.next() != nil { count += 1 }
    rowCount = count
    guard rowCount > 0 else { throw RowFiles.noRows(file.path) }
  }

  func next(_ count: Int) throws -> [Double] {
    var values = [Double]()
    values.reserveCapacity(count * columnCount)
    for _ in 0..<count {
      guard let line = try lines.next() else { throw Failure(.invalidData, "\(path): fewer rows than when they were counted") }
      try TableLine.append(line.text, line.number, columns, path, to: &values)
    }
    return values
  }
}
