internal import CSQLite
internal import Protocol

/// The row on which a statement stands, read column by column from SQLite itself.
///
/// Safe as long as the statement lives, which is as long as the transaction that reads it.
@safe struct SQLiteRow: StoredRow {
  private let statement: OpaquePointer

  /// Reads a statement that is prepared and not stepped yet, and is used by nobody else.
  init(statement: OpaquePointer) {
    unsafe self.statement = statement
  }

  /// Goes to the next row.
  ///
  /// - Returns: Whether there is one.
  func step() throws(BrokerError) -> Bool {
    switch unsafe sqlite3_step(statement) {
    case SQLITE_ROW: return true
    case SQLITE_DONE: return false
    case let status:
      let isDamage = status & 0xff == SQLITE_CORRUPT
      throw BrokerError(isDamage ? .storeDamaged : .storage, "reading jobs: \(unsafe String(cString: sqlite3_errstr(status)))")
    }
  }

  /// Ends the reading, so that the statement can be used again.
  func reset() {
    // What went wrong was said by `step`.
    _ = unsafe sqlite3_reset(statement)
  }

  func number(_ column: Int) -> Int64 { unsafe sqlite3_column_int64(statement, Int32(column)) }

  func isNull(_ column: Int) -> Bool { unsafe sqlite3_column_type(statement, Int32(column)) == SQLITE_NULL }

  func withBytes<Value>(_ column: Int, _ body: (RawSpan) -> Value) -> Value {
    let start = unsafe sqlite3_column_blob(statement, Int32(column))
    let bytes = unsafe UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(statement, Int32(column))))
    return unsafe body(bytes.bytes)
  }
}
