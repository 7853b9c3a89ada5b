#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// Holds a file for this process, so that no two brokers use one store. The system lets go of it when the process ends, however it ends.
final class StoreLock: Sendable {
  private let descriptor: Int32

  private init(descriptor: Int32) { self.descriptor = descriptor }

  /// Takes the lock, which a broker that is just ending may have for a moment yet.
  ///
  /// - Throws: ``BrokerError`` with code `store_in_use` when another process has it and keeps it.
  static func take(path: String) async throws -> StoreLock {
    for _ in 0..<Limits.lockTryCount {
      if let descriptor = try SystemCall.lock(path) { return StoreLock(descriptor: descriptor) }
      try await Task.sleep(for: Limits.lockTryInterval)
    }
    throw BrokerError(.storeInUse, "\(path): another broker uses this store")
  }

  deinit { close(descriptor) }
}
