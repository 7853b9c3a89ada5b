#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// A file that is written in pieces and takes its name when it is complete; until then it lies in the same folder under another, and one
/// that is never completed is removed.
final class PartialFile {
  let path: String
  private let partialPath: String
  private let descriptor: Int32
  private var isComplete = false

  /// Begins a file.
  ///
  /// - Parameter permissions: What the owner and others may do with it, from its first byte on.
  /// - Throws: ``Failure`` for a folder that is not there, and where something else than a file has the name.
  init(path: String, permissions: mode_t = 0o666) throws {
    self.path = path
    var status = stat()
    if unsafe stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
      throw Failure(.cannotCreate, "\(path): cannot be written: it is there and is no file")
    }
    partialPath = "\(path).\(getpid()).\(UInt32.random(in: 0...UInt32.max)).partial"
    descriptor = unsafe open(partialPath, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, permissions)
    guard descriptor >= 0 else { throw Failure(.cannotCreate, "\(path): cannot be written: \(SystemError.text())") }
  }

  /// Writes bytes from a place in the file on.
  ///
  /// - Throws: ``Failure`` with the system's reason, a full disk for example.
  func write(_ bytes: RawSpan, at offset: Int) throws {
    var place = 0
    while place < bytes.byteCount {
      let written = unsafe bytes.withUnsafeBytes { buffer in
        let rest = unsafe UnsafeRawBufferPointer(rebasing: buffer[place...])
        return unsafe pwrite(descriptor, rest.baseAddress, rest.count, off_t(offset + place))
      }
      if written < 0, errno == EINTR { continue }
      guard written > 0 else { throw Failure(.cannotCreate, "\(path): cannot be written: \(SystemError.text())") }
      place += written
    }
  }

  /// Waits until what was written is on the disk.
  func flush() throws {
    guard fsync(descriptor) == 0 else { throw Failure(.cannotCreate, "\(path): cannot be written: \(SystemError.text())") }
  }

  /// Gives the file its name, in place of what had it.
  func complete() throws {
    guard unsafe rename(partialPath, path) == 0 else {
      throw Failure(.cannotCreate, "\(path): cannot be written: \(SystemError.text())")
    }
    isComplete = true
  }

  deinit {
    close(descriptor)
    // What cannot be removed cannot be helped here; its name says what it is.
    if !isComplete { _ = unsafe unlink(partialPath) }
  }
}
