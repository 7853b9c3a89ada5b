internal import Broker
internal import Dispatch
internal import Logging

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// A file that a running service follows.
struct WatchedFile: Sendable {
  var path: String
  /// What it is, for the log.
  var name: String
  /// Reads it, and hands on what it says.
  var read: @Sendable () async throws -> Void
}

/// Reads files again whenever they have changed.
actor FileWatcher {
  private let files: [WatchedFile]
  private let logger: Logger
  private var seen: [String: Stamp] = [:]

  /// What changes when a file does.
  private struct Stamp: Hashable {
    var inode: UInt64
    var byteCount: Int
    var seconds: Int
    var nanoseconds: Int

    init?(_ path: String) {
      var status = stat()
      guard unsafe stat(path, &status) == 0 else { return nil }
      (inode, byteCount) = (UInt64(status.st_ino), Int(status.st_size))
      (seconds, nanoseconds) = (status.st_mtim.tv_sec, status.st_mtim.tv_nsec)
    }
  }

  /// Runs a body while files are watched: they are looked at every second, and at once when the process is sent SIGHUP.
  static func watching<Value: Sendable>(
    _ files: [WatchedFile], _ logger: Logger, _ body: () async throws -> Value
  ) async throws -> Value {
    guard !files.isEmpty else { return try await body() }
    let watcher = FileWatcher(files, logger)
    signal(SIGHUP, SIG_IGN)
    let source = DispatchSource.makeSignalSource(signal: SIGHUP, queue: .global())
    source.setEventHandler { Task { await watcher.check(isAsked: true) } }
    source.activate()
    let task = Task {
      while !Task.isCancelled {
        await watcher.check(isAsked: false)
        // Its only error is that of being cancelled, which ends the loop.
        try? await Task.sleep(for: Limits.fileWatchInterval)
      }
    }
    defer {
      task.cancel()
      source.cancel()
    }
    return try await body()
  }

  private init(_ files: [WatchedFile], _ logger: Logger) {
    (self.files, self.logger) = (files, logger)
  }

  /// Reads again what has changed; a file that cannot be read is complained of once, and what it said before holds.
  private func check(isAsked: Bool) async {
    for file in files {
      let stamp = Stamp(file.path)
      guard isAsked || stamp != seen[file.path] else { continue }
      seen[file.path] = stamp
      do {
        try await file.read()
      } catch {
        logger.error("\(file.name) cannot be read; what it said before holds", metadata: ["reason": "\(error)"])
      }
    }
  }
}

extension KeyFolder {
  /// The list of who may connect, for a broker that follows it.
  func watched(for broker: BrokerService) -> WatchedFile {
    WatchedFile(path: authorizedPath, name: "the list of authorized keys") {
      await broker.setAuthorizedKeys(try authorizedKeys())
    }
  }
}

extension TenantsFile {
  /// The file of tenants at a path, for a broker that follows it.
  static func watched(_ path: String, for broker: BrokerService) -> WatchedFile {
    WatchedFile(path: path, name: "the file of tenants") {
      await broker.setPolicies(try TenantsFile(path: path).policies())
    }
  }
}
