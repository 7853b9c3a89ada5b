/// The text being read and its name.
struct SourceText {
  let file: String
  let bytes: [UInt8]

  /// The bytes of a range as text.
  func text(_ range: SourceRange) -> String {
    let end = min(Int(range.end), bytes.count)
    return String(decoding: bytes[min(Int(range.start), end)..<end], as: UTF8.self)
  }

  /// Failures, sorted by place, with the lines and columns they are at; one pass over the text.
  func diagnostics(_ failures: [Failure]) -> [OpenQASMError.Diagnostic] {
    var result = [OpenQASMError.Diagnostic]()
    var (line, lineStart, position) = (1, 0, 0)
    for failure in failures {
      let place = min(Int(failure.range.start), bytes.count)
      while position < place {
        if bytes[position] == UInt8(ascii: "\n") { (line, lineStart) = (line + 1, position + 1) }
        position += 1
      }
      result.append(diagnostic(failure, line: line, lineStart: lineStart, place: place))
    }
    return result
  }

  private func diagnostic(_ failure: Failure, line: Int, lineStart: Int, place: Int) -> OpenQASMError.Diagnostic {
    let column = String(decoding: bytes[lineStart..<place], as: UTF8.self).unicodeScalars.count + 1
    // A line of megabytes is cut to a window around the place.
    let windowStart = max(lineStart, boundary(place - Limits.quotedCharacterCount * 2))
    var end = place
    while end < bytes.count, bytes[end] != UInt8(ascii: "\n"), end - place < Limits.quotedCharacterCount * 2 { end += 1 }
    let before = printable(String(decoding: bytes[windowStart..<place], as: UTF8.self))
    let after = printable(String(decoding: bytes[place..<max(place, boundary(end))], as: UTF8.self))
    return OpenQASMError.Diagnostic(
      code: failure.code, file: file, line: line, column: column, text: shortened(text(failure.range)),
      message: failure.message, sourceLine: before + after, caretOffset: before.unicodeScalars.count)
  }

  /// The start of the character that a byte belongs to.
  private func boundary(_ position: Int) -> Int {
    var position = max(0, position)
    while position > 0, position < bytes.count, bytes[position] & 0xC0 == 0x80 { position -= 1 }
    return position
  }

  private func printable(_ text: String) -> String {
    String(String.UnicodeScalarView(text.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7F ? " " : $0 }))
  }

  private func shortened(_ text: String) -> String {
    let firstLine = text.prefix { !$0.isNewline }
    guard firstLine.unicodeScalars.count > Limits.quotedCharacterCount else { return String(firstLine) }
    return String(String.UnicodeScalarView(firstLine.unicodeScalars.prefix(Limits.quotedCharacterCount))) + "…"
  }
}
