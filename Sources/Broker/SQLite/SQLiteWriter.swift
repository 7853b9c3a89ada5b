internal import Foundation
internal import GRDB
internal import Protocol

/// Writes mutations in one transaction, and says which files may go once it is committed.
struct SQLiteWriter {
  let db: Database
  let blobs: BlobFolder
  /// Files whose row is gone.
  private var released: Set<Digest> = []
  private var keptFiles = false

  init(_ db: Database, blobs: BlobFolder) {
    self.db = db
    self.blobs = blobs
  }

  /// Writes all mutations of batches.
  ///
  /// - Returns: The number of this commit.
  mutating func write(_ batches: [MutationBatch]) throws -> Int64 {
    for change in RowChange.changes(of: batches) { try carryOut(change) }
    if keptFiles { try blobs.flush() }
    let count = try db.cachedStatement(sql: "UPDATE meta SET value = value + 1 WHERE name = 'commits' RETURNING value")
    guard let number = try Int64.fetchOne(count) else {
      throw BrokerError(.storeDamaged, "the store does not say how many commits it has")
    }
    return number
  }

  private mutating func carryOut(_ change: RowChange) throws {
    switch change {
    case .run(let sql, let arguments): try execute(sql, arguments)
    case .keep(let bytes, let digest):
      try blobs.keep(bytes, digest)
      keptFiles = true
      released.remove(digest)
    case .release(let sql, let job):
      let digests = try Data.fetchAll(db.cachedStatement(sql: sql), arguments: [Data(job.bytes)])
      released.formUnion(digests.compactMap { Digest(bytes: $0) })
    case .entomb(let job):
      let tombstones = try RowReader(SQLiteSource(db: db, blobs: blobs)).tombstones(of: [job])
      for change in tombstones.flatMap(RowChange.changes(entombing:)) { try carryOut(change) }
    }
  }

  /// Runs a statement that is prepared once a connection.
  private func execute(_ sql: String, _ arguments: [RowArgument]) throws {
    try db.cachedStatement(sql: sql).execute(arguments: StatementArguments(arguments.map(\.databaseValue)))
  }

  /// Those of the released files that no row names, to be asked before the transaction ends.
  func unusedFiles() throws -> [Digest] {
    try released.filter { digest in
      let sql =
        "SELECT EXISTS (SELECT 1 FROM body WHERE file = ?1) OR EXISTS (SELECT 1 FROM part WHERE digest = ?1 AND bytes IS NULL)"
      return try Bool.fetchOne(db.cachedStatement(sql: sql), arguments: [Data(digest.bytes)]) != true
    }
  }
}
