/// Arrays by name in NumPy's .npz format, an uncompressed ZIP archive of .npy files, written as their values come.
///
///     let archive = try NumPyArchive(path: "out.npz", [.init(name: "values", shape: [1_000_000, 4])])
///     try archive.append(values, to: 0)    // as often as there is something
///     try archive.complete()
///
/// Shapes are known at the start and so is where everything lies, so arrays may be filled side by side; nothing is held. The file appears
/// when it is complete, and not at all if it never is.
final class NumPyArchive {
  /// An array by its name.
  struct Member {
    var name: String
    var element = NumPyArray.Element.float64
    var shape: [Int]
  }

  private let layout: ZIPLayout
  private let file: PartialFile
  private var checksums: [CRC32]
  private var places: [Int]

  /// Begins an archive.
  ///
  /// - Throws: ``Failure`` where the file cannot be written.
  init(path: String, _ members: [Member]) throws {
    let headers = members.map { NumPyHeader($0.element, shape: $0.shape) }
    layout = ZIPLayout(
      zip(members, headers).map { .init(name: $0.name + ".npy", byteCount: $1.byteCount + $1.dataByteCount) })
    file = try PartialFile(path: path)
    checksums = members.map { _ in CRC32() }
    places = layout.members.map(\.start)
    for (index, header) in headers.enumerated() { try unsafe write(header.bytes.span.bytes, to: index) }
  }

  /// Writes whole arrays.
  static func write(_ arrays: [(name: String, array: NumPyArray)], to path: String) throws {
    let archive = try NumPyArchive(
      path: path, arrays.map { Member(name: $0.name, element: $0.array.element, shape: $0.array.shape) })
    for (index, entry) in arrays.enumerated() {
      try unsafe archive.write(entry.array.bytes.span.bytes, to: index)
    }
    try archive.complete()
  }

  /// Appends values, of the type that the array has, to an array.
  func append(_ values: [some BitwiseCopyable], to member: Int) throws { try unsafe write(values.span.bytes, to: member) }

  /// Writes what is left, and lets the file appear.
  func complete() throws {
    for (index, member) in layout.members.enumerated() {
      precondition(places[index] == member.end, "\(member.name) has \(member.end - places[index]) bytes too few")
      try unsafe file.write(ZIPLayout.localHeader(member, checksum: checksums[index].value).span.bytes, at: member.offset)
    }
    try unsafe file.write(layout.directory(checksums: checksums.map(\.value)).span.bytes, at: layout.directoryOffset)
    try file.complete()
  }

  private func write(_ bytes: RawSpan, to member: Int) throws {
    precondition(places[member] + bytes.byteCount <= layout.members[member].end, "\(layout.members[member].name) is full")
    try file.write(bytes, at: places[member])
    checksums[member].update(bytes)
    places[member] += bytes.byteCount
  }
}
