internal import FoundationEssentials

/// Reading and writing whole files, with errors that name them.
enum Files {
  /// The largest input file: a template travels in 8 MiB; parameter arrays may be larger.
  static let inputByteCount = 1 << 30

  /// All bytes of a file; `-` is standard input.
  static func read(_ path: String) throws -> [UInt8] {
    if path == "-" { return try readStandardInput() }
    do {
      let attributes = try FileManager.default.attributesOfItem(atPath: path)
      if attributes[.type] as? FileAttributeType == .typeDirectory {
        throw Failure(.noInput, "\(path): is a folder; a file is needed")
      }
      if let size = attributes[.size] as? UInt64, size > inputByteCount {
        throw Failure(.noInput, "\(path): \(size) bytes; at most \(inputByteCount) are read")
      }
      return Array(try Data(contentsOf: URL(filePath: path)))
    } catch let failure as Failure {
      throw failure
    } catch let error as CocoaError where error.code == .fileReadNoSuchFile || error.code == .fileNoSuchFile {
      throw Failure(.noInput, "\(path): no such file")
    } catch let error as CocoaError where error.code == .fileReadNoPermission {
      throw Failure(.noInput, "\(path): not allowed to read it")
    } catch {
      throw Failure(.noInput, "\(path): cannot be read: \(error)")
    }
  }

  /// Writes a file, replacing it whole or not at all.
  static func write(_ bytes: [UInt8], to path: String) throws {
    try checkFolder(of: path)
    var isFolder = false
    if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder {
      throw Failure(.cannotCreate, "\(path): is a folder; a file is needed")
    }
    do { try Data(bytes).write(to: URL(filePath: path), options: .atomic) } catch let error as CocoaError
      where error.code == .fileWriteNoPermission
    {
      throw Failure(.cannotCreate, "\(path): not allowed to write it")
    } catch {
      throw Failure(.cannotCreate, "\(path): cannot be written: \(error)")
    }
  }

  private static func readStandardInput() throws -> [UInt8] {
    var bytes = [UInt8]()
    while let line = readLine(strippingNewline: false) {
      bytes += line.utf8
      guard bytes.count <= inputByteCount else { throw Failure(.noInput, "standard input: more than \(inputByteCount) bytes") }
    }
    return bytes
  }
}
