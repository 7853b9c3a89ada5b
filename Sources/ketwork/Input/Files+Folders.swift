internal import FoundationEssentials

extension Files {
  /// Refuses a path whose folder is not there, before a long command computes what it could not write.
  static func checkFolder(of path: String) throws {
    let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
    var isFolder = false
    guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder), isFolder else {
      throw Failure(.cannotCreate, "\(path): cannot be written: there is no folder \(folder)")
    }
  }
}
