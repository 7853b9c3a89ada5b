import Foundation
import Glibc

/// A PostgreSQL server of its own, in a temporary folder and on a socket there, that ends with the process of the tests, however that ends.
///
/// A shell waits for the end of its standard input, whose other end only this process has; then it stops the server and removes the folder.
package final class PostgreSQLServer: Sendable {
  package struct Trouble: Error, CustomStringConvertible {
    package var description: String
  }

  /// One for all tests of a process; each uses a schema of its own.
  package static let shared = Result { try PostgreSQLServer() }

  /// The folder of the programs of the newest version here.
  private static let programs: String? = {
    let folder = "/usr/lib/postgresql"
    // No such folder, no such programs.
    let versions = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return versions.compactMap { Int($0) }.max().map { "\(folder)/\($0)/bin" }
  }()

  private static let script = """
    trap '' INT TERM
    folder=$(mktemp -d /tmp/ketwork-postgresql-XXXXXX) && cd "$folder" || exit 1
    if "$1/initdb" -D data -U postgres -A trust -N -E UTF8 --locale=C >log 2>&1 &&
      "$1/pg_ctl" -D data -w -l log -o "-c listen_addresses= -c shared_buffers=32MB -k $folder" start >start.log 2>&1
    then echo "$folder"; read -r line; "$1/pg_ctl" -D data -m immediate -w stop >stop.log 2>&1
    else echo "failed: $(tail -n 3 log | tr '\\n' ' ')"; fi
    cd / && rm -rf "$folder"
    """

  private let folder: String
  /// What the shell waits for the end of.
  private let input: FileHandle

  package init() throws {
    guard let programs = Self.programs else {
      throw Trouble(description: "no PostgreSQL server is installed: scripts/setup does it")
    }
    let (process, input, output) = (Process(), Pipe(), Pipe())
    // Children of others are not to hold the server.
    for handle in [input.fileHandleForWriting, output.fileHandleForReading] {
      _ = fcntl(handle.fileDescriptor, F_SETFD, FD_CLOEXEC)
    }
    // A server refuses to run as root.
    let user = getuid() == 0 ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--"] : []
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = user + ["sh", "-c", Self.script, "sh", programs]
    (process.standardInput, process.standardOutput) = (input, output)
    try process.run()
    self.input = input.fileHandleForWriting
    var line = Data()
    while let byte = try output.fileHandleForReading.read(upToCount: 1), let value = byte.first, value != UInt8(ascii: "\n") {
      line.append(value)
    }
    folder = String(decoding: line, as: UTF8.self)
    guard folder.hasPrefix("/") else { throw Trouble(description: "PostgreSQL does not start: \(folder)") }
  }

  /// Where a database is, with more parameters of a URL.
  package func url(_ more: String = "", database: String = "postgres") -> String {
    "postgresql://postgres@/\(database)?host=\(folder)\(more)"
  }

  /// Makes a database; its name.
  package func makeDatabase() throws -> String {
    let name = "test_\(UInt64.random(in: 0 ... .max))"
    try run("CREATE DATABASE \(name)")
    return name
  }

  /// Runs a statement as an administrator; what it prints, a line a row.
  @discardableResult
  package func run(_ sql: String, database: String = "postgres") throws -> String {
    let (process, output) = (Process(), Pipe())
    process.executableURL = URL(filePath: "\(Self.programs ?? "")/psql")
    process.arguments = ["-XtA", "-v", "ON_ERROR_STOP=1", "-d", url(database: database), "-c", sql]
    (process.standardOutput, process.standardError) = (output, output)
    try process.run()
    let text = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    if text.contains("ERROR:") || text.contains("FATAL:") { throw Trouble(description: text) }
    return text.trimmingCharacters(in: .whitespacesAndNewlines)
  }
}
