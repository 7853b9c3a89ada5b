package import FoundationEssentials

/// What a device gives in one precision, measured: its ceilings, and what the parts of a tile pass take.
///
/// Written to disk as docs/schemas/calibration-1.schema.json says. A next version changes the number there and here; files of other versions
/// are measured anew.
package struct DeviceCalibration: Hashable, Sendable, Codable {
  /// The version of the file format.
  package static let currentVersion = 1

  /// What the parts of a block take on all threads together, in seconds an amplitude, in tiles that stay in the cache.
  package struct TileTimes: Hashable, Sendable, Codable {
    /// Loading and storing the amplitudes of a block, with hardly any arithmetic.
    package var loadAndStore: Double
    /// What each rotation adds.
    package var rotation: Double
    /// What each 4×4 matrix adds.
    package var matrix: Double
    /// What each table of factors adds.
    package var table: Double

    package init(loadAndStore: Double, rotation: Double, matrix: Double, table: Double) {
      (self.loadAndStore, self.rotation, self.matrix, self.table) = (loadAndStore, rotation, matrix, table)
    }
  }

  package var version = Self.currentVersion
  /// What the figures depend on.
  package var key: CalibrationKey
  /// Bytes in a second, read and written in place, over a state that no cache holds.
  package var bytesPerSecond: Double
  /// Floating-point operations in a second, two for each fused multiply-add in registers.
  package var operationsPerSecond: Double
  package var secondsPerAmplitude: TileTimes
  package var measuredAt: Date

  package init(
    key: CalibrationKey, bytesPerSecond: Double, operationsPerSecond: Double, secondsPerAmplitude: TileTimes, measuredAt: Date
  ) {
    self.key = key
    self.bytesPerSecond = bytesPerSecond
    self.operationsPerSecond = operationsPerSecond
    self.secondsPerAmplitude = secondsPerAmplitude
    self.measuredAt = measuredAt
  }

  /// Whether the figures can be true: a file may hold anything.
  var isSound: Bool {
    let rates = [bytesPerSecond, operationsPerSecond, secondsPerAmplitude.loadAndStore]
    let additions = [secondsPerAmplitude.rotation, secondsPerAmplitude.matrix, secondsPerAmplitude.table]
    return version == Self.currentVersion && rates.allSatisfy { $0.isFinite && $0 > 0 }
      && additions.allSatisfy { $0.isFinite && $0 >= 0 }
  }
}
