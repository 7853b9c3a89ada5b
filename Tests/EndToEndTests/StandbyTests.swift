#if PostgreSQL
  import Foundation
  import Glibc
  import TestSupport
  import Testing

  /// A database that brokers share.
  private struct SharedDatabase {
    let server: PostgreSQLServer
    let name: String

    init() throws {
      server = try PostgreSQLServer.shared.get()
      name = try server.makeDatabase()
    }

    var url: String { server.url(database: name) }

    func ask(_ sql: String) throws -> String { try server.run(sql, database: name) }
  }

  /// A broker of a shared database, on a port the system chose.
  private struct SharedBroker {
    let tool: CommandLineTool.Running

    /// Starts a broker that serves, or one that waits for another.
    init(_ database: SharedDatabase, isStandby: Bool) throws {
      tool = try CommandLineTool.start(
        ["broker", "--bind", "tcp://127.0.0.1:*", "--store", database.url] + (isStandby ? ["--standby"] : []))
      if isStandby { _ = try tool.line { $0.contains("standing by") } }
    }

    /// Waits until it serves; where.
    func endpoint() throws -> String {
      let line = try tool.line { $0.contains("listening at") }
      return String(line[line.range(of: "tcp://")!.lowerBound...].prefix { !$0.isWhitespace && $0 != "," })
    }
  }

  private func startWorker(_ endpoint: String) throws -> CommandLineTool.Running {
    let worker = try CommandLineTool.start(["worker", "--broker", endpoint, "--device", "cpu"])
    _ = try worker.line { $0.contains("ready") }
    return worker
  }

  /// A job of many small circuits of two structures.
  private struct ManyCircuits {
    static let count = 3_000
    let scratch: Scratch
    let arguments: [String]

    init() throws {
      scratch = try Scratch(["bell.qasm": Sources.bell, "rus.qasm": Sources.repeatUntilSuccess])
      let entries = (0..<Self.count).map { "{\"circuit\": \"\($0 % 5 == 0 ? "rus" : "bell").qasm\", \"shots\": 50}" }
      let job = try scratch.write("job.json", "{\"version\": 1, \"circuits\": [\(entries.joined(separator: ","))]}")
      arguments = ["submit", job, "--seed", "3"]
    }

    struct Ticket: Decodable { var job: String }

    /// Submits it without waiting; its identity.
    func submit(to endpoint: String) throws -> String {
      let outcome = try CommandLineTool.run(arguments + ["--broker", endpoint, "--detach", "--json"])
      return try JSONDecoder().decode(Ticket.self, from: Data(outcome.output.utf8)).job
    }

    /// What it gives without any broker's end.
    func counts() throws -> [[String: Int]?] { try CommandLineTool.json(arguments).map(\.counts) }
  }

  @Suite("brokers that share a database", .serialized)
  struct StandbyTests {
    /// The counts of a job, once it has ended.
    private static func counts(_ job: String, _ endpoint: String) throws -> [[String: Int]?] {
      let ended = try CommandLineTool.run(["wait", job, "--broker", endpoint])
      #expect(ended.status == 0, "\(ended.errors)")
      return try CommandLineTool.json(["result", job, "--broker", endpoint]).map(\.counts)
    }

    /// Waits until the broker has results of a part of the job.
    private static func waitForResults(_ database: SharedDatabase) throws {
      while try database.ask("SELECT count(*) FROM ketwork.part") == "0" {}
    }

    @Test("the active broker is killed: the one that stands by serves, and nothing is lost", .tags(.process))
    func killed() throws {
      let (database, job) = (try SharedDatabase(), try ManyCircuits())
      let expected = try job.counts()
      let active = try SharedBroker(database, isStandby: false)
      let endpoint = try active.endpoint()
      let standby = try SharedBroker(database, isStandby: true)
      let worker = try startWorker(endpoint)
      let finished = try job.submit(to: endpoint)
      #expect(try Self.counts(finished, endpoint) == expected)
      worker.signal(SIGKILL)
      let waiting = try job.submit(to: endpoint)
      active.tool.signal(SIGKILL)
      let next = try standby.endpoint()
      #expect(try CommandLineTool.json(["result", finished, "--broker", next]).map(\.counts) == expected)
      let other = try startWorker(next)
      #expect(try Self.counts(waiting, next) == expected)
      #expect(try database.ask("SELECT count(*) FROM ketwork.job") == "2")
      standby.tool.signal(SIGTERM)
      #expect(try standby.tool.finish().status == 0)
      _ = other
    }

    @Test(
      "the active broker is stopped for longer than its lease, and goes on: it ends, and nothing is lost or doubled",
      .tags(.process))
    func stopped() throws {
      let (database, job) = (try SharedDatabase(), try ManyCircuits())
      let expected = try job.counts()
      let active = try SharedBroker(database, isStandby: false)
      let endpoint = try active.endpoint()
      let standby = try SharedBroker(database, isStandby: true)
      let submitted = try job.submit(to: endpoint)
      // Its results reach a broker that is stopped, and are committed late.
      let worker = try startWorker(endpoint)
      try Self.waitForResults(database)
      active.tool.signal(SIGSTOP)
      let next = try standby.endpoint()
      active.tool.signal(SIGCONT)
      let end = try active.tool.finish()
      #expect(end.status == 69 && end.errors.contains("another broker took over in epoch 2"), "\(end.status): \(end.errors)")
      let other = try startWorker(next)
      #expect(try Self.counts(submitted, next) == expected)
      #expect(try database.ask("SELECT count(*), max(epoch) FROM ketwork.job, ketwork.leader") == "1|2")
      #expect(try database.ask("SELECT sum(upper - lower) FROM ketwork.part") == "\(ManyCircuits.count)")
      _ = (worker, other)
    }

    @Test("a second broker is refused where it does not stand by, and standing by needs a shared store", .tags(.process))
    func refused() throws {
      let database = try SharedDatabase()
      let active = try SharedBroker(database, isStandby: false)
      _ = try active.endpoint()
      let second = try CommandLineTool.run(["broker", "--bind", "tcp://127.0.0.1:*", "--store", database.url])
      #expect(second.status == 69 && second.errors.contains("another broker uses this store"), "\(second.errors)")
      let standby = try SharedBroker(database, isStandby: true)
      standby.tool.signal(SIGTERM)
      #expect(try standby.tool.finish().status == 0)
      #expect(try CommandLineTool.run(["broker", "--store", "jobs.sqlite", "--standby"]).status == 64)
      let secret = try CommandLineTool.run(["broker", "--store", "postgresql://me:sesame@localhost/jobs"])
      #expect(secret.status == 64 && !secret.errors.contains("sesame"), "\(secret.errors)")
    }
  }
#endif
