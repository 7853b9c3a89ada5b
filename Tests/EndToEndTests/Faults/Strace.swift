import Foundation
import Testing

/// strace, attached to a process that runs: it tampers with its system calls, or writes them down.
final class Strace {
  private let process: ChildProcess
  private let scratch: Scratch

  /// Attaches, and returns once every system call from here on is seen.
  ///
  /// - Parameters:
  ///   - paths: Only calls on these files.
  ///   - expressions: What to trace and to inject, as `-e` takes them.
  init(_ target: CommandLineTool.Running, paths: [String], _ expressions: [String]) async throws {
    scratch = try Scratch(["input": ""])
    let arguments =
      ["-f", "-y", "-ttt", "-xx", "-s", "1048576", "-o", scratch.path("calls"), "-p", "\(target.id)"]
      + paths.flatMap { ["-P", $0] } + expressions.flatMap { ["-e", $0] }
    process = try ChildProcess(
      "/usr/bin/strace", arguments, environment: ProcessInfo.processInfo.environment, input: scratch.path("input"),
      errors: scratch.path("errors"))
    let errors = scratch.path("errors")
    try await eventually("strace does not attach: is it installed, and may this user trace?") {
      try String(contentsOfFile: errors, encoding: .utf8).contains("attached")
    }
  }

  /// Kills a process as it enters the n-th call of a kind on some files, before the call does anything.
  static func kill(_ target: CommandLineTool.Running, at call: String, number: Int = 1, paths: [String]) async throws -> Strace {
    try await Strace(target, paths: paths, ["trace=\(call)", "inject=\(call):signal=SIGKILL:when=\(number)"])
  }

  /// What was written down so far.
  func calls() throws -> String { try String(contentsOfFile: scratch.path("calls"), encoding: .utf8) }

  /// Lets the process go on by itself.
  func detach() {
    process.signal(SIGTERM)
    _ = process.wait()
  }
}
