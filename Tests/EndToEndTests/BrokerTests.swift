import Foundation
import Protocol
import Testing
import ZeroMQ

/// A broker on a port the system chose, and where it listens.
private struct RunningBroker {
  let tool: CommandLineTool.Running
  let endpoint: String

  init(_ options: [String] = []) throws {
    tool = try CommandLineTool.start(["broker", "--bind", "tcp://127.0.0.1:*"] + options)
    let line = try tool.line { $0.contains("tcp://") }
    endpoint = String(line[line.range(of: "tcp://")!.lowerBound...].prefix { !$0.isWhitespace && $0 != "," })
  }
}

private func startWorker(_ broker: RunningBroker) throws -> CommandLineTool.Running {
  let worker = try CommandLineTool.start(["worker", "--broker", broker.endpoint, "--device", "cpu"])
  _ = try worker.line { $0.contains("ready") }
  return worker
}

/// A job of many small circuits with a circuit of its own each.
private func writeJob(_ scratch: Scratch, circuits: Int, shots: Int) throws -> String {
  try scratch.write("bell.qasm", Sources.bell)
  try scratch.write("rus.qasm", Sources.repeatUntilSuccess)
  let entries = (0..<circuits).map { "{\"circuit\": \"\($0 % 5 == 0 ? "rus" : "bell").qasm\", \"shots\": \(shots)}" }
  return try scratch.write("job.json", "{\"version\": 1, \"circuits\": [\(entries.joined(separator: ","))]}")
}

@Suite("broker, workers and clients as separate processes", .serialized)
struct ProcessTests {
  @Test("submit without a broker gives what run gives", .tags(.process))
  func embedded() throws {
    let scratch = try Scratch(["bell.qasm": Sources.bell, "rus.qasm": Sources.repeatUntilSuccess])
    let arguments = [scratch.path("bell.qasm"), scratch.path("rus.qasm"), "--shots", "300", "--seed", "5", "--device", "cpu"]
    let submitted = try CommandLineTool.json(["submit"] + arguments)
    let run = try CommandLineTool.json(["run"] + arguments)
    #expect(submitted.map(\.circuit) == ["bell.qasm", "rus.qasm"])
    #expect(submitted.map(\.counts) == run.map(\.counts))
  }

  @Test("one worker and three give the same counts, and killing one midway changes nothing", .tags(.process))
  func killedWorker() throws {
    let scratch = try Scratch()
    let job = try writeJob(scratch, circuits: 2_000, shots: 50)
    let broker = try RunningBroker()
    let first = try startWorker(broker)
    let arguments = ["submit", job, "--seed", "3", "--broker", broker.endpoint]
    let alone = try CommandLineTool.json(arguments).map(\.counts)
    #expect(alone.count == 2_000)
    let others = [try startWorker(broker), try startWorker(broker)]
    #expect(try CommandLineTool.json(arguments).map(\.counts) == alone)
    let running = try CommandLineTool.start(arguments + ["--json"])
    Thread.sleep(forTimeInterval: 0.3)  // Any moment will do: the result must not depend on it.
    others[0].signal(SIGKILL)
    let outcome = try running.finish()
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(try JSONDecoder().decode([Report].self, from: Data(outcome.output.utf8)).map(\.counts) == alone)
    _ = (first, others)
  }

  @Test("a detached job is followed by its id, and a finished one gives its results again", .tags(.process))
  func detached() throws {
    let scratch = try Scratch(["bell.qasm": Sources.bell])
    let broker = try RunningBroker()
    let worker = try startWorker(broker)
    let arguments = [
      "submit", scratch.path("bell.qasm"), "--seed", "1", "--shots", "100", "--broker", broker.endpoint, "--detach", "--json",
      "--idempotency-key", "k",
    ]
    struct Ticket: Decodable { var job: String; var state: String; var duplicate: Bool }
    let ticket = try JSONDecoder().decode(Ticket.self, from: Data(try CommandLineTool.run(arguments).output.utf8))
    #expect(!ticket.duplicate)
    let again = try JSONDecoder().decode(Ticket.self, from: Data(try CommandLineTool.run(arguments).output.utf8))
    #expect(again.duplicate && again.job == ticket.job)
    let target = ["--broker", broker.endpoint]
    #expect(try CommandLineTool.run(["wait", ticket.job] + target).status == 0)
    let status = try CommandLineTool.run(["status", ticket.job] + target)
    #expect(status.status == 0 && status.output.contains("succeeded"))
    let results = try CommandLineTool.json(["result", ticket.job] + target)
    #expect(results[0].counts == (try CommandLineTool.json(["result", ticket.job] + target))[0].counts)
    #expect(results[0].shots == 100)
    let unknown = try CommandLineTool.run(["status", "00000000000000000000000000000000"] + target)
    #expect(unknown.status != 0 && !unknown.errors.isEmpty)
    _ = worker
  }

  @Test("a detached job's mitigated values come with its results, from two workers those that one process gives", .tags(.process))
  func mitigated() throws {
    let circuit = """
      OPENQASM 3.0; include "stdgates.inc"; input float theta; qubit[3] q;
      ry(theta) q[0]; cx q[0], q[1]; rx(theta) q[2]; cx q[1], q[2];
      """
    let rows = "theta\n" + (0..<60).map { "\(Double($0) / 20)\n" }.joined()
    let scratch = try Scratch(["c.qasm": circuit, "rows.csv": rows])
    let broker = try RunningBroker()
    let workers = [try startWorker(broker), try startWorker(broker)]
    let arguments = [
      scratch.path("c.qasm"), "--parameters", scratch.path("rows.csv"), "--seed", "2", "--observable", "ZZI", "--device-model",
      "manila", "--mitigation", "twirling", "--mitigation-samples", "30", "--device", "cpu",
    ]
    struct Ticket: Decodable { var job: String }
    let target = ["--broker", broker.endpoint]
    let submitted = try CommandLineTool.run(["submit"] + arguments + target + ["--detach", "--json"])
    let ticket = try JSONDecoder().decode(Ticket.self, from: Data(submitted.output.utf8))
    let results = try CommandLineTool.json(["result", ticket.job] + target)
    let run = try CommandLineTool.json(["run"] + arguments)
    #expect(results.count == 60)
    for (found, expected) in zip(results, run) {
      let (value, other) = (try #require(found.expectations?[0].mitigated), try #require(expected.expectations?[0].mitigated))
      #expect(value.value == other.value && value.standard_error == other.standard_error && value.variants == 30)
    }
    let table = try CommandLineTool.run(["result", ticket.job] + target).output
    #expect(table.contains("mitigated: +") && table.contains("twirling · 30 circuits"), "\(table)")
    _ = workers
  }

  @Test("a job is held, confirmed, streamed and retracted from the command line", .tags(.process))
  func delivery() throws {
    let scratch = try Scratch()
    let job = try writeJob(scratch, circuits: 30, shots: 20)
    let broker = try RunningBroker()
    let target = ["--broker", broker.endpoint]
    struct Ticket: Decodable { var job: String; var state: String }
    let submitted = try CommandLineTool.run(["submit", job, "--confirmations", "2", "--detach", "--json"] + target)
    let ticket = try JSONDecoder().decode(Ticket.self, from: Data(submitted.output.utf8))
    #expect(ticket.state == "held")
    #expect(try CommandLineTool.run(["result", ticket.job, "--partial", "--json"] + target).output == "[]\n")
    let streamed = try CommandLineTool.start(["wait", ticket.job, "--stream"] + target)
    #expect(try CommandLineTool.run(["confirm", ticket.job, "2"] + target).output.contains("queued"))
    let worker = try startWorker(broker)
    let outcome = try streamed.finish()
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.output.split(separator: "\n").count == 30)
    let results = try CommandLineTool.json(["result", ticket.job] + target)
    #expect(try CommandLineTool.json(["result", ticket.job, "--partial"] + target).map(\.counts) == results.map(\.counts))
    #expect(try CommandLineTool.run(["retract", ticket.job, "--reason", "gone"] + target).output.contains("retracted: gone"))
    let retracted = try CommandLineTool.run(["result", ticket.job, "--json"] + target)
    #expect(retracted.status == 65 && retracted.errors.contains("was retracted: gone") && !retracted.output.isEmpty)
    #expect(try CommandLineTool.run(["dead-letters"] + target).output == "no dead letters\n")
    #expect(try CommandLineTool.run(["retry", ticket.job] + target).status == 65)
    let session = try CommandLineTool.run(["session", "open"] + target).output.trimmingCharacters(in: .whitespacesAndNewlines)
    #expect(try CommandLineTool.run(["session", "close", session] + target).output.contains("closed"))
    #expect(try CommandLineTool.run(["submit", job, "--session", session] + target).status == 65)
    _ = worker
  }

  @Test("garbage at the broker's port leaves it serving", .tags(.process))
  func garbage() throws {
    let scratch = try Scratch(["bell.qasm": Sources.bell])
    let broker = try RunningBroker()
    let worker = try startWorker(broker)
    let port = UInt16(broker.endpoint.split(separator: ":").last!)!
    var random = SystemRandomNumberGenerator()
    for length in [1, 64, 4_096, 200_000] {
      let socket = try LoopbackSocket(port: port)
      socket.send((0..<length).map { _ in UInt8.random(in: .min ... .max, using: &random) })
    }
    let report = try CommandLineTool.json(["submit", scratch.path("bell.qasm"), "--broker", broker.endpoint])[0]
    #expect(report.shots == 1024)
    _ = worker
  }

  @Test(
    "peers that choose routing identities are refused; one that the next peer was about to get does not stop the broker",
    .tags(.process))
  func chosenIdentities() throws {
    let broker = try RunningBroker()
    // Where the numbers of a ROUTER would begin if nobody seeded `rand`, and up to seven numbers were drawn before.
    srand(1)
    let drawn = (0..<9).map { _ in UInt32(rand()) }
    var foreseen: [[UInt8]] = []
    for place in 0..<8 {
      let start = drawn[place] | drawn[place + 1] << 31
      for number in 0..<3 {
        foreseen.append(unsafe [0] + withUnsafeBytes(of: (start &+ UInt32(number)).bigEndian, Array<UInt8>.init))
      }
    }
    var held: [DealerPeer] = []
    for identity in foreseen + [Array("worker-1".utf8)] {
      var options = SocketOptions()
      options.routingID = identity
      held.append(try DealerPeer(broker.endpoint, options))
    }
    for _ in 0..<8 { held.append(try DealerPeer(broker.endpoint, SocketOptions())) }
    let chosen = held[foreseen.count].answer
    #expect(chosen.contains("may not choose"), "\(chosen)")
    let outcome = try CommandLineTool.run(["queue", "--broker", broker.endpoint])
    #expect(outcome.status == 0, "\(outcome)")
  }

  @Test("a broker stopped by a signal leaves cleanly, and its clients are told", .tags(.process))
  func stopped() throws {
    let scratch = try Scratch(["bell.qasm": Sources.bell])
    let broker = try RunningBroker()
    broker.tool.signal(SIGTERM)
    #expect(try broker.tool.finish().status == 0)
    let outcome = try CommandLineTool.run(["submit", scratch.path("bell.qasm"), "--broker", broker.endpoint])
    #expect(outcome.status == 69)
  }
}

/// A peer on a socket with options of its own, which asked something before it said HELLO and heard an answer.
private final class DealerPeer {
  let answer: String
  private let socket: Socket

  init(_ endpoint: String, _ options: SocketOptions) throws {
    socket = try Socket(.dealer, options: options)
    try socket.connect(endpoint)
    try #require(try socket.waitUntilWritable(timeout: .seconds(20)))
    let question = try Message(id: 1, .ping).encode()
    try #require(try socket.send(question.map { try Frame($0) }) == .sent)
    try #require(try socket.waitUntilReadable(timeout: .seconds(20)), "no answer")
    answer = String(decoding: try socket.receive()?.flatMap(\.contents) ?? [], as: UTF8.self)
  }
}

/// A plain TCP connection to this machine.
private final class LoopbackSocket {
  private let descriptor: Int32

  init(port: UInt16) throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let status = unsafe withUnsafePointer(to: &address) {
      unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard status == 0 else { throw CommandLineTool.Trouble("cannot connect to port \(port)") }
  }

  func send(_ bytes: [UInt8]) {
    _ = unsafe bytes.withUnsafeBytes { unsafe Foundation.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
  }

  deinit { close(descriptor) }
}
