internal import FoundationEssentials
internal import Protocol

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// A file with a worker's secret key for receipts: comments, and one line of a word that names the format and 64 hexadecimal digits.
///
/// What it says about a file never holds anything of the file.
enum SigningKeyFile {
  private static let format = "ketwork-signing-key-1"

  /// Refuses to go on in a build that cannot sign or verify.
  static func requireReceipts() throws {
    guard SigningKey.isBuiltIn else {
      throw Failure(
        .unavailable, "receipts are not built into this ketwork: build it with the package trait Receipts, which is on by default")
    }
  }

  /// Reads a key.
  ///
  /// - Throws: ``Failure`` where there is no such file, where others than its owner may read it, and where it holds no key.
  static func read(_ path: String) throws -> SigningKey {
    try requireReceipts()
    let text = String(decoding: try Files.read(path), as: UTF8.self)
    var status = stat()
    guard unsafe stat(path, &status) == 0, status.st_mode & 0o077 == 0 else {
      throw Failure(.noInput, "\(path): others may read this signing key; chmod 600 makes it its owner's, and a new one is safer")
    }
    let lines = text.split(whereSeparator: \.isNewline).filter { !$0.hasPrefix("#") }
    let words = lines.first?.split(separator: " ") ?? []
    guard lines.count == 1, words.count == 2, words[0] == format, let seed = Digest(String(words[1])) else {
      throw Failure(.invalidData, "\(path): no signing key; one line of \(format) and 64 hexadecimal digits is accepted")
    }
    return try SigningKey(seed: seed.bytes)
  }

  /// Makes a key, and a file of it that only its owner reads.
  ///
  /// - Throws: ``Failure`` where the file is there already or cannot be made.
  static func create(_ path: String) throws -> SigningKey {
    try requireReceipts()
    var generator = SystemRandomNumberGenerator()
    let seed = (0..<SigningKey.seedByteCount).map { _ in UInt8.random(in: 0...255, using: &generator) }
    let key = try SigningKey(seed: seed)
    guard let secret = Digest(bytes: seed) else { preconditionFailure("a seed has as many bytes as a digest") }
    let text = """
      # The signing key of a Ketwork worker with the fingerprint \(key.fingerprint).
      # Keep it secret: whoever has it signs as this worker.
      \(format) \(secret)

      """
    try write(Array(text.utf8), to: path)
    return key
  }

  private static func write(_ bytes: [UInt8], to path: String) throws {
    let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      let isThere = errno == EEXIST
      throw Failure(
        .cannotCreate,
        isThere ? "\(path): is there already; a key is never overwritten" : "\(path): cannot be written: \(SystemError.text())")
    }
    defer { close(descriptor) }
    let written = unsafe bytes.withUnsafeBytes { buffer in unsafe Glibc.write(descriptor, buffer.baseAddress, buffer.count) }
    guard written == bytes.count, fsync(descriptor) == 0 else {
      throw Failure(.cannotCreate, "\(path): cannot be written: \(SystemError.text())")
    }
  }
}
