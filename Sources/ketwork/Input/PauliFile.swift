internal import Circuits

/// Pauli strings from a text file, one label a line; blank lines and lines that start with `#` are left out.
enum PauliFile {
  static func read(_ path: String) throws -> [PauliString] {
    let strings = try parse(String(decoding: try Files.read(path), as: UTF8.self), path: path)
    guard !strings.isEmpty else { throw Failure(.invalidData, "\(path): no Pauli strings; one label a line is needed") }
    return strings
  }

  static func parse(_ text: String, path: String) throws -> [PauliString] {
    var strings = [PauliString]()
    for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
      let label = line.trimmed()
      guard !label.isEmpty, !label.hasPrefix("#") else { continue }
      do throws(CircuitError) { strings.append(try PauliString(label)) } catch {
        throw Failure(.invalidData, "\(path):\(index + 1): \(error.message)")
      }
    }
    return strings
  }
}
