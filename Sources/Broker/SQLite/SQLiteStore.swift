internal import Foundation
internal import GRDB
package import Protocol

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// A store in one SQLite database, with large values in a folder of files beside it.
///
/// A commit is one transaction in write-ahead mode with `synchronous=FULL`: when it returns, the log is flushed. A store in which that does
/// not hold does not open.
///
/// Beside the database `PATH` lie `PATH-wal` and `PATH-shm` (SQLite's), `PATH-files` (bodies and results above 1 MiB), `PATH-lock` (held
/// while a broker uses the store) and `PATH-mark` (the number of the last commit).
///
/// Rows carry check numbers or digests, which are compared when they are read: what is damaged is refused, never served.
package actor SQLiteStore: Store {
  /// What an open store uses.
  private struct Connection {
    let pool: DatabasePool
    let checkpointer: SQLiteCheckpointer
    let blobs: BlobFolder
    let mark: CommitMark
    let lock: StoreLock
  }

  private let path: String
  private let executor = QueueExecutor(label: "ketwork-store")
  private var connection: Connection?
  private var hasFailed = false
  private var checkpoint: Task<Void, Never>?
  /// Bytes that commits appended to the log since a checkpoint began.
  private var appendedByteCount = 0

  /// Commits wait for the disk there.
  package nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

  /// Makes a store that is not open.
  ///
  /// - Parameter path: Of the database; made when it is not there, in a folder that is.
  package init(path: String) {
    self.path = path
  }

  package func open() async throws -> StoreIndex {
    guard connection == nil else { throw BrokerError(.storage, "\(path): is open already") }
    let folder = URL(filePath: path).deletingLastPathComponent().path
    guard FileManager.default.fileExists(atPath: folder) else { throw BrokerError(.storage, "\(folder): no such folder") }
    do {
      let lock = try await StoreLock.take(path: "\(path)-lock")
      // SQLite gives its companions the rights of the database: jobs are their owner's affair.
      try SystemCall.withFile(path, O_RDWR | O_CREAT) { _ in }
      let pool = try DatabasePool(path: path, configuration: Self.configuration)
      try await Self.prepare(pool, path: path)
      let blobs = try BlobFolder(path: "\(path)-files")
      let (index, commits) = try await begin(pool, blobs)
      connection = Connection(
        pool: pool, checkpointer: try SQLiteCheckpointer(path: path), blobs: blobs,
        mark: try CommitMark(path: "\(path)-mark", commits: commits), lock: lock)
      try SystemCall.flushFolder(folder)
      return index
    } catch {
      throw Self.translate(error, path)
    }
  }

  /// Begins an epoch, and reads what there is.
  private func begin(_ pool: DatabasePool, _ blobs: BlobFolder) async throws -> (StoreIndex, commits: Int64) {
    try await pool.write { db in
      let source = SQLiteSource(db: db, blobs: blobs)
      let reader = RowReader(source)
      try db.execute(sql: "UPDATE meta SET value = value + 1 WHERE name = 'epoch'")
      try blobs.removeAll(except: try source.files())
      return (try reader.index(epoch: UInt64(try reader.meta("epoch"))), try reader.meta("commits"))
    }
  }

  package func load(_ jobs: [JobID], withResults: Bool) async throws -> [StoreContents.Entry] {
    guard let connection else { throw BrokerError(.storage, "\(path): is closed") }
    do {
      return try await connection.pool.read { [blobs = connection.blobs] db in
        try RowReader(SQLiteSource(db: db, blobs: blobs)).entries(of: jobs, withResults: withResults)
      }
    } catch {
      throw Self.translate(error, path)
    }
  }

  package func commit(_ batches: [MutationBatch]) async throws {
    guard let connection, !hasFailed else { throw BrokerError(.storage, "\(path): is closed, or a commit failed before") }
    do {
      try await shortenLog(connection)
      try write(batches, connection)
    } catch {
      // What is durable is not known, and a flush that failed once may seem to succeed the next time.
      hasFailed = true
      throw Self.translate(error, path)
    }
  }

  private func write(_ batches: [MutationBatch], _ connection: Connection) throws {
    let blobs = connection.blobs
    let (number, files) = try connection.pool.write { db in
      var writer = SQLiteWriter(db, blobs: blobs)
      return (try writer.write(batches), try writer.unusedFiles())
    }
    appendedByteCount += connection.pool.unsafeReentrantWrite { SQLitePages.writtenByteCount($0) }
    try connection.mark.write(number)
    for file in files { try connection.blobs.remove(file) }
  }

  /// Keeps the log within its bound: beside the commits while that is enough, and before one when it is not.
  private func shortenLog(_ connection: Connection) async throws {
    if connection.checkpointer.logByteCount > Limits.logByteCount {
      await checkpoint?.value
      try await connection.pool.writeWithoutTransaction { db in _ = try db.checkpoint(.truncate) }
      appendedByteCount = 0
    } else if appendedByteCount > Limits.checkpointByteCount, checkpoint == nil {
      appendedByteCount = 0
      checkpoint = Task {
        // What could not be moved now is moved before a later commit, which says why it cannot.
        try? await connection.checkpointer.run()
        checkpoint = nil
      }
    }
  }

  package func close() async {
    await checkpoint?.value
    do {
      try connection?.checkpointer.close()
      try connection?.pool.close()
    } catch {
      // Everything committed is durable; the log is read again at the next start.
    }
    connection = nil
  }
}
