/// The bounds of this module, each with its reason.
package enum Limits {
  /// Longest build log that goes into an error; a broken kernel repeats itself after that.
  package static let buildLogByteCount = 16_384
  /// Longest name or version read from a driver; real ones are below a few hundred bytes.
  package static let infoByteCount = 1 << 16
  /// Largest cached program binary that is read back; ours are a few hundred kilobytes.
  package static let cachedBinaryByteCount = 1 << 28
  /// Bytes of all cached programs: some ninety of ours, so those of a few devices and several versions.
  package static let programCacheByteCount = 1 << 26
  /// Platforms and devices of one platform that are looked at.
  package static let deviceCount = 64
}
