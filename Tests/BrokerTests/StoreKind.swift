import Broker
import Foundation
import Protocol
import Testing

/// A kind of store, and how one is opened again after its process ended.
struct StoreKind: CustomTestStringConvertible, Sendable {
  var testDescription: String
  /// Makes an empty store.
  var make: @Sendable () async throws -> any Store
  /// Makes a store of what another kept.
  var reopen: @Sendable (any Store) async throws -> any Store

  #if PostgreSQL
    static let all = [memory, sqlite, killedSQLite] + postgreSQL
  #else
    static let all = [memory, sqlite, killedSQLite]
  #endif

  private static let memory = StoreKind(testDescription: "memory") {
    MemoryStore()
  } reopen: { store in
    let memory = try #require(store as? MemoryStore)
    return MemoryStore(memory.kept)
  }

  private static let sqlite = StoreKind(testDescription: "SQLite") {
    TemporaryStore(folder: try TemporaryStore.Folder())
  } reopen: { store in
    let old = try #require(store as? TemporaryStore)
    await old.close()
    return TemporaryStore(folder: old.folder)
  }

  /// The files are taken as they are while the store is open: what a process leaves that is killed.
  private static let killedSQLite = StoreKind(testDescription: "SQLite, killed") {
    TemporaryStore(folder: try TemporaryStore.Folder())
  } reopen: { store in
    let old = try #require(store as? TemporaryStore)
    return TemporaryStore(folder: try old.folder.copy())
  }
}

extension Store {
  /// Opens the store and reads everything there is.
  func openAll() async throws -> StoreContents {
    let index = try await open()
    var contents = StoreContents()
    (contents.epoch, contents.templates, contents.leases) = (index.epoch, index.templates, index.leases)
    for tombstone in index.tombstones { contents.tombstones[tombstone.job] = tombstone }
    for session in index.sessions { contents.sessions[session.id] = session }
    for entry in index.entries + (try await load(index.parked.map(\.id), withResults: true)) { contents.jobs[entry.job.id] = entry }
    #expect(contents.index == index, "the lines are not those of the jobs")
    return contents
  }
}

/// A database in a folder that goes when nobody uses it any more.
final class TemporaryStore: Store {
  final class Folder: Sendable {
    let url: URL

    init() throws {
      url = FileManager.default.temporaryDirectory.appending(path: "ketwork-store-\(UInt64.random(in: 0 ... .max))")
      try FileManager.default.createDirectory(at: url, withIntermediateDirectories: false)
    }

    deinit {
      // What is left in the temporary folder harms nobody.
      try? FileManager.default.removeItem(at: url)
    }

    var database: String { url.appending(path: "jobs.sqlite").path }

    /// A folder with the same files.
    func copy() throws -> Folder {
      let other = try Folder()
      for name in try FileManager.default.contentsOfDirectory(atPath: url.path) {
        try FileManager.default.copyItem(at: url.appending(path: name), to: other.url.appending(path: name))
      }
      return other
    }
  }

  let folder: Folder
  private let store: SQLiteStore

  init(folder: Folder) {
    self.folder = folder
    store = SQLiteStore(path: folder.database)
  }

  func open() async throws -> StoreIndex { try await store.open() }
  func load(_ jobs: [JobID], withResults: Bool) async throws -> [StoreContents.Entry] {
    try await store.load(jobs, withResults: withResults)
  }
  func commit(_ batches: [MutationBatch]) async throws { try await store.commit(batches) }
  func close() async { await store.close() }
}
