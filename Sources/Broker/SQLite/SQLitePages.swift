internal import CSQLite
internal import GRDB

/// What SQLite tells of the pages of a connection.
enum SQLitePages {
  /// Bytes of the pages that a connection has written since it was last asked, as they stand in a write-ahead log.
  ///
  /// Source: sqlite.org, "Status Parameters for database connections" and "WAL-mode File Format".
  static func writtenByteCount(_ db: Database) -> Int {
    var (count, highest): (Int32, Int32) = (0, 0)
    // Fails for a connection that is not there.
    _ = unsafe sqlite3_db_status(db.sqliteConnection, SQLITE_DBSTATUS_CACHE_WRITE, &count, &highest, 1)
    return Int(count) * (pageByteCount + frameHeaderByteCount)
  }

  /// What SQLite takes unless told otherwise.
  private static let pageByteCount = 4_096
  private static let frameHeaderByteCount = 24
}
