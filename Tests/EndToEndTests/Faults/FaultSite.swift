import Client
import Foundation
import Protocol
import Testing

/// A broker with a store, and its workers, each a process of its own that a test stops, kills and starts again.
final class FaultSite {
  let scratch: Scratch
  /// Where the broker listens, after a restart, too.
  let endpoint: String
  private(set) var broker: CommandLineTool.Running

  init() throws {
    scratch = try Scratch()
    (broker, endpoint) = try Self.startBroker(at: "tcp://127.0.0.1:*", store: scratch.path("jobs.sqlite"))
  }

  /// The database, and what lies beside it.
  var store: String { scratch.path("jobs.sqlite") }
  var log: String { store + "-wal" }
  var mark: String { store + "-mark" }

  private static func startBroker(at endpoint: String, store: String) throws -> (CommandLineTool.Running, String) {
    let tool = try CommandLineTool.start(["broker", "--bind", endpoint, "--store", store])
    let line = try tool.line { $0.contains("tcp://") }
    return (tool, String(line[line.range(of: "tcp://")!.lowerBound...].prefix { !$0.isWhitespace && $0 != "," }))
  }

  func killBroker() throws {
    broker.signal(SIGKILL)
    _ = try broker.finish()
  }

  /// Starts the broker again, as soon as the system gives its port back.
  func restartBroker() throws {
    let end = ContinuousClock.now + .seconds(30)
    while true {
      do {
        broker = try Self.startBroker(at: endpoint, store: store).0
        return
      } catch  where ContinuousClock.now < end {
        continue
      }
    }
  }

  /// Starts a worker on this machine's processor and waits until it is ready.
  func startWorker(at endpoint: String? = nil) throws -> CommandLineTool.Running {
    let worker = try CommandLineTool.start(["worker", "--broker", endpoint ?? self.endpoint, "--device", "cpu"])
    _ = try worker.line { $0.contains("ready") }
    return worker
  }

  func client(at endpoint: String? = nil) async throws -> KetworkClient {
    var configuration = ClientConfiguration(endpoints: [endpoint ?? self.endpoint], name: "fault")
    configuration.connectTimeout = .seconds(30)
    return try await KetworkClient.connect(configuration)
  }
}

/// Circuits to submit.
struct FaultWork {
  var job: Job
  var template: Template

  /// Many circuits, each done in no time.
  static func short(_ count: Int, key: String) throws -> FaultWork {
    let template = try Template(openQASM: Sources.bell)
    let items = (0..<count).map {
      Item(template: template.digest, settings: ExecutionSettings(shots: 20, seed: UInt64($0 % 64)), qubitCount: 2)
    }
    return FaultWork(job: try Job(items: items, idempotencyKey: key), template: template)
  }

  /// Circuits of some seconds each.
  static func long(_ count: Int = 1, key: String, layers: Int = FaultWork.layers) throws -> FaultWork {
    let qubits = 18
    let layer =
      (0..<qubits).map { "rx(0.1 * (\($0) + 1)) q[\($0)]; " }.joined() + (1..<qubits).map { "cx q[\($0 - 1)], q[\($0)]; " }.joined()
    let text = "OPENQASM 3.0; include \"stdgates.inc\"; qubit[\(qubits)] q; " + String(repeating: layer, count: layers)
    let template = try Template(openQASM: text)
    let items = (0..<count).map { _ in
      Item(template: template.digest, settings: ExecutionSettings(shots: 20, seed: 1), qubitCount: qubits)
    }
    return FaultWork(job: try Job(items: items, idempotencyKey: key), template: template)
  }

  /// As many as take two to five seconds in a debug build on one core.
  static let layers = 60
}

extension KetworkClient {
  func submit(_ work: FaultWork) async throws -> Submitted { try await submit(work.job, templates: [work.template]) }

  /// Waits until a job's circuits are being executed.
  func waitUntilRunning(_ job: JobID) async throws {
    for try await event in events(of: job) where event.state == .running { return }
    Issue.record("job \(job) ended before it was seen to run: its circuits are too short for this machine")
  }
}

/// Waits for something that another process brings about, unless it is broken.
func eventually(
  _ what: Comment, within limit: Duration = .seconds(60), sourceLocation: SourceLocation = #_sourceLocation,
  _ condition: () async throws -> Bool
) async throws {
  let end = ContinuousClock.now + limit
  while !(try await condition()) {
    try #require(ContinuousClock.now < end, what, sourceLocation: sourceLocation)
    try await Task.sleep(for: .milliseconds(20))
  }
}
