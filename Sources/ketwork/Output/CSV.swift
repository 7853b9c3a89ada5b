/// Comma-separated values after RFC 4180.
enum CSV {
  /// The text of lines of cells.
  static func text(_ lines: [[String]]) -> String { lines.map { $0.map(cell).joined(separator: ",") + "\r\n" }.joined() }

  private static func cell(_ text: String) -> String {
    guard text.contains(where: { $0 == "," || $0 == "\"" || $0.isNewline }) else { return text }
    return "\"" + text.reduce(into: "") { $0 += $1 == "\"" ? "\"\"" : String($1) } + "\""
  }
}
