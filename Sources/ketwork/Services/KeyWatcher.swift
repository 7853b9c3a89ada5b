internal import Broker
internal import Dispatch
internal import Logging

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// Tells a broker who may connect whenever the list in its folder of keys has changed.
actor KeyWatcher {
  private let folder: KeyFolder
  private let broker: BrokerService
  private let logger: Logger
  private var seen: Stamp?

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

  /// Runs a body while the list is watched: it is looked at every second, and at once when the process is sent SIGHUP.
  static func watching<Value: Sendable>(
    _ folder: KeyFolder?, for broker: BrokerService, _ logger: Logger, _ body: () async throws -> Value
  ) async throws -> Value {
    guard let folder else { return try await body() }
    let watcher = KeyWatcher(folder, broker, logger)
    signal(SIGHUP, SIG_IGN)
    let source = DispatchSource.makeSignalSource(signal: SIGHUP, queue: .global())
    source.setEventHandler { Task { await watcher.check(isAsked: true) } }
    source.activate()
    let task = Task {
      while !Task.isCancelled {
        await watcher.check(isAsked: false)
        // Its only error is that of being cancelled, which ends the loop.
        try? await Task.sleep(for: Limits.keyWatchInterval)
      }
    }
    defer {
      task.cancel()
      source.cancel()
    }
    return try await body()
  }

  private init(_ folder: KeyFolder, _ broker: BrokerService, _ logger: Logger) {
    (self.folder, self.broker, self.logger) = (folder, broker, logger)
  }

  /// Reads the list again if it has changed; one that cannot be read is complained of once, and the one before stays.
  private func check(isAsked: Bool) async {
    let stamp = Stamp(folder.authorizedPath)
    guard isAsked || stamp != seen else { return }
    seen = stamp
    do {
      await broker.setAuthorizedKeys(try folder.authorizedKeys())
    } catch {
      logger.error("the list of authorized keys cannot be read; the one before stays", metadata: ["reason": "\(error)"])
    }
  }
}
