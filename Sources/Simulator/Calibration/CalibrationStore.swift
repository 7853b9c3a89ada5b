internal import FoundationEssentials
internal import OpenCLRuntime

/// Measured figures on disk, one file for each key.
///
/// A file that does not read as one, whose figures cannot be true, or that belongs to another key is as good as absent. Files are renamed
/// into place, so that readers see all of one or nothing.
package struct CalibrationStore: Sendable {
  /// The folder that holds the files; made when first needed.
  package let directory: String

  package init(directory: String) { self.directory = directory }

  /// `calibration` in the user's cache folder; nil where the environment does not say where that is.
  package static func standard(_ environment: [String: String]) -> CalibrationStore? {
    CacheFolder.path(environment).map { CalibrationStore(directory: $0 + "/calibration") }
  }

  /// The figures kept for a key; nil if they have to be measured.
  package func calibration(for key: CalibrationKey) -> DeviceCalibration? {
    // Absent, unreadable and damaged all mean the same: measure again.
    guard let data = try? Data(contentsOf: URL(filePath: path(for: key))), data.count <= Limits.calibrationByteCount else {
      return nil
    }
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    decoder.dateDecodingStrategy = .iso8601
    guard let found = try? decoder.decode(DeviceCalibration.self, from: data), found.key == key, found.isSound else { return nil }
    return found
  }

  /// Keeps figures.
  ///
  /// - Throws: ``SimulatorError`` with code `not_kept`; the figures hold all the same, and have to be measured again next time.
  package func keep(_ calibration: DeviceCalibration) throws(SimulatorError) {
    do {
      try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
      try Self.data(calibration).write(to: URL(filePath: path(for: calibration.key)), options: .atomic)
    } catch {
      let reason = (error as? CocoaError).map { "file error \($0.code.rawValue)" } ?? "\(error)"
      throw SimulatorError(
        .notKept, "measured figures cannot be kept in \(directory), so they will be measured again: \(reason)")
    }
  }

  /// The bytes of a file.
  private static func data(_ calibration: DeviceCalibration) throws -> Data {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.dateEncodingStrategy = .iso8601
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return try encoder.encode(calibration)
  }

  /// Where the figures of a key are kept.
  package func path(for key: CalibrationKey) -> String { directory + "/" + key.fileName }
}
