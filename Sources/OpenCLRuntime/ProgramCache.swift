internal import FoundationEssentials

/// Compiled programs on disk, one file for each device, driver, source and set of options.
///
/// File format, version 2: the magic `KWCL0002`; the key's byte count (UInt64, little-endian) and the key; the binary's FNV-1a checksum
/// (UInt64); the binary, to the end of the file. The key is all that the binary depends on, the source included, word for word: two
/// programs cannot be taken for each other. A file that does not read as this is as good as absent, so a next version changes the magic
/// and leaves the old files to age out. Files are renamed into place, so that readers see all of one or nothing.
package struct ProgramCache: Sendable {
  /// The folder that holds the files and nothing else; made when first needed.
  package let directory: String
  /// Bytes of all files, above which the oldest go.
  package let byteLimit: Int

  /// The environment variable that keeps compiled programs of no device where it is `0`, and of processors too where it is `1`.
  package static let switchVariable = "KETWORK_OPENCL_CACHE"

  package init(directory: String, byteLimit: Int = Limits.programCacheByteCount) {
    self.directory = directory
    self.byteLimit = byteLimit
  }

  /// The one in this user's cache folder; nil where there is no such folder, or it is not wanted for this device.
  package static func standard(for device: Device) -> ProgramCache? {
    standard(isProcessor: device.isCPU, environment: ProcessInfo.processInfo.environment)
  }

  /// The one that these variables of the environment ask for.
  ///
  /// Not for processors unless asked for: their drivers compile a kernel for each size of work-group when it is first launched, and keep
  /// the result themselves. Asked for the whole program, PoCL 3.1 compiles every kernel at once: docs/performance.md has the figures.
  package static func standard(isProcessor: Bool, environment: [String: String]) -> ProgramCache? {
    switch environment[switchVariable] {
    case "0": return nil
    case "1": break
    default: if isProcessor { return nil }
    }
    return CacheFolder.path(environment).map { ProgramCache(directory: $0 + "/opencl") }
  }

  /// What a binary depends on.
  package struct Key: Sendable {
    let bytes: [UInt8]

    package init(device: Device, source: String, options: String) {
      let parts = [device.platformName, device.platformVersion, device.vendor, device.name, device.driverVersion, options, source]
      // Lengths before texts, so that no text can be read as the end of another.
      bytes = parts.flatMap { littleEndian(UInt64($0.utf8.count)) + Array($0.utf8) }
    }

    /// The name of the file.
    package var fileName: String { String(fnv1a(bytes), radix: 16) + ".clbin" }
  }

  /// The binary kept for `key`, or nil when there is none that reads whole.
  package func binary(for key: Key) -> [UInt8]? {
    let header = Self.header(for: key)
    let path = directory + "/" + key.fileName
    // Absent, unreadable or damaged all mean the same: compile again.
    guard let entry = Entry(path), (1...header.count + 8 + Limits.cachedBinaryByteCount).contains(entry.byteCount),
      let data = try? Data(contentsOf: URL(fileURLWithPath: path))
    else { return nil }
    let bytes = [UInt8](data)
    guard bytes.count > header.count + 8, bytes.starts(with: header) else { return nil }
    let binary = Array(bytes[(header.count + 8)...])
    return Array(bytes[header.count..<header.count + 8]) == littleEndian(fnv1a(binary)) ? binary : nil
  }

  /// Keeps `binary` for `key`, and removes the oldest files that are too much then; a folder that cannot be written is passed over.
  package func store(_ binary: [UInt8], for key: Key) {
    let data = Data(Self.header(for: key) + littleEndian(fnv1a(binary)) + binary)
    let url = URL(fileURLWithPath: directory).appendingPathComponent(key.fileName)
    // Without a cache the next start compiles again, which is all that is lost here.
    try? FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    try? data.write(to: url, options: .atomic)
    prune(keeping: key.fileName)
  }

  /// Removes the oldest files until the others take at most ``byteLimit`` bytes; the one just written stays whatever its size.
  private func prune(keeping newest: String) {
    // Whatever cannot be read or removed stays; another process may have removed it in the meantime.
    let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
    let entries = names.filter { $0 != newest }.compactMap { Entry(directory + "/" + $0) }.sorted { $0.age > $1.age }
    var byteCount = (Entry(directory + "/" + newest)?.byteCount ?? 0) + entries.reduce(0) { $0 + $1.byteCount }
    for entry in entries where byteCount > byteLimit {
      try? FileManager.default.removeItem(atPath: entry.path)
      byteCount -= entry.byteCount
    }
  }

  /// A regular file of the folder.
  private struct Entry {
    let path: String
    let byteCount: Int
    /// How long before now it was written.
    let age: TimeInterval

    init?(_ path: String) {
      guard let attributes = try? FileManager.default.attributesOfItem(atPath: path),
        attributes[.type] as? FileAttributeType == .typeRegular,
        // The type that it has without Foundation; with it, a number that turns into any type.
        let size = attributes[.size] as? UInt,
        let date = attributes[.modificationDate] as? Date
      else { return nil }
      (self.path, byteCount, age) = (path, Int(clamping: size), -date.timeIntervalSinceNow)
    }
  }

  private static func header(for key: Key) -> [UInt8] {
    Array("KWCL0002".utf8) + littleEndian(UInt64(key.bytes.count)) + key.bytes
  }
}

private func littleEndian(_ value: UInt64) -> [UInt8] {
  (0..<8).map { UInt8(truncatingIfNeeded: value >> (8 * UInt64($0))) }
}
