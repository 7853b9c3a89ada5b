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
      guard let values = array.doubles, (1...2).contains(array.shape.count) else {
        throw Failure(.invalidData, "\(path): an array of shape \(array.shape); rows × parameters of real numbers are accepted")
      }
      let columns = array.shape.count == 1 ? 1 : array.shape[1]
      rows = (0..<array.shape[0]).map { Array(values[$0 * columns..<($0 + 1) * columns]) }
    } else {
      (names, rows) = try Self.parse(String(decoding: bytes, as: UTF8.self), path)
    }
    guard !rows.isEmpty else { throw Failure(.invalidData, "\(path): no rows; a header line and at least one row are needed") }
    for (index, row) in rows.enumerated() {
      if let column = row.firstIndex(where: { !$0.isFinite }) {
        throw Failure(
          .invalidData, "\(path): row \(index + 1), column \(column + 1) is \(row[column]); finite numbers are accepted")
      }
    }
  }

  private static func parse(_ text: String, _ path: String) throws -> ([String], [[Double]]) {
    var lines = text.split(whereSeparator: \.isNewline).enumerated().map { ($0.offset + 1, $0.element) }
    lines.removeAll { $0.1.allSatisfy(\.isWhitespace) || $0.1.hasPrefix("#") }
    guard let header = lines.first?.1 else {
      throw Failure(.invalidData, "\(path): empty; a header line of parameter names is needed")
    }
    let names = cells(header)
    if let twice = Dictionary(grouping: names, by: \.self).first(where: { $1.count > 1 })?.key {
      throw Failure(.invalidData, "\(path): column '\(twice)' is there twice")
    }
    let rows = try lines.dropFirst().map { number, line in
      let row = try cells(line).enumerated().map { column, cell in
        guard let value = Double(cell) else {
          throw Failure(.invalidData, "\(path):\(number): column \(column + 1) is '\(cell)'; a number is needed")
        }
        return value
      }
      guard row.count == names.count else {
        throw Failure(
          .invalidData, "\(path):\(number): \(row.count) values for \(names.count) columns (\(names.joined(separator: ", ")))")
      }
      return row
    }
    return (names, rows)
  }

  private static func cells(_ line: Substring) -> [String] {
    line.split(separator: ",", omittingEmptySubsequences: false).map { $0.trimmed() }
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
