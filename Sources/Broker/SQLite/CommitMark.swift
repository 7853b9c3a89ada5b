#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// The number of the last commit, in a file of its own.
///
/// A write-ahead log is read up to its first damaged frame, so damage in its middle would undo later commits without a word. The mark is
/// written after each commit and never before it: a database that knows fewer commits has lost some. It is not flushed, since it need
/// not be: an old mark only sees less.
final class CommitMark: Sendable {
  private let descriptor: Int32
  private let path: String

  /// Opens the mark of a database.
  ///
  /// - Throws: ``BrokerError`` with code `store_damaged` when it knows of more commits than the database.
  init(path: String, commits: Int64) throws(BrokerError) {
    self.path = path
    descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw BrokerError(.storage, "\(path): cannot be opened") }
    let marked = read()
    guard marked <= commits else {
      throw BrokerError(
        .storeDamaged,
        "the store has \(commits) commits, but \(marked) were made: the last are lost; restore it from a copy, or accept the loss by removing \(path)"
      )
    }
    try write(commits)
  }

  deinit { close(descriptor) }

  private func read() -> Int64 {
    var bytes = [UInt8](repeating: 0, count: 8)
    let count = unsafe bytes.withUnsafeMutableBytes { unsafe pread(descriptor, $0.baseAddress, 8, 0) }
    // A mark that is not whole says nothing.
    guard count == 8 else { return 0 }
    return bytes.reversed().reduce(0) { $0 << 8 | Int64($1) }
  }

  /// Notes a commit.
  func write(_ commits: Int64) throws(BrokerError) {
    let bytes = (0..<8).map { UInt8(truncatingIfNeeded: commits >> (8 * Int64($0))) }
    try SystemCall.write(bytes, to: descriptor, path)
  }
}
