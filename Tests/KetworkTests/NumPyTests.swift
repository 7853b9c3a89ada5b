import Testing

@testable import ketwork

@Suite("NumPy files")
struct NumPyTests {
  @Test("an array is written as NumPy writes it, its data on a 64-byte boundary")
  func header() throws {
    let bytes = NumPyArray([1, 2, 3, 4, 5, 6], shape: [2, 3]).fileBytes
    #expect(Array(bytes.prefix(8)) == [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59, 1, 0])
    #expect((bytes.count - 48) % 64 == 0)
    let header = String(decoding: bytes[10..<(bytes.count - 48)], as: UTF8.self)
    #expect(header.hasPrefix("{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3), }"))
    #expect(header.hasSuffix("\n"))
  }

  @Test("what is written reads back", arguments: [[6], [2, 3], [3, 2, 1]])
  func roundTrip(_ shape: [Int]) throws {
    let array = NumPyArray([1, -2.5, 3e300, 0, .leastNonzeroMagnitude, 7], shape: shape)
    let read = try NumPyArray(fileBytes: array.fileBytes, path: "a.npy")
    #expect(read == array)
    #expect(read.doubles == [1, -2.5, 3e300, 0, .leastNonzeroMagnitude, 7])
  }

  @Test("cut and altered files are refused and never trap")
  func hostile() throws {
    let good = NumPyArray([1, 2, 3, 4], shape: [2, 2]).fileBytes
    for length in 0..<good.count {
      #expect(throws: Failure.self) { try NumPyArray(fileBytes: Array(good.prefix(length)), path: "a") }
    }
    for text in ["(2, -2)", "(9223372036854775807, 2)", "(2, x)", "'shape'", "(", "(99, 99)"] {
      let header = "{'descr': '<f8', 'fortran_order': False, 'shape': \(text), }\n"
      let bytes = Array(good.prefix(8)) + [UInt8(header.utf8.count), 0] + Array(header.utf8) + good.suffix(32)
      #expect(throws: Failure.self, "\(text)") { try NumPyArray(fileBytes: bytes, path: "a") }
    }
  }

  @Test("a header that says more than it may is refused, whatever follows it", arguments: [1, 2, 3])
  func headers(_ version: UInt8) throws {
    func failure(_ text: String, byteCount: Int? = nil, fileByteCount: Int = 1 << 40) -> String {
      let count = byteCount ?? text.utf8.count
      let length = (0..<(version == 1 ? 2 : 4)).map { UInt8(truncatingIfNeeded: count >> (8 * $0)) }
      let bytes = [0x93] + Array("NUMPY".utf8) + [version, 0] + length + Array(text.utf8)
      let error = #expect(throws: Failure.self, "\(text)") {
        try NumPyHeader(bytes, fileByteCount: fileByteCount, path: "a.npy")
      }
      return error?.description ?? ""
    }
    func header(_ descr: String, _ order: String = "False", _ shape: String = "(2, 2)") -> String {
      "{'descr': '\(descr)', 'fortran_order': \(order), 'shape': \(shape), }\n"
    }
    #expect(failure(header(">f8")).contains("a.npy: element type '>f8'; <f4, <f8, |u1, <i4 and <i8 are accepted"))
    #expect(failure(header("<f8", "True")).contains("Fortran order"))
    #expect(failure(header("<f8", "False", "(4611686018427387904, 4, 0)")).contains("the data is cut off"))
    #expect(failure(header("<f8"), fileByteCount: 100).contains("the data is cut off: shape [2, 2]"))
    #expect(failure(header("<f8"), byteCount: 65_000).contains("the header is cut off"))
    #expect(failure(header("<f8", "False", "(" + String(repeating: "1,", count: 65) + ")")).contains("the shape cannot be read"))
    if version > 1 { #expect(failure("", byteCount: 1 << 30).contains("a header of 1073741824 bytes; at most 65536 are read")) }
  }
}

@Suite("NumPy archives")
struct NumPyArchiveTests {
  @Test("the checksum is that of ZIP, in whatever pieces the bytes come")
  func checksum() throws {
    #expect(CRC32.checksum(Array("123456789".utf8)) == 0xCBF4_3926)
    let bytes = (0..<1_000).map { UInt8(truncatingIfNeeded: $0 * $0 + 7) }
    for cut in [0, 1, 7, 8, 500, 999] {
      var checksum = CRC32()
      for part in [Array(bytes[..<cut]), Array(bytes[cut...])] { unsafe checksum.update(part.span.bytes) }
      #expect(checksum.value == CRC32.checksum(bytes))
    }
  }

  @Test("arrays that are written in turn and in pieces read back, and the file appears when it is complete")
  func pieces() throws {
    let folder = try Folder()
    let path = folder.path("out.npz")
    var archive: NumPyArchive? = try NumPyArchive(path: path, [.init(name: "a", shape: [3, 2]), .init(name: "b", shape: [3])])
    for row in 0..<3 {
      try archive?.append([Double(row), Double(10 * row)], to: 0)
      try archive?.append([Double(-row)], to: 1)
      #expect(!folder.names.contains("out.npz"))
    }
    try archive?.complete()
    archive = nil
    #expect(folder.names == ["out.npz"])
    let arrays = try NumPyArchiveReader.arrays(try Files.read(path))
    #expect(arrays["a"] == NumPyArray([0, 0, 1, 10, 2, 20], shape: [3, 2]))
    #expect(arrays["b"] == NumPyArray([0, -1, -2], shape: [3]))
  }

  @Test("an archive that is given up leaves nothing, and what had its name stays")
  func givenUp() throws {
    let folder = try Folder()
    let path = folder.path("out.npz")
    try Files.write([1, 2, 3], to: path)
    var archive: NumPyArchive? = try NumPyArchive(path: path, [.init(name: "a", shape: [2])])
    try archive?.append([1], to: 0)
    #expect(folder.names.count == 2)
    archive = nil
    #expect(folder.names == ["out.npz"])
    #expect(try Files.read(path) == [1, 2, 3])
  }

  @Test("a folder that is not there, and a name that a folder has, are refused at once")
  func refused() throws {
    let folder = try Folder()
    for path in [folder.path("no/out.npz"), folder.path("")] {
      let failure = #expect(throws: Failure.self) { try NumPyArchive(path: path, [.init(name: "a", shape: [2])]) }
      #expect(failure?.status == .cannotCreate && failure?.description.contains(path) == true)
    }
    #expect(folder.names.isEmpty)
  }

  @Test("sizes and places that 32 bits do not hold are told in 64", arguments: [1 << 32, (1 << 32) - 1, 1 << 40])
  func large(_ byteCount: Int) throws {
    let layout = ZIPLayout([.init(name: "a", byteCount: 5), .init(name: "b", byteCount: byteCount), .init(name: "c", byteCount: 7)])
    let local = ZIPLayout.localHeader(layout.members[1], checksum: 9)
    #expect(local.word(at: 4, 2) == 45 && local.word(at: 18, 4) == 0xFFFF_FFFF && local.word(at: 22, 4) == 0xFFFF_FFFF)
    #expect(local.word(at: 31, 2) == 1 && local.word(at: 33, 2) == 16)
    #expect(local.word(at: 35, 8) == byteCount && local.word(at: 43, 8) == byteCount && local.count == 51)
    #expect(layout.members[2].offset == layout.members[1].start + byteCount)
    let directory = layout.directory(checksums: [8, 9, 10])
    let last = directory.count - 22
    #expect(directory.word(at: last, 4) == 0x0605_4B50 && directory.word(at: last + 10, 2) == 3)
    #expect(directory.word(at: last + 16, 4) == 0xFFFF_FFFF)
    let locator = last - 20
    #expect(directory.word(at: locator, 4) == 0x0706_4B50)
    let end = directory.word(at: locator + 8, 8) - layout.directoryOffset
    #expect(directory.word(at: end, 4) == 0x0606_4B50 && end == locator - 56)
    #expect(directory.word(at: end + 32, 8) == 3 && directory.word(at: end + 40, 8) == end)
    #expect(directory.word(at: end + 48, 8) == layout.directoryOffset)
    // The entry of the last member: its size fits, its place does not.
    let entry = end - 46 - 1 - 12
    #expect(directory.word(at: entry, 4) == 0x0201_4B50 && directory.word(at: entry + 20, 4) == 7)
    #expect(directory.word(at: entry + 42, 4) == 0xFFFF_FFFF && directory.word(at: entry + 30, 2) == 12)
    #expect(directory.word(at: entry + 51, 8) == layout.members[2].offset)
  }

  @Test("small archives are as every reader of ZIP files knows them")
  func small() throws {
    let layout = ZIPLayout([.init(name: "a", byteCount: 5), .init(name: "b", byteCount: 7)])
    let directory = layout.directory(checksums: [8, 9])
    let end = directory.count - 22
    #expect(directory.word(at: 0, 4) == 0x0201_4B50 && directory.word(at: 6, 2) == 20 && directory.word(at: 16, 4) == 8)
    #expect(directory.word(at: end, 4) == 0x0605_4B50 && directory.word(at: end + 12, 4) == end && end == 2 * 47)
    #expect(directory.word(at: end + 16, 4) == layout.directoryOffset && layout.directoryOffset == 2 * 31 + 12)
  }
}

extension [UInt8] {
  /// A little-endian number.
  fileprivate func word(at place: Int, _ byteCount: Int) -> Int {
    (0..<byteCount).reduce(0) { $0 | Int(self[place + $1]) << (8 * $1) }
  }
}
