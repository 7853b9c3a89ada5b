#if PostgreSQL
  import Broker
  import Foundation
  import Protocol
  import TestSupport
  import Testing

  /// A store in a schema of its own.
  final class TemporaryPostgreSQLStore: Store {
    let server: PostgreSQLServer
    let schema: String
    private let store: PostgreSQLStore
    /// Who led when opening began to wait.
    let leaders = Shared<[String]>([])

    init(
      server: PostgreSQLServer? = nil, schema: String = "test_\(UInt64.random(in: 0 ... .max))", isStandby: Bool = false,
      parameters: String = ""
    ) throws {
      self.server = try server ?? PostgreSQLServer.shared.get()
      self.schema = schema
      store = try PostgreSQLStore(
        url: self.server.url("&application_name=\(schema)" + parameters), schema: schema, isStandby: isStandby
      ) { [leaders] name in leaders.update { $0.append(name) } }
    }

    func open() async throws -> StoreIndex { try await store.open() }
    func load(_ jobs: [JobID], withResults: Bool) async throws -> [StoreContents.Entry] {
      try await store.load(jobs, withResults: withResults)
    }
    func commit(_ batches: [MutationBatch]) async throws { try await store.commit(batches) }
    func lost() async -> (any Error)? { await store.lost() }
    func close() async { await store.close() }

    /// Ends the sessions of all brokers of this schema, as when their machine is gone.
    func endSessions() throws {
      try server.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = '\(schema)'")
    }

    /// The sessions that there are.
    func sessionCount() throws -> Int {
      Int(try server.run("SELECT count(*) FROM pg_stat_activity WHERE application_name = '\(schema)'")) ?? -1
    }
  }

  extension StoreKind {
    static let postgreSQL = [closedPostgreSQL, killedPostgreSQL]

    private static let closedPostgreSQL = StoreKind(testDescription: "PostgreSQL") {
      try TemporaryPostgreSQLStore()
    } reopen: { store in
      let old = try #require(store as? TemporaryPostgreSQLStore)
      await old.close()
      return try TemporaryPostgreSQLStore(schema: old.schema)
    }

    /// The sessions are ended while the store is open.
    private static let killedPostgreSQL = StoreKind(testDescription: "PostgreSQL, killed") {
      try TemporaryPostgreSQLStore()
    } reopen: { store in
      let old = try #require(store as? TemporaryPostgreSQLStore)
      try old.endSessions()
      return try TemporaryPostgreSQLStore(schema: old.schema)
    }
  }

  /// What a store in PostgreSQL promises beyond what every store does.
  @Suite("PostgreSQL store", .serialized)
  struct PostgreSQLStoreTests {
    static let mebibyte = 1 << 20

    private static func error(_ body: () async throws -> Void) async -> BrokerError? {
      do { try await body() } catch { return error as? BrokerError }
      return nil
    }

    private static func contents(_ count: Int, epoch: UInt64) -> StoreContents {
      var contents = StoreContents()
      for batch in StoreTests.batches.prefix(count) { contents.apply(batch) }
      contents.epoch = epoch
      return contents
    }

    @Test("results above a mebibyte lie in pieces, once, and go with the last row that names them")
    func largeResults() async throws {
      let store = try TemporaryPostgreSQLStore()
      _ = try await store.open()
      let large = (0..<3 * Self.mebibyte + 1).map { UInt8(truncatingIfNeeded: $0 &* 31) }
      try await store.commit([StoreTests.batches[0]])
      try await store.commit([
        MutationBatch(
          sequence: 2,
          mutations: [
            .resultStored(StoreTests.job.id, circuits: 0..<2, bytes: large, failedCount: 0),
            .resultStored(StoreTests.job.id, circuits: 2..<4, bytes: large, failedCount: 0),
          ])
      ])
      #expect(try store.server.run("SELECT count(*) FROM \(store.schema).blob") == "4")
      let entry = try await store.load([StoreTests.job.id], withResults: true)[0]
      #expect(entry.parts[0]?.bytes == large && entry.parts[2]?.bytes == large)
      try await store.commit([MutationBatch(sequence: 3, mutations: [.resultRemoved(StoreTests.job.id)])])
      #expect(try store.server.run("SELECT count(*) FROM \(store.schema).blob") == "0")
      await store.close()
    }

    @Test("a commit of more statements than are on their way at a time is whole")
    func manyJobs() async throws {
      let store = try TemporaryPostgreSQLStore()
      _ = try await store.open()
      var expected = StoreContents()
      let batches = (0..<1_500).map { number in
        var job = StoreTests.failed
        (job.id, job.sequence, job.idempotencyKey) = (JobID(high: 9, low: UInt64(number)), UInt64(number + 1), "k\(number)")
        return MutationBatch(sequence: UInt64(number + 1), mutations: [.jobAccepted(job)])
      }
      try await store.commit([MutationBatch(sequence: 0, mutations: [.templateStored(Harness.template)])] + batches)
      await store.close()
      expected.apply(MutationBatch(sequence: 0, mutations: [.templateStored(Harness.template)]))
      for batch in batches { expected.apply(batch) }
      expected.epoch = 2
      let again = try TemporaryPostgreSQLStore(schema: store.schema)
      #expect(try await again.openAll() == expected)
      await again.close()
    }

    @Test("of a commit that fails in its middle nothing is kept, and none follows it")
    func failure() async throws {
      let store = try TemporaryPostgreSQLStore()
      _ = try await store.open()
      try await store.commit([StoreTests.batches[0]])
      let error = await Self.error { try await store.commit([StoreTests.batches[1], StoreTests.batches[0]]) }
      #expect(error?.code == .storage && error?.message.contains("SQLSTATE 23505") == true, "\(String(describing: error))")
      #expect(await Self.error { try await store.commit([StoreTests.batches[1]]) }?.code == .storage)
      await store.close()
      let again = try TemporaryPostgreSQLStore(schema: store.schema)
      #expect(try await again.openAll() == Self.contents(1, epoch: 2))
      await again.close()
    }

    @Test("texts may hold every character, a zero too")
    func texts() async throws {
      let store = try TemporaryPostgreSQLStore()
      _ = try await store.open()
      var job = StoreTests.failed
      (job.name, job.tenant) = ("a\0b — 量子 🙂", "ténant")
      try await store.commit([MutationBatch(sequence: 1, mutations: [.templateStored(Harness.template), .jobAccepted(job)])])
      #expect(try await store.load([job.id], withResults: true).map(\.job) == [job])
      await store.close()
    }

    @Test("a second broker is refused, and one that stands by leads when the first ends")
    func standby() async throws {
      let first = try TemporaryPostgreSQLStore()
      _ = try await first.open()
      try await first.commit([StoreTests.batches[0]])
      let refused = try TemporaryPostgreSQLStore(schema: first.schema)
      #expect(await Self.error { _ = try await refused.open() }?.code == .storeInUse)
      await refused.close()
      let standby = try TemporaryPostgreSQLStore(schema: first.schema, isStandby: true)
      async let contents = standby.openAll()
      while standby.leaders.current.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
      try await first.commit([StoreTests.batches[1]])
      await first.close()
      #expect(try await contents == Self.contents(2, epoch: 2))
      #expect(standby.leaders.current.allSatisfy { $0.hasSuffix("epoch 1") })
      await standby.close()
    }

    @Test("standing by can be given up")
    func cancellation() async throws {
      let first = try TemporaryPostgreSQLStore()
      _ = try await first.open()
      let standby = try TemporaryPostgreSQLStore(schema: first.schema, isStandby: true)
      let waiting = Task { try await standby.open() }
      while standby.leaders.current.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
      waiting.cancel()
      await #expect(throws: CancellationError.self) { try await waiting.value }
      for store in [standby, first] { await store.close() }
    }

    @Test("a broker that was silent for its whole lease is deposed: what it commits then is not kept, and it is told")
    func fencing() async throws {
      let first = try TemporaryPostgreSQLStore()
      _ = try await first.open()
      try await first.commit([StoreTests.batches[0]])
      try first.server.run("UPDATE \(first.schema).leader SET renewed = '2000-01-01'")
      let second = try TemporaryPostgreSQLStore(schema: first.schema, isStandby: true)
      _ = try await second.open()
      let error = await Self.error { try await first.commit([StoreTests.batches[1]]) }
      #expect(error?.code == .deposed, "\(String(describing: error))")
      #expect(error?.message.contains("epoch 2") == true)
      #expect(await Self.error { try await first.commit([StoreTests.batches[1]]) }?.code == .storage)
      try await second.commit([StoreTests.batches[1]])
      for store in [first, second] { await store.close() }
      let third = try TemporaryPostgreSQLStore(schema: first.schema)
      #expect(try await third.openAll() == Self.contents(2, epoch: 3))
      await third.close()
    }

    @Test(
      "what a deposed broker commits the server itself refuses, and one that commits nothing hears of it as it renews",
      arguments: [false, true])
    func epochOfOthers(isIdle: Bool) async throws {
      let store = try TemporaryPostgreSQLStore()
      _ = try await store.open()
      try await store.commit([StoreTests.batches[0]])
      // As another broker does that may not end sessions.
      try store.server.run("UPDATE \(store.schema).leader SET epoch = epoch + 1")
      if isIdle {
        #expect((await store.lost() as? BrokerError)?.code == .deposed)
      } else {
        #expect(await Self.error { try await store.commit([StoreTests.batches[1]]) }?.code == .deposed)
      }
      #expect(try store.server.run("SELECT count(*) FROM \(store.schema).lease") == "0")
      await store.close()
    }

    @Test("a session that ends fails the commit, and what was committed before is there")
    func lostSession() async throws {
      let store = try TemporaryPostgreSQLStore()
      _ = try await store.open()
      try await store.commit([StoreTests.batches[0]])
      try store.endSessions()
      #expect(await Self.error { try await store.commit([StoreTests.batches[1]]) }?.code == .storage)
      await store.close()
      let again = try TemporaryPostgreSQLStore(schema: store.schema)
      #expect(try await again.openAll() == Self.contents(1, epoch: 2))
      await again.close()
    }

    @Test("a connection that only reads is made anew when it is lost")
    func lostReader() async throws {
      let store = try TemporaryPostgreSQLStore()
      _ = try await store.open()
      try await store.commit([StoreTests.batches[0]])
      try store.server.run(
        """
        SELECT pg_terminate_backend(pid) FROM pg_stat_activity a WHERE application_name = '\(store.schema)'
        AND NOT EXISTS (SELECT 1 FROM pg_locks l WHERE l.pid = a.pid AND locktype = 'advisory')
        """)
      _ = await Self.error { _ = try await store.load([StoreTests.job.id], withResults: true) }
      #expect(try await store.load([StoreTests.job.id], withResults: true).count == 1)
      try await store.commit([StoreTests.batches[1]])
      await store.close()
    }

    @Test("a server that would not flush commits is refused")
    func durability() async throws {
      let store = try TemporaryPostgreSQLStore(parameters: "&options=-c%20synchronous_commit%3Doff")
      let error = await Self.error { _ = try await store.open() }
      #expect(
        error?.code == .storage && error?.message.contains("synchronous_commit is off") == true, "\(String(describing: error))")
      await store.close()
    }

    @Test("a commit is refused from when the server would not flush it any more")
    func laterDurability() async throws {
      let store = try TemporaryPostgreSQLStore(server: try PostgreSQLServer())
      _ = try await store.open()
      try await store.commit([StoreTests.batches[0]])
      try store.server.run("ALTER SYSTEM SET synchronous_commit = local")
      try store.server.run("SELECT pg_reload_conf()")
      // A session takes up a change between two statements, soon.
      var error: BrokerError?
      while error == nil { error = await Self.error { try await store.commit([MutationBatch(sequence: 2, mutations: [])]) } }
      #expect(
        error?.code == .storage && error?.message.contains("synchronous_commit is local") == true, "\(String(describing: error))")
      await store.close()
    }

    @Test(
      "a URL with a password is refused, and not repeated",
      arguments: [
        "postgresql://me:sesame@localhost/db", "postgresql://me@localhost/db?password=sesame", "postgresql://me:ses ame@[/sesame?x",
      ])
    func secrets(url: String) throws {
      let error = #expect(throws: BrokerError.self) { try StoreLocation(url).store() }
      #expect(error?.code == .invalidStore && error?.message.contains("same") == false)
    }

    @Test("a schema of a newer version, or somebody else's, is refused")
    func versions() async throws {
      let store = try TemporaryPostgreSQLStore()
      _ = try await store.open()
      await store.close()
      try store.server.run("INSERT INTO \(store.schema).schema_version VALUES (99)")
      let newer = try TemporaryPostgreSQLStore(schema: store.schema)
      #expect(await Self.error { _ = try await newer.open() }?.code == .storeVersion)
      let stranger = try TemporaryPostgreSQLStore()
      try store.server.run("CREATE SCHEMA \(stranger.schema); CREATE TABLE \(stranger.schema).t (a int)")
      #expect(await Self.error { _ = try await stranger.open() }?.code == .storeDamaged)
      for store in [newer, stranger] { await store.close() }
    }

    @Test(
      "a row that is not what was written is refused",
      arguments: [
        "job SET tenant = 'x'", "job SET state = 5", "body SET bytes = 'x'", "part SET bytes = 'x'", "part SET failed = 0",
        "event SET completed = 3", "lease SET attempts = 9", "template SET bytes = 'x'", "session SET idle_time = 1",
        "meta SET value = 3",
      ])
    func damage(change: String) async throws {
      let store = try TemporaryPostgreSQLStore()
      _ = try await store.open()
      try await store.commit(Array(StoreTests.batches.prefix(2)))
      let part = Mutation.resultStored(StoreTests.job.id, circuits: 0..<2, bytes: [1, 2], failedCount: 1)
      try await store.commit([MutationBatch(sequence: 3, mutations: [part])])
      await store.close()
      try store.server.run("UPDATE \(store.schema).\(change)")
      let again = try TemporaryPostgreSQLStore(schema: store.schema)
      #expect(await Self.error { _ = try await again.openAll() }?.code == .storeDamaged)
      await again.close()
    }
  }
#endif
