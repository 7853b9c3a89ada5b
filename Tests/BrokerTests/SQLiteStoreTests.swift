import Broker
import Foundation
import Protocol
import Testing

/// What a store on disk promises beyond what every store does.
@Suite("SQLite store")
struct SQLiteStoreTests {
  static let mebibyte = 1 << 20

  /// Runs a body with an error that must be one of the broker's, and gives it.
  private static func error(_ body: () async throws -> Void) async -> BrokerError? {
    do { try await body() } catch { return error as? BrokerError }
    return nil
  }

  private static func files(_ folder: TemporaryStore.Folder) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.database + "-files")
  }

  @Test("results above a mebibyte lie in files, which go with the last row that names them")
  func largeResults() async throws {
    let store = TemporaryStore(folder: try TemporaryStore.Folder())
    _ = try await store.open()
    let large = (0..<Self.mebibyte + 1).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    try await store.commit([StoreTests.batches[0]])
    try await store.commit([
      MutationBatch(
        sequence: 2,
        mutations: [
          .resultStored(StoreTests.job.id, circuits: 0..<2, bytes: large, failedCount: 0),
          .resultStored(StoreTests.job.id, circuits: 2..<4, bytes: large, failedCount: 0),
        ])
    ])
    #expect(try Self.files(store.folder) == ["\(Digest(of: large))"])
    let copy = TemporaryStore(folder: try store.folder.copy())
    let contents = try await copy.openAll()
    #expect(contents.jobs[StoreTests.job.id]?.parts[2]?.bytes == large)
    await copy.close()
    try await store.commit([MutationBatch(sequence: 3, mutations: [.resultRemoved(StoreTests.job.id)])])
    #expect(try Self.files(store.folder).isEmpty)
  }

  @Test("files that no row names are removed when the store is opened")
  func orphans() async throws {
    let folder = try TemporaryStore.Folder()
    let first = TemporaryStore(folder: folder)
    _ = try await first.open()
    await first.close()
    let names = ["\(Digest(of: [7]))", "\(Digest(of: [8])).partial", "a note of the operator"]
    for name in names { try Data([7]).write(to: URL(filePath: "\(folder.database)-files/\(name)")) }
    let second = TemporaryStore(folder: folder)
    _ = try await second.open()
    #expect(try Self.files(folder) == ["a note of the operator"])
  }

  @Test("two brokers cannot use one store")
  func lock() async throws {
    let folder = try TemporaryStore.Folder()
    let (first, second) = (TemporaryStore(folder: folder), TemporaryStore(folder: folder))
    _ = try await first.open()
    #expect(await Self.error { _ = try await second.open() }?.code == .storeInUse)
    await first.close()
    #expect(try await second.open().epoch == 2)
  }

  @Test("a file that is no store of a broker is refused and left as it is", arguments: ["no database", ""])
  func stranger(text: String) async throws {
    let folder = try TemporaryStore.Folder()
    try Data(text.utf8).write(to: URL(filePath: folder.database))
    let error = await Self.error { _ = try await TemporaryStore(folder: folder).open() }
    if text.isEmpty {
      #expect(error == nil, "an empty file becomes a store")
    } else {
      #expect(error?.code == .storeDamaged)
      #expect(try Data(contentsOf: URL(filePath: folder.database)) == Data(text.utf8))
    }
  }

  @Test("a commit whose file cannot be written fails, and so does every later one")
  func failure() async throws {
    let store = TemporaryStore(folder: try TemporaryStore.Folder())
    _ = try await store.open()
    try await store.commit([StoreTests.batches[0]])
    // A folder where the file's partial name is to be: not even root can write there.
    let large = [UInt8](repeating: 1, count: Self.mebibyte + 1)
    let place = "\(store.folder.database)-files/\(Digest(of: large)).partial"
    try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: false)
    let batch = MutationBatch(
      sequence: 2, mutations: [.resultStored(StoreTests.job.id, circuits: 0..<1, bytes: large, failedCount: 0)])
    #expect(await Self.error { try await store.commit([batch]) }?.code == .storage)
    #expect(await Self.error { try await store.commit([StoreTests.batches[1]]) }?.code == .storage)
    try FileManager.default.removeItem(atPath: place)
    let copy = TemporaryStore(folder: try store.folder.copy())
    var expected = StoreContents()
    expected.apply(StoreTests.batches[0])
    expected.epoch = 2
    #expect(try await copy.openAll() == expected)
  }

  @Test("a start moves the log of a broker that ended anyhow into the database, so that what it reads there is flushed anew")
  func movesLog() async throws {
    let store = TemporaryStore(folder: try TemporaryStore.Folder())
    _ = try await store.open()
    try await store.commit([StoreTests.batches[0]])
    let next = TemporaryStore(folder: try store.folder.copy())
    _ = try await next.open()
    // Without what was written to the log since.
    let alone = try next.folder.copy()
    for companion in ["wal", "shm"] { try FileManager.default.removeItem(atPath: "\(alone.database)-\(companion)") }
    #expect(try await TemporaryStore(folder: alone).openAll().jobs.keys.contains(StoreTests.job.id))
    await next.close()
    await store.close()
  }
}
