internal import Protocol

/// A row of a database, read column by column, counted from 0.
protocol StoredRow {
  func isNull(_ column: Int) -> Bool

  /// A number, or 0 where there is none.
  func number(_ column: Int) -> Int64

  /// Runs a body with a text or bytes as the database holds them, none where there are none.
  func withBytes<Value>(_ column: Int, _ body: (RawSpan) -> Value) -> Value
}

extension StoredRow {
  func optionalNumber(_ column: Int) -> Int64? { isNull(column) ? nil : number(column) }

  /// A count.
  func count(_ column: Int) -> Int { Int(number(column)) }

  func bytes(_ column: Int) -> [UInt8] {
    withBytes(column) { span in unsafe span.withUnsafeBytes { unsafe Array($0) } }
  }

  func optionalBytes(_ column: Int) -> [UInt8]? { isNull(column) ? nil : bytes(column) }

  func text(_ column: Int) -> String {
    withBytes(column) { span in unsafe span.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) } }
  }

  func jobID(_ column: Int) -> JobID? {
    withBytes(column) { span in
      guard span.byteCount == 16 else { return nil }
      let high = unsafe span.unsafeLoadUnaligned(fromByteOffset: 0, as: UInt64.self)
      let low = unsafe span.unsafeLoadUnaligned(fromByteOffset: 8, as: UInt64.self)
      return JobID(high: UInt64(bigEndian: high), low: UInt64(bigEndian: low))
    }
  }

  /// A digest that must be there.
  func digest(_ column: Int, of what: @autoclosure () -> String) throws(BrokerError) -> Digest {
    guard let digest = Digest(bytes: bytes(column)) else { throw RowDamage.error(what()) }
    return digest
  }

  /// Adds a text or bytes to a check.
  func append(_ column: Int, to check: inout RowCheck) {
    withBytes(column) { check.append($0) }
  }
}

/// What is said of rows that are not what was written.
enum RowDamage {
  static func error(_ what: String) -> BrokerError {
    BrokerError(.storeDamaged, "\(what) is not what was written; restore the store from a copy")
  }
}
