internal import FoundationEssentials
internal import Protocol

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// Large values as files that are named by the SHA-256 of their content.
///
/// A file has its name only when its content is durable, so a row that names it can be trusted once the folder is flushed.
struct BlobFolder: Sendable {
  /// The folder, beside the database.
  let path: String

  init(path: String) throws(BrokerError) {
    self.path = path
    try SystemCall.makeFolder(path)
    try SystemCall.flushFolder(path)
  }

  /// Keeps bytes; ``flush()`` makes the name durable.
  func keep(_ bytes: [UInt8], _ digest: Digest) throws(BrokerError) {
    let partial = "\(place(of: digest)).partial"
    try SystemCall.withFile(partial, O_WRONLY | O_CREAT | O_TRUNC) { descriptor throws(BrokerError) in
      try SystemCall.write(bytes, to: descriptor, partial)
      try SystemCall.flush(descriptor, partial)
    }
    try SystemCall.name(partial, as: place(of: digest))
  }

  /// Makes the names of all files kept so far durable.
  func flush() throws(BrokerError) { try SystemCall.flushFolder(path) }

  /// The bytes of a digest.
  ///
  /// - Throws: ``BrokerError`` when they are not there, or are not what the name says.
  func read(_ digest: Digest) throws(BrokerError) -> [UInt8] {
    let place = place(of: digest)
    let bytes: [UInt8]
    do { bytes = Array(try Data(contentsOf: URL(filePath: place))) } catch {
      throw BrokerError(.storeDamaged, "\(place): cannot be read: \(error)")
    }
    guard Digest(of: bytes) == digest else { throw BrokerError(.storeDamaged, "\(place): its content is not what its name says") }
    return bytes
  }

  /// Removes a file.
  func remove(_ digest: Digest) throws(BrokerError) { try SystemCall.remove(place(of: digest)) }

  /// Removes what no row names: files of commits that did not happen, and of rows that went before their file.
  func removeAll(except kept: Set<Digest>) throws(BrokerError) {
    let names: [String]
    do { names = try FileManager.default.contentsOfDirectory(atPath: path) } catch {
      throw BrokerError(.storage, "\(path): cannot be listed: \(error)")
    }
    for name in names where Digest(name).map({ !kept.contains($0) }) ?? name.hasSuffix(".partial") {
      try SystemCall.remove("\(path)/\(name)")
    }
  }

  private func place(of digest: Digest) -> String { "\(path)/\(digest)" }
}
