internal import Foundation
internal import GRDB
internal import Protocol

/// One transaction of a database, as rows are read from it.
struct SQLiteSource: RowSource {
  let db: Database
  let blobs: BlobFolder

  func read(_ query: RowQuery, keys: [RowArgument], _ body: (Int, SQLiteRow) throws -> Void) throws {
    let statement = try db.cachedStatement(sql: query.sql)
    for (place, key) in keys.enumerated() { try read(statement, [key]) { try body(place, $0) } }
  }

  func read(_ query: RowQuery, _ body: (SQLiteRow) throws -> Void) throws {
    try read(try db.cachedStatement(sql: query.sql), [], body)
  }

  func large(_ digest: Digest) throws -> [UInt8] { try blobs.read(digest) }

  private func read(_ statement: Statement, _ arguments: [RowArgument], _ body: (SQLiteRow) throws -> Void) throws {
    try statement.setArguments(StatementArguments(arguments.map(\.databaseValue)))
    let row = unsafe SQLiteRow(statement: statement.sqliteStatement)
    defer { row.reset() }
    while try row.step() { try body(row) }
  }

  /// The files that rows name.
  func files() throws -> Set<Digest> {
    let sql = "SELECT file FROM body WHERE file IS NOT NULL UNION SELECT digest FROM part WHERE bytes IS NULL"
    return Set(try Data.fetchAll(db, sql: sql).compactMap { Digest(bytes: $0) })
  }
}

extension RowArgument {
  var databaseValue: DatabaseValue {
    switch self {
    case .absent: .null
    case .number(let number): number.databaseValue
    case .bytes(let bytes): Data(bytes).databaseValue
    case .text(let text): text.databaseValue
    }
  }
}
