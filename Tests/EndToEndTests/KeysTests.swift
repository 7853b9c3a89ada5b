import Foundation
import Testing

@Suite("keys, from the command line, with separate processes", .serialized)
struct KeysTests {
  /// A folder of keys, and a broker and a worker that use it.
  private struct Site {
    let scratch: Scratch
    let broker: CommandLineTool.Running
    let worker: CommandLineTool.Running
    let target: [String]
    var keys: String { scratch.path("keys") }

    init() throws {
      scratch = try Scratch(["bell.qasm": Sources.bell])
      let keys = scratch.path("keys")
      let created = try CommandLineTool.run(["keys", "create", keys])
      guard created.status == 0 else { throw CommandLineTool.Trouble(created.errors) }
      broker = try CommandLineTool.start(["broker", "--bind", "tcp://127.0.0.1:*", "--keys", keys])
      let line = try broker.line { $0.contains("tcp://") }
      target = ["--broker", String(line[line.range(of: "tcp://")!.lowerBound...])]
      worker = try CommandLineTool.start(["worker", "--device", "cpu"] + target, environment: ["KETWORK_KEYS": keys])
      _ = try worker.line { $0.contains("ready") }
    }

    func submit(_ options: [String]) throws -> CommandLineTool.Outcome {
      try CommandLineTool.run(["submit", scratch.path("bell.qasm"), "--shots", "10"] + target + options)
    }
  }

  @Test("with keys a job is done, without or with others it is refused in words, and after a revocation too", .tags(.process))
  func wholeStory() throws {
    let site = try Site()
    let done = try site.submit(["--keys", site.keys])
    #expect(done.status == 0, "\(done.errors)")
    let without = try site.submit([])
    #expect(without.status == 69 && without.errors.contains("a key is needed"), "\(without.errors)")
    _ = try CommandLineTool.run(["keys", "create", site.scratch.path("other")])
    try FileManager.default.removeItem(atPath: site.scratch.path("other/broker.pub"))
    try FileManager.default.copyItem(atPath: site.scratch.path("keys/broker.pub"), toPath: site.scratch.path("other/broker.pub"))
    let other = try site.submit(["--keys", site.scratch.path("other")])
    #expect(other.status == 69 && other.errors.contains("the key was refused"), "\(other.errors)")
    let imposter = try site.submit(["--keys", site.keys, "--key", "worker"])
    #expect(imposter.status == 69 && imposter.errors.contains("not a client's"), "\(imposter.errors)")

    #expect(try CommandLineTool.run(["keys", "add", site.keys, "alice", "--role", "client"]).status == 0)
    #expect(try CommandLineTool.run(["keys", "revoke", site.keys, "client"]).status == 0)
    site.broker.signal(SIGHUP)
    // The broker follows within a second; until then the old key is still good.
    let end = Date() + 20
    var outcome = try site.submit(["--keys", site.keys])
    while outcome.status == 0, Date() < end { outcome = try site.submit(["--keys", site.keys]) }
    #expect(outcome.status == 69 && outcome.errors.contains("the key was refused"), "\(outcome.errors)")
    let alice = try site.submit(["--keys", site.keys, "--key", "alice"])
    #expect(alice.status == 0, "\(alice.errors)")

    let doctor = try CommandLineTool.run(["doctor", "--keys", site.keys, "--key", "alice"] + site.target)
    #expect(doctor.status == 0 && doctor.output.contains("1 workers") && doctor.output.contains("revoked_key"), "\(doctor.output)")
    let sick = try CommandLineTool.run(["doctor", "--json"] + site.target)
    #expect(sick.status == 69 && sick.output.contains("unauthorized") && !sick.errors.contains("unexpected"), "\(sick.output)")
  }

  @Test("a revoked worker ends, and says why", .tags(.process))
  func revokedWorker() throws {
    let site = try Site()
    #expect(try CommandLineTool.run(["keys", "revoke", site.keys, "worker"]).status == 0)
    let outcome = try site.worker.finish()
    #expect(outcome.status == 69 && outcome.errors.contains("the key was refused"), "\(outcome.errors)")
  }

  @Test("no secret is in what a broker, a worker or a client says", .tags(.process))
  func secrets() throws {
    let site = try Site()
    let client = try site.submit(["--keys", site.keys])
    #expect(try CommandLineTool.run(["keys", "revoke", site.keys, "worker"]).status == 0)
    let worker = try site.worker.finish()
    site.broker.signal(SIGTERM)
    let broker = try site.broker.finish()
    let said = [client, worker, broker].map { $0.output + $0.errors }.joined()
    #expect(said.contains("serving"))
    for name in ["broker", "client", "worker"] {
      struct File: Decodable { var secret_key: String }
      let file = try JSONDecoder().decode(File.self, from: Data(contentsOf: URL(filePath: site.keys + "/\(name).key")))
      #expect(!said.contains(file.secret_key))
    }
  }

  @Test(
    "an endpoint that others can reach is refused without keys, with the way to make them", .tags(.process),
    arguments: ["broker", "up"])
  func offHost(command: String) throws {
    for endpoint in ["tcp://0.0.0.0:*", "tcp://*:*"] {
      let outcome = try CommandLineTool.run([command, "--bind", "tcp://127.0.0.1:*", "--bind", endpoint])
      #expect(outcome.status == 64 && outcome.errors.contains("ketwork keys create"), "\(outcome.errors)")
    }
  }

  @Test("a list that is spoilt while the broker runs changes nothing", .tags(.process))
  func spoiltList() throws {
    let site = try Site()
    try site.scratch.write("keys/authorized.json", "{")
    Thread.sleep(forTimeInterval: 1.5)  // Longer than the broker takes to look.
    let outcome = try site.submit(["--keys", site.keys])
    #expect(outcome.status == 0, "\(outcome.errors)")
    site.broker.signal(SIGTERM)
    #expect(try site.broker.finish().errors.contains("what it said before holds"))
  }
}
