internal import Protocol

/// A file of SHA-256 digests, one a line, each followed by a name for people if it has one: keys to trust, or executables that are allowed
/// as sha256sum prints them. Lines that begin with # are comments.
enum FingerprintFile {
  /// The digests with their names.
  ///
  /// - Throws: ``Failure`` where the file does not read or has no digest in it.
  static func read(_ path: String) throws -> [Digest: String] {
    var digests: [Digest: String] = [:]
    let text = String(decoding: try Files.read(path), as: UTF8.self)
    for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
      let words = line.split(maxSplits: 1, whereSeparator: \.isWhitespace)
      guard let first = words.first, !first.hasPrefix("#") else { continue }
      guard let digest = Digest(String(first)) else {
        throw Failure(.invalidData, "\(path), line \(index + 1): no SHA-256 digest; 64 hexadecimal digits and a name are accepted")
      }
      digests[digest] = words.count > 1 ? String(words[1].drop { $0.isWhitespace || $0 == "*" }) : ""
    }
    guard !digests.isEmpty else { throw Failure(.invalidData, "\(path): no digests; one a line, and a name, are accepted") }
    return digests
  }
}
