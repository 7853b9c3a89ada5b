import Foundation
import TestSupport

/// A broker and its workers as processes, that can be stopped, killed and started again.
///
/// It belongs to one thread.
final class SoakSite {
  private(set) var broker: CommandLineTool.Running
  private(set) var workers: [CommandLineTool.Running] = []
  private let endpoint: String
  /// The networks between the broker and its clients, and its workers.
  let clients: FaultProxy
  let network: FaultProxy
  private let scratch: Scratch
  private let options: [String]

  init(workerCount: Int) throws {
    scratch = try Scratch()
    options = ["--store", scratch.path("jobs.sqlite"), "--finished-jobs", "5000"]
    broker = try CommandLineTool.start(["broker", "--bind", "tcp://127.0.0.1:*"] + options)
    let line = try broker.line { $0.contains("tcp://") }
    endpoint = String(line[line.range(of: "tcp://")!.lowerBound...])
    clients = try FaultProxy(to: endpoint)
    network = try FaultProxy(to: endpoint)
    for _ in 0..<workerCount { workers.append(try startWorker()) }
    for worker in workers { _ = try worker.line { $0.contains("ready") } }
  }

  private func startWorker() throws -> CommandLineTool.Running {
    try CommandLineTool.start(["worker", "--broker", network.endpoint, "--device", "cpu"])
  }

  /// Ends the broker and starts it where it was.
  func restartBroker(_ signal: Int32) throws {
    broker.signal(signal)
    let outcome = try broker.finish()
    guard outcome.status == (signal == SIGKILL ? SIGKILL : 0) else {
      throw CommandLineTool.Trouble("the broker left with \(outcome.status): \(outcome.errors.suffix(2_000))")
    }
    broker = try CommandLineTool.start(["broker", "--bind", endpoint] + options)
    _ = try broker.line { $0.contains("tcp://") }
  }

  /// Ends a worker and starts another.
  func restartWorker(_ index: Int, _ signal: Int32) throws {
    workers[index].signal(signal)
    let outcome = try workers[index].finish()
    guard outcome.status == (signal == SIGKILL ? SIGKILL : 0) else {
      throw CommandLineTool.Trouble("a worker left with \(outcome.status): \(outcome.errors.suffix(2_000))")
    }
    workers[index] = try startWorker()
  }

  deinit { for proxy in [clients, network] { proxy.stop() } }

  /// A worker that has left by itself, which none should.
  func checkAlive() throws {
    for process in workers + [broker] where !process.isRunning {
      throw CommandLineTool.Trouble("a process left by itself: \(try process.finish().errors.suffix(2_000))")
    }
  }
}

extension CommandLineTool.Running {
  /// Mebibytes of memory that the process has.
  var residentMebibytes: Double {
    guard let status = try? String(contentsOfFile: "/proc/\(id)/status", encoding: .utf8),
      let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmRSS:") }),
      let kibibytes = Double(line.split(whereSeparator: { !$0.isNumber }).first ?? "")
    else { return 0 }
    return kibibytes / 1_024
  }
}
