import Foundation
import Protocol

/// The digest of the file that this process runs.
enum ExecutableHash {
  /// Bytes that are read at a time.
  private static let pieceByteCount = 1 << 20

  /// Reads the file anew at each call: a worker does so once, at its start.
  ///
  /// The kernel's link leads to the file that was started, also where another has taken its name since. Libraries that it loads are not
  /// in it.
  ///
  /// - Throws: ``WorkerError`` with code `invalid_argument` where the file cannot be read.
  static func current() throws -> Digest {
    do {
      let file = try FileHandle(forReadingFrom: URL(filePath: "/proc/self/exe"))
      defer { file.closeFile() }
      var builder = DigestBuilder()
      while let piece = try file.read(upToCount: pieceByteCount), !piece.isEmpty { builder.append(piece) }
      return builder.finish()
    } catch {
      throw WorkerError(.invalidArgument, "/proc/self/exe, the program itself, cannot be read to sign for it: \(error)")
    }
  }
}
