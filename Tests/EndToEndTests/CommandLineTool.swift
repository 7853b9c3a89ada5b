import Foundation
import Testing

/// Runs the real `ketwork` binary that was built beside the tests.
enum CommandLineTool {
  /// A process that has not ended by then is killed, and its test fails instead of hanging.
  static let timeLimitSeconds = 120.0

  struct Outcome {
    var status: Int32
    var output: String
    var errors: String
    var seconds: Double
  }

  /// A process that was started and goes on.
  final class Running {
    private let process: ChildProcess
    private let folder: Scratch
    private let started = Date()

    fileprivate init(_ arguments: [String], environment: [String: String], input: String?) throws {
      folder = try Scratch(["input": input ?? ""])
      var variables = ProcessInfo.processInfo.environment
      variables["KETWORK_BROKER"] = nil
      variables["KETWORK_KEYS"] = nil
      process = try ChildProcess(
        try CommandLineTool.executable().path, arguments, environment: variables.merging(environment) { $1 },
        input: folder.path("input"), errors: folder.path("errors"))
    }

    private func errors() throws -> String {
      String(decoding: try Data(contentsOf: folder.folder.appending(path: "errors")), as: UTF8.self)
    }

    /// Reads lines of standard output until one satisfies a condition.
    func line(where condition: (String) -> Bool) throws -> String {
      var buffer = Data()
      while let byte = try process.output.read(upToCount: 1), !byte.isEmpty {
        if byte.first == UInt8(ascii: "\n") {
          let line = String(decoding: buffer, as: UTF8.self)
          if condition(line) { return line }
          buffer.removeAll()
        } else {
          buffer += byte
        }
      }
      throw Trouble("the process ended before the line came: \(try errors())")
    }

    /// Reads everything until the process ends.
    func finish() throws -> Outcome {
      // No task: what follows blocks, and may hold every thread that tasks run on.
      let watchdog = DispatchWorkItem { [process] in process.signal(SIGKILL) }
      DispatchQueue.global().asyncAfter(deadline: .now() + CommandLineTool.timeLimitSeconds, execute: watchdog)
      defer { watchdog.cancel() }
      let data = try process.output.readToEnd() ?? Data()
      let status = process.wait()
      return Outcome(
        status: status, output: String(decoding: data, as: UTF8.self), errors: try errors(),
        seconds: Date().timeIntervalSince(started))
    }

    /// The number by which the system knows the process.
    var id: pid_t { process.id }

    /// Whether the process has not ended yet.
    var isRunning: Bool { process.isRunning }

    /// Sends a signal to the process itself.
    func signal(_ number: Int32) { process.signal(number) }
  }

  struct Trouble: Error, CustomStringConvertible {
    var description: String
    init(_ description: String) { self.description = description }
  }

  /// Starts the tool.
  static func start(_ arguments: [String], environment: [String: String] = [:], input: String? = nil) throws -> Running {
    try Running(arguments, environment: environment, input: input)
  }

  /// Runs the tool to its end.
  static func run(_ arguments: [String], environment: [String: String] = [:], input: String? = nil) throws -> Outcome {
    try start(arguments, environment: environment, input: input).finish()
  }

  /// Runs the tool with `--json` and decodes what it printed.
  static func json(_ arguments: [String], environment: [String: String] = [:]) throws -> [Report] {
    let outcome = try run(arguments + ["--json"], environment: environment)
    guard outcome.status == 0 else { throw Trouble("status \(outcome.status): \(outcome.errors)") }
    return try JSONDecoder().decode([Report].self, from: Data(outcome.output.utf8))
  }

  private static func executable() throws -> URL {
    let folder = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
    let tool = folder.appending(path: "ketwork")
    guard FileManager.default.isExecutableFile(atPath: tool.path) else { throw Trouble("no ketwork in \(folder.path)") }
    return tool
  }
}

/// What `--json` prints of one circuit and row.
struct Report: Decodable {
  struct Pruned: Decodable {
    var qubits: [Int]
    var operations: Int
  }

  struct Mitigated: Decodable {
    var method: String
    var value: Double
    var standard_error: Double
    var sampling_overhead: Double
    var variants: Int
    var diagnostics: [String: Double]
  }

  struct Expectation: Decodable {
    var observable: String
    var value: Double
    var standard_error: Double
    var gradient: [Double]?
    var mitigated: Mitigated?
  }

  struct Plan: Decodable {
    struct Pass: Decodable {
      var seconds_predicted: Double?
      var seconds_measured: Double
    }

    var idle_qubits: [Int]
    var passes: [Pass]
  }

  var plan: Plan?
  var circuit: String
  var row: Int
  var qubits: Int?
  var shots: Int?
  var counts: [String: Int]?
  var probabilities: [Double]?
  var expectations: [Expectation]?
  var pruned: Pruned?
  var method: String?
  var device: String?
  var precision: String?
}

/// A folder of files that goes with the test.
final class Scratch {
  let folder = FileManager.default.temporaryDirectory.appending(path: "ketwork-" + UUID().uuidString)

  init(_ files: [String: String] = [:]) throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    for (name, text) in files { try write(name, text) }
  }

  @discardableResult
  func write(_ name: String, _ text: String) throws -> String {
    try Data(text.utf8).write(to: folder.appending(path: name))
    return path(name)
  }

  func path(_ name: String) -> String { folder.appending(path: name).path }

  deinit {
    do { try FileManager.default.removeItem(at: folder) } catch { Issue.record(error) }
  }
}

/// Circuits the tests run.
enum Sources {
  static let bell = """
    OPENQASM 2.0;
    include "qelib1.inc";
    qreg q[2];
    creg c[2];
    h q[0];
    cx q[0], q[1];
    measure q -> c;
    """

  /// Twelve qubits, one of which nothing touches.
  static let wide = """
    OPENQASM 3.0;
    include "stdgates.inc";
    qubit[12] q;
    h q[0];
    for int i in {1, 2, 4, 5, 6, 7, 8, 9, 10, 11} { cx q[0], q[i]; ry(0.1 * i) q[i]; }
    """

  static let ansatz = """
    OPENQASM 3.0;
    include "stdgates.inc";
    input float p0; input float p1; input float p2; input float p3;
    qubit[4] q;
    ry(p0) q[0]; cx q[0], q[1];
    ry(p1) q[1]; cx q[1], q[2];
    ry(p2) q[2]; cx q[2], q[3];
    ry(p3) q[3]; cx q[3], q[0];
    """

  static let repeatUntilSuccess = """
    OPENQASM 3.0;
    include "stdgates.inc";
    qubit[2] q;
    bit[2] c;
    h q[0];
    c[0] = measure q[0];
    while (c[0] == 1) { h q[0]; c[0] = measure q[0]; ry(0.4) q[1]; }
    c[1] = measure q[1];
    """
}
