internal import FoundationEssentials

/// Rows of parameter values from a file or from options, before they are matched with a circuit's parameters.
struct ParameterTable {
  /// Column names; nil for an .npy file, whose columns are in the circuit's order.
  var names: [String]?
  /// Rows × columns.
  var rows: [[Double]]
  var path: String

  /// Reads a .csv or .npy file.
  init(path: String) throws {
    let bytes = try Files.read(path)
    self.path = path
    if path.hasSuffix(".npy") {
      let array = try NumPyArray(fileBytes: bytes, path: path)
      guard let values = array.doubles, (1...2).contains(array.shape.count), array.shape.dropFirst() != [0] else {
        throw Self.refusal(of: array.shape, path)
      }
      let columns = array.shape.count == 1 ? 1 : array.shape[1]
      rows = (0..<array.shape[0]).map { Array(values[$0 * columns..<($0 + 1) * columns]) }
    } else {
      (names, rows) = try Self.parse(String(decoding: bytes, as: UTF8.self), path)
    }
    guard !rows.isEmpty else { throw RowFiles.noRows(path) }
    for (index, row) in rows.enumerated() { try RowFiles.check(row, columnCount: row.count, firstRow: index, path) }
  }

  static func refusal(of shape: [Int], _ path: String) -> Failure {
    Failure(.invalidData, "\(path): an array of shape \(shape); rows × parameters of real numbers are accepted")
  }

  private static func parse(_ text: String, _ path: String) throws -> ([String], [[Double]]) {
    var lines = text.split(whereSeparator: \.isNewline).enumerated().map { ($0.offset + 1, $0.element) }
    lines.removeAll { $0.1.allSatisfy(\.isWhitespace) || $0.1.hasPrefix("#") }
    guard let header = lines.first?.1 else { throw TableLine.noHeader(path) }
    let names = try TableLine.names(header, path)
    let rows = try lines.dropFirst().map { number, line in
      var row = [Double]()
      try TableLine.append(line, number, names, path, to: &row)
      return row
    }
    return (names, rows)
  }
}

/// The lines of a table of parameters: names first, then numbers.
enum TableLine {
  /// The names of the columns, each there once.
  static func names(_ header: Substring, _ path: String) throws -> [String] {
    let names = cells(header).map { Substring($0).trimmed() }
    if let twice = Dictionary(grouping: names, by: \.self).first(where: { $1.count > 1 })?.key {
      throw Failure(.invalidData, "\(path): column '\(twice)' is there twice")
    }
    return names
  }

  /// Appends the numbers of a line, one for each column.
  static func append(_ line: Substring, _ number: Int, _ names: [String], _ path: String, to values: inout [Double]) throws {
    let cells = cells(line)
    for (column, cell) in cells.enumerated() {
      let text = Substring(cell).trimmed()
      guard let value = Double(text) else {
        throw Failure(.invalidData, "\(path):\(number): column \(column + 1) is '\(text)'; a number is needed")
      }
      values.append(value)
    }
    guard cells.count == names.count else {
      throw Failure(
        .invalidData, "\(path):\(number): \(cells.count) values for \(names.count) columns (\(names.joined(separator: ", ")))")
    }
  }

  static func noHeader(_ path: String) -> Failure {
    Failure(.invalidData, "\(path): empty; a header line of parameter names is needed")
  }

  private static func cells(_ line: Substring) -> [Substring.UTF8View] {
    line.utf8.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
  }
}

extension Substring {
  /// The text without blanks and quotes around it.
  func trimmed() -> String {
    var text = self
    while let first = text.first, first.isWhitespace || first == "\"" { text.removeFirst() }
    while let last = text.last, last.isWhitespace || last == "\"" { text.removeLast() }
    return String(text)
  }
}
