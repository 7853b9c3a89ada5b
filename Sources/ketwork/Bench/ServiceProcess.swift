internal import Foundation

/// A service of this program in a process of its own, on loopback.
final class ServiceProcess {
  private let process = Process()
  private let output = Pipe()

  /// Starts this program with arguments.
  init(_ arguments: [String]) throws {
    process.executableURL = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
    process.arguments = arguments
    process.standardOutput = output
    process.standardInput = FileHandle.nullDevice
    try process.run()
  }

  /// The first line that the service prints, which says that it serves.
  func firstLine() throws -> String {
    var bytes: [UInt8] = []
    while let byte = try output.fileHandleForReading.read(upToCount: 1)?.first, byte != UInt8(ascii: "\n") { bytes.append(byte) }
    guard !bytes.isEmpty else { throw Failure(.software, "a service ended before it served; what it said is above") }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Time of processors that it has used, in seconds, as Linux counts it.
  var processorSeconds: Double {
    guard let text = try? String(contentsOfFile: "/proc/\(process.processIdentifier)/stat", encoding: .utf8) else { return 0 }
    // The name, which may hold anything, is in parentheses; what follows it begins with the third field.
    let fields = text[(text.lastIndex(of: ")") ?? text.startIndex)...].split(separator: " ")
    guard fields.count > 13, let user = Double(fields[12]), let system = Double(fields[13]) else { return 0 }
    return (user + system) / 100
  }

  /// The most memory that it had resident, in bytes.
  var peakByteCount: Int {
    let status = try? String(contentsOfFile: "/proc/\(process.processIdentifier)/status", encoding: .utf8)
    return status.flatMap { ResidentMemory.peak(in: $0) } ?? 0
  }

  /// Ends it, and waits until it has.
  func stop(_ signal: Int32 = SIGTERM) {
    guard process.isRunning else { return }
    kill(process.processIdentifier, signal)
    process.waitUntilExit()
  }

  deinit { stop(SIGKILL) }
}
