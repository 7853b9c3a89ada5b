#if PostgreSQL
  internal import CPostgreSQL

  /// A piece of an answer, cleared when its owner lets go of it.
  @safe struct PostgreSQLResult: ~Copyable {
    let handle: OpaquePointer

    init(owning handle: OpaquePointer) { unsafe self.handle = handle }

    deinit { unsafe PQclear(handle) }

    /// Hands over rows, each until the next.
    func rows(_ body: (PostgreSQLRow) throws -> Void) throws {
      for number in 0..<(unsafe PQntuples(handle)) { try body(unsafe PostgreSQLRow(result: handle, number: number)) }
    }

    /// What the server says, without what it quotes of rows.
    func error(_ server: String) -> BrokerError {
      func field(_ code: Int32) -> String? { unsafe PQresultErrorField(handle, code).map { unsafe String(cString: $0) } }
      let state = field(PostgreSQLState.field) ?? ""
      let message = field(PostgreSQLState.messageField) ?? "no reason given"
      return PostgreSQLState(rawValue: state).error("\(server): \(message) (SQLSTATE \(state))")
    }
  }

  /// A row of an answer whose values are binary: numbers of 64 bits, and bytes.
  ///
  /// Safe as long as the answer is there, which is as long as the body runs that it is handed to.
  @safe struct PostgreSQLRow: StoredRow {
    private let result: OpaquePointer
    private let row: Int32

    init(result: OpaquePointer, number: Int32) {
      unsafe self.result = result
      row = number
    }

    func isNull(_ column: Int) -> Bool { unsafe PQgetisnull(result, row, Int32(column)) == 1 }

    func number(_ column: Int) -> Int64 {
      withBytes(column) { span in
        guard span.byteCount == 8 else { return 0 }
        return Int64(bigEndian: unsafe span.unsafeLoadUnaligned(fromByteOffset: 0, as: Int64.self))
      }
    }

    func withBytes<Value>(_ column: Int, _ body: (RawSpan) -> Value) -> Value {
      let start = unsafe UnsafeRawPointer(PQgetvalue(result, row, Int32(column)))
      let bytes = unsafe UnsafeRawBufferPointer(start: start, count: Int(PQgetlength(result, row, Int32(column))))
      return unsafe body(bytes.bytes)
    }
  }
#endif
