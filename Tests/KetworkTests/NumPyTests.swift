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

  @Test("the archive's checksum is that of ZIP, and its directory finds every member")
  func archive() throws {
    #expect(CRC32.checksum(Array("123456789".utf8)) == 0xCBF4_3926)
    var archive = NumPyArchive()
    try archive.add(NumPyArray([1], shape: [1]), named: "a")
    try archive.add(NumPyArray([2, 3], shape: [2]), named: "values")
    let bytes = archive.fileBytes
    let end = bytes.count - 22
    #expect(Array(bytes[end..<end + 4]) == [0x50, 0x4B, 5, 6])
    #expect(bytes[end + 10] == 2)
    let directory = (0..<4).reduce(0) { $0 | Int(bytes[end + 16 + $1]) << (8 * $1) }
    #expect(Array(bytes[directory..<directory + 4]) == [0x50, 0x4B, 1, 2])
  }
}
