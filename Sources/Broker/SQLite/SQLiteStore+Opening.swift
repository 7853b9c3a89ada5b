internal import Foundation
internal import GRDB

extension SQLiteStore {
  /// Marks a database as one of ours: "KTWK".
  private static let applicationID = 0x4b54_574b

  static var configuration: Configuration {
    var configuration = Configuration()
    configuration.journalMode = .wal
    configuration.foreignKeysEnabled = true
    configuration.busyMode = .timeout(5)
    configuration.label = "ketwork-store"
    configuration.maximumReaderCount = 2
    configuration.prepareDatabase { db in
      // Checkpoints run beside commits, not in them: see ``SQLiteCheckpointer``.
      try db.execute(sql: "PRAGMA wal_autocheckpoint = 0")
      try db.execute(sql: "PRAGMA cache_size = -16384")
    }
    return configuration
  }

  /// Makes sure that the database is ours, whole, durable and of this version.
  static func prepare(_ pool: DatabasePool, path: String) async throws {
    try await pool.writeWithoutTransaction { db in
      try requireDurability(db, path)
      let application = try Int.fetchOne(db, sql: "PRAGMA application_id") ?? 0
      let isEmpty = try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_schema") == 0
      guard application == applicationID || isEmpty else {
        throw BrokerError(.storeDamaged, "\(path): is a database, but no store of a broker")
      }
      try db.execute(sql: "PRAGMA application_id = \(applicationID)")
      let findings = try String.fetchAll(db, sql: "PRAGMA quick_check(3)")
      guard findings == ["ok"] else {
        throw BrokerError(.storeDamaged, "\(path): \(findings.joined(separator: "; ")); restore it from a copy")
      }
      guard try !SQLiteSchema.migrator.hasBeenSuperseded(db) else {
        throw BrokerError(.storeVersion, "\(path): was written by a newer version of ketwork")
      }
    }
    try SQLiteSchema.migrator.migrate(pool)
    try await pool.writeWithoutTransaction { db in
      // The migrator prepares nothing anew, but a promise is checked where it is given.
      try requireDurability(db, path)
      // What a flush that failed left in the log may be in the system's cache alone, and is never written if nothing writes it anew. Moving
      // the log into the database does, before anything that was read there is promised.
      _ = try db.checkpoint(.truncate)
    }
  }

  /// GRDB sets `synchronous` to NORMAL once a connection is prepared: it is raised again, and read back.
  private static func requireDurability(_ db: Database, _ path: String) throws {
    try db.execute(sql: "PRAGMA synchronous = FULL")
    let level = try Int.fetchOne(db, sql: "PRAGMA synchronous")
    let mode = try String.fetchOne(db, sql: "PRAGMA journal_mode")
    guard level == 2, mode == "wal" else {
      throw BrokerError(
        .storage, "\(path): synchronous is \(level ?? -1) and journal_mode \(mode ?? "unknown"), where 2 (FULL) and wal are needed")
    }
  }

  /// An error of SQLite as one of ours.
  static func translate(_ error: any Error, _ path: String) -> any Error {
    guard let error = error as? DatabaseError else { return error }
    // A table or column that is not there, where the schema's version is ours, is damage as well.
    let isDamage = [.SQLITE_CORRUPT, .SQLITE_NOTADB, .SQLITE_ERROR].contains(error.resultCode)
    return BrokerError(isDamage ? .storeDamaged : .storage, "\(path): \(error.message ?? error.resultCode.description)")
  }
}
