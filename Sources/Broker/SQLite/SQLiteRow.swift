internal import CSQLite
internal import Protocol

/// The row on which a statement stands, read column by column from SQLite itself.
///
/// Safe as long as the statement lives, which is as long as the transaction that reads it.
@safe struct SQLiteRow {
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

  func number(_ column: Int32) -> Int64 { unsafe sqlite3_column_int64(statement, column) }

  func optionalNumber(_ column: Int32) -> Int64? {
    unsafe sqlite3_column_type(statement, column) == SQLITE_NULL ? nil : sqlite3_column_int64(statement, column)
  }

  func isNull(_ column: Int32) -> Bool { unsafe sqlite3_column_type(statement, column) == SQLITE_NULL }

  private func withBytes<Value>(_ column: Int32, _ body: (UnsafeRawBufferPointer) -> Value) -> Value {
    let start = unsafe sqlite3_column_blob(statement, column)
    return unsafe body(UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(statement, column))))
  }

  func bytes(_ column: Int32) -> [UInt8] { unsafe withBytes(column) { unsafe Array($0) } }

  func text(_ column: Int32) -> String { unsafe withBytes(column) { unsafe String(decoding: $0, as: UTF8.self) } }

  func jobID(_ column: Int32) -> JobID? {
    unsafe withBytes(column) { bytes in
      guard bytes.count == 16 else { return nil }
      let words = unsafe bytes.loadUnaligned(as: (UInt64, UInt64).self)
      return JobID(high: UInt64(bigEndian: words.0), low: UInt64(bigEndian: words.1))
    }
  }

  /// Adds a text or bytes to a check.
  func append(_ column: Int32, to check: inout RowCheck) {
    unsafe withBytes(column) { unsafe check.append($0.bytes) }
  }
}
