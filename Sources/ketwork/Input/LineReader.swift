/// The lines of a text file that say something: blank ones and those that start with `#` are left out.
///
/// Lines end with LF, CR or both; the last may end with the file.
struct LineReader {
  /// One line, with its number in the file from 1 on.
  struct Line {
    var number: Int
    var text: Substring
  }

  private let file: InputFile
  private var offset = 0
  private var buffer: [UInt8] = []
  private var place = 0
  private var lineNumber = 0
  private var endedWithReturn = false

  init(_ file: InputFile) { self.file = file }

  /// The next line; nil at the end.
  ///
  /// - Throws: ``Failure`` for a line that is too long, and for what the system refuses.
  mutating func next() throws -> Line? {
    while let bytes = try nextBytes() {
      let text = String(decoding: bytes, as: UTF8.self)[...]
      if text.hasPrefix("#") || text.allSatisfy(\.isWhitespace) { continue }
      return Line(number: lineNumber, text: text)
    }
    return nil
  }

  private mutating func nextBytes() throws -> ArraySlice<UInt8>? {
    while true {
      if let end = buffer[place...].firstIndex(where: { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }) {
        let isSecondHalf = endedWithReturn && end == place && buffer[end] == UInt8(ascii: "\n")
        let line = buffer[place..<end]
        endedWithReturn = buffer[end] == UInt8(ascii: "\r")
        place = end + 1
        if isSecondHalf { continue }
        lineNumber += 1
        return line
      }
      if try fill() { continue }
      guard place < buffer.count else { return nil }
      defer { place = buffer.count }
      lineNumber += 1
      return buffer[place...]
    }
  }

  /// Reads on, behind what has not been used; false at the end.
  private mutating func fill() throws -> Bool {
    guard buffer.count - place <= Limits.lineByteCount else {
      throw Failure(
        .invalidData,
        "\(file.path):\(lineNumber + 1): a line of more than \(Limits.lineByteCount) bytes; a table of numbers is needed")
    }
    let more = try file.bytes(at: offset, count: Limits.readByteCount)
    offset += more.count
    buffer.removeSubrange(..<place)
    buffer += more
    place = 0
    return !more.isEmpty
  }
}
