#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// Calls of the system that a store rests on, with errors that say what was attempted.
enum SystemCall {
  /// The reason of the last failure.
  private static var reason: String { unsafe String(cString: strerror(errno)) }

  private static func check(_ status: Int32, _ what: @autoclosure () -> String) throws(BrokerError) {
    guard status != 0 else { return }
    throw BrokerError(.storage, "\(what()): \(reason)")
  }

  /// The name of this machine, as it calls itself.
  static var hostName: String {
    var name = [CChar](repeating: 0, count: 256)
    guard unsafe gethostname(&name, name.count - 1) == 0 else { return "unknown" }
    return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// Opens a file, runs a body with its descriptor, and closes it.
  static func withFile<Value>(
    _ path: String, _ flags: Int32, _ body: (Int32) throws(BrokerError) -> Value
  ) throws(BrokerError) -> Value {
    let descriptor = unsafe open(path, flags | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw BrokerError(.storage, "\(path): \(reason)") }
    defer { close(descriptor) }
    return try body(descriptor)
  }

  /// Writes all bytes at an offset.
  static func write(_ bytes: [UInt8], at offset: Int = 0, to descriptor: Int32, _ path: String) throws(BrokerError) {
    var place = 0
    while place < bytes.count {
      let written = unsafe bytes[place...].withUnsafeBytes { buffer in
        unsafe pwrite(descriptor, buffer.baseAddress, buffer.count, off_t(offset + place))
      }
      if written < 0, errno == EINTR { continue }
      guard written > 0 else { throw BrokerError(.storage, "\(path): cannot be written: \(reason)") }
      place += written
    }
  }

  /// Makes what was written durable; a failure leaves it unknown what is, and is not to be tried again.
  static func flush(_ descriptor: Int32, _ path: String) throws(BrokerError) {
    try check(fsync(descriptor), "\(path): cannot be flushed")
  }

  /// Makes the names in a folder durable.
  static func flushFolder(_ path: String) throws(BrokerError) {
    try withFile(path, O_RDONLY | O_DIRECTORY) { descriptor throws(BrokerError) in try flush(descriptor, path) }
  }

  /// Gives a file another name, in place of what had it.
  static func name(_ old: String, as new: String) throws(BrokerError) {
    try check(unsafe rename(old, new), "\(new): cannot be named")
  }

  /// Makes a folder that only its owner may enter, unless it is there.
  static func makeFolder(_ path: String) throws(BrokerError) {
    guard unsafe mkdir(path, 0o700) != 0, errno != EEXIST else { return }
    throw BrokerError(.storage, "\(path): cannot be made: \(reason)")
  }

  /// Removes a file; one that is not there is as good.
  static func remove(_ path: String) throws(BrokerError) {
    guard unsafe unlink(path) != 0, errno != ENOENT else { return }
    throw BrokerError(.storage, "\(path): cannot be removed: \(reason)")
  }

  /// Opens a file and locks it for this process, until the descriptor is closed.
  ///
  /// - Returns: The descriptor, or `nil` when another process has the lock.
  static func lock(_ path: String) throws(BrokerError) -> Int32? {
    let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw BrokerError(.storage, "\(path): \(reason)") }
    if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return descriptor }
    let isTaken = errno == EWOULDBLOCK
    let text = reason
    close(descriptor)
    guard isTaken else { throw BrokerError(.storage, "\(path): cannot be locked: \(text)") }
    return nil
  }
}
