internal import FoundationEssentials

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// Small JSON files whose permissions matter.
enum GuardedFile {
  /// Who else may do what.
  enum Secrecy {
    /// Only its owner reads it.
    case secret
    /// Others may read it, and must not write it: it says who is believed.
    case trusted
    /// It is nobody's secret, and is not relied on.
    case open

    fileprivate var forbidden: mode_t {
      switch self {
      case .secret: 0o077
      case .trusted: 0o022
      case .open: 0
      }
    }
  }

  /// Reads a file, unless others may do what they must not.
  ///
  /// - Throws: ``Failure``; it names the file, and repeats nothing of what is in it.
  static func decode<Value: Decodable>(_ type: Value.Type, at path: String, _ secrecy: Secrecy) throws -> Value {
    let file = try InputFile(path: path)
    guard file.permissions & secrecy.forbidden == 0 else {
      let mode = String(file.permissions & 0o777, radix: 8)
      throw Failure(
        .invalidData, "\(path): others may \(secrecy.wrong) it (mode \(mode)); `chmod \(secrecy.mode) \(path)` mends that")
    }
    guard file.byteCount <= Limits.keyFileByteCount else {
      throw Failure(.invalidData, "\(path): \(file.byteCount) bytes; at most \(Limits.keyFileByteCount) are read")
    }
    do {
      return try JSONDecoder().decode(type, from: Data(try file.bytes(at: 0, count: file.byteCount)))
    } catch let failure as Failure {
      throw failure
    } catch {
      throw Failure(.invalidData, "\(path): is not such a file as `ketwork keys` writes")
    }
  }

  /// Writes a file whole or not at all, and makes sure that it is on the disk.
  static func write(_ value: some Encodable, to path: String, permissions: mode_t) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let bytes = Array(try encoder.encode(value)) + [UInt8(ascii: "\n")]
    let file = try PartialFile(path: path, permissions: permissions)
    try unsafe file.write(bytes.span.bytes, at: 0)
    try file.flush()
    try file.complete()
  }
}

extension GuardedFile.Secrecy {
  fileprivate var wrong: String { self == .secret ? "read" : "write" }
  fileprivate var mode: String { self == .secret ? "600" : "go-w" }
}
