internal import Foundation
internal import GRDB

/// Moves what commits appended to the log into the database, beside them, so that none of them waits for it.
struct SQLiteCheckpointer: Sendable {
  private let logPath: String
  private let queue: DatabaseQueue

  init(path: String) throws {
    logPath = "\(path)-wal"
    var configuration = SQLiteStore.configuration
    configuration.label = "ketwork-checkpoint"
    queue = try DatabaseQueue(path: path, configuration: configuration)
  }

  /// Bytes of the log.
  var logByteCount: Int {
    // A log that is not there is empty.
    let attributes = try? FileManager.default.attributesOfItem(atPath: logPath)
    return attributes?[.size] as? Int ?? 0
  }

  /// Moves what can be moved without making anybody wait.
  func run() async throws {
    try await queue.writeWithoutTransaction { db in _ = try db.checkpoint(.passive) }
  }

  func close() throws { try queue.close() }
}
