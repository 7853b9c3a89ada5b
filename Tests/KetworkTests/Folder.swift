import Foundation
import Testing

/// A folder that is removed with the test.
final class Folder {
  private let url = FileManager.default.temporaryDirectory.appending(path: "ketwork-" + UUID().uuidString)

  init() throws { try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true) }

  func path(_ name: String) -> String { url.appending(path: name).path }

  /// Writes a file.
  func write(_ name: String, _ bytes: [UInt8]) throws -> String {
    try Data(bytes).write(to: url.appending(path: name))
    return path(name)
  }

  /// The files here, in alphabetical order.
  var names: [String] {
    do { return try FileManager.default.contentsOfDirectory(atPath: url.path).sorted() } catch {
      Issue.record(error)
      return []
    }
  }

  deinit {
    do { try FileManager.default.removeItem(at: url) } catch { Issue.record(error) }
  }
}
