#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// A file that is read in pieces, for arrays that need not fit the memory.
final class InputFile {
  let path: String
  let byteCount: Int
  /// Who may do what with it, as the system has it.
  let permissions: mode_t
  private let descriptor: Int32

  /// Opens a file.
  ///
  /// - Throws: ``Failure`` for what is not there, not allowed, or no file.
  init(path: String) throws {
    self.path = path
    descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw Failure(.noInput, errno == ENOENT ? "\(path): no such file" : "\(path): cannot be read: \(SystemError.text())")
    }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw Failure(.noInput, "\(path): is no file")
    }
    byteCount = Int(status.st_size)
    permissions = status.st_mode
  }

  /// Whether a path names a file that can be read in pieces and more than once: no pipe, no folder.
  static func isRegular(_ path: String) -> Bool {
    var status = stat()
    return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
  }

  /// Reads bytes from a place in the file on; fewer than there is room for at its end.
  ///
  /// - Throws: ``Failure`` with the system's reason.
  func read(at offset: Int, into bytes: UnsafeMutableRawBufferPointer) throws -> Int {
    var count = 0
    while count < bytes.count {
      let room = unsafe UnsafeMutableRawBufferPointer(rebasing: bytes[count...])
      let found = unsafe pread(descriptor, room.baseAddress, room.count, off_t(offset + count))
      if found < 0, errno == EINTR { continue }
      guard found >= 0 else { throw Failure(.noInput, "\(path): cannot be read: \(SystemError.text())") }
      if found == 0 { break }
      count += found
    }
    return count
  }

  /// The bytes of a part of the file; fewer at its end.
  func bytes(at offset: Int, count: Int) throws -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: max(0, min(count, byteCount - offset)))
    let found = try unsafe bytes.withUnsafeMutableBytes { try unsafe read(at: offset, into: $0) }
    return Array(bytes.prefix(found))
  }

  deinit { close(descriptor) }
}

/// What the system says of the last call that failed.
enum SystemError {
  static func text(_ code: Int32 = errno) -> String {
    guard let text = unsafe strerror(code) else { return "error \(code)" }
    return unsafe String(cString: text)
  }
}
