internal import FoundationEssentials

/// Compiled programs on disk, one file for each device, driver, source and set of options.
///
/// File format, version 1: the magic `KWCL0001`; the key's byte count (UInt64, little-endian) and the key; the binary's FNV-1a checksum
/// (UInt64); the binary, to the end of the file. A file that does not read as this, key included, is as good as absent. A next
/// version changes the magic. Files are renamed into place, so that readers see all of one or nothing.
package struct ProgramCache: Sendable {
  /// The folder that holds the files; made when first needed.
  package let directory: String

  package init(directory: String) {
    self.directory = directory
  }

  /// `$XDG_CACHE_HOME/ketwork/opencl`, or under `~/.cache`; nil where neither is known.
  package static var standard: ProgramCache? {
    CacheFolder.path(ProcessInfo.processInfo.environment).map { ProgramCache(directory: $0 + "/opencl") }
  }

  /// What a binary depends on.
  package struct Key: Sendable {
    let bytes: [UInt8]

    package init(device: Device, source: String, options: String) {
      let parts = [
        device.platformName, device.vendor, device.name, device.driverVersion, options, String(source.utf8.count),
        String(fnv1a(Array(source.utf8)), radix: 16), String(fnv1a(Array(source.utf8.reversed())), radix: 16),
      ]
      bytes = Array(parts.joined(separator: "\n").utf8)
    }

    /// The name of the file.
    package var fileName: String { String(fnv1a(bytes), radix: 16) + ".clbin" }
  }

  /// The binary kept for `key`, or nil when there is none that reads whole.
  package func binary(for key: Key) -> [UInt8]? {
    let url = URL(fileURLWithPath: directory).appendingPathComponent(key.fileName)
    // Absent, unreadable or damaged all mean the same: compile again.
    guard let data = try? Data(contentsOf: url), data.count <= Limits.cachedBinaryByteCount else { return nil }
    let header = Self.header(for: key)
    let bytes = [UInt8](data)
    guard bytes.count > header.count + 8, bytes.starts(with: header) else { return nil }
    let binary = Array(bytes[(header.count + 8)...])
    return Array(bytes[header.count..<header.count + 8]) == littleEndian(fnv1a(binary)) ? binary : nil
  }

  /// Keeps `binary` for `key`; a folder that cannot be written is passed over.
  package func store(_ binary: [UInt8], for key: Key) {
    let data = Data(Self.header(for: key) + littleEndian(fnv1a(binary)) + binary)
    let url = URL(fileURLWithPath: directory).appendingPathComponent(key.fileName)
    // Without a cache the next start compiles again, which is all that is lost here.
    try? FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    try? data.write(to: url, options: .atomic)
  }

  private static func header(for key: Key) -> [UInt8] {
    Array("KWCL0001".utf8) + littleEndian(UInt64(key.bytes.count)) + key.bytes
  }
}

private func littleEndian(_ value: UInt64) -> [UInt8] {
  (0..<8).map { UInt8(truncatingIfNeeded: value >> (8 * UInt64($0))) }
}
