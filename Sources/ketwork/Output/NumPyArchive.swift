/// Arrays by name in NumPy's .npz format: an uncompressed ZIP archive of .npy files.
///
/// Format: PKWARE APPNOTE 6.3.10, sections 4.3.7, 4.3.12 and 4.3.16, without compression.
struct NumPyArchive {
  private var body: [UInt8] = []
  private var directory: [UInt8] = []
  private var count = 0

  /// Adds an array under a name.
  ///
  /// - Throws: ``Failure`` beyond the 4 GiB that the plain format addresses.
  mutating func add(_ array: NumPyArray, named name: String) throws {
    let data = array.fileBytes
    guard data.count < Int(UInt32.max) - body.count - 1024 else {
      throw Failure(.cannotCreate, "the arrays exceed the 4 GiB of an .npz file; ask for less or use --json")
    }
    let path = Array((name + ".npy").utf8)
    // Version 2.0, no flags, stored, time 0, date 1980-01-01.
    let common =
      Self.words16(20, 0, 0, 0, 0x21) + Self.words32(CRC32.checksum(data), UInt32(data.count), UInt32(data.count))
      + Self.words16(UInt16(path.count), 0)
    directory +=
      Self.words32(0x0201_4B50) + Self.words16(20) + common + Self.words16(0, 0, 0) + Self.words32(0, UInt32(body.count)) + path
    body += Self.words32(0x0403_4B50) + common + path + data
    count += 1
  }

  /// The bytes of the file.
  var fileBytes: [UInt8] {
    body + directory + Self.words32(0x0605_4B50) + Self.words16(0, 0, UInt16(count), UInt16(count))
      + Self.words32(UInt32(directory.count), UInt32(body.count)) + Self.words16(0)
  }

  private static func words16(_ words: UInt16...) -> [UInt8] { words.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] } }
  private static func words32(_ words: UInt32...) -> [UInt8] {
    words.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> UInt32(8 * $0)) } }
  }
}

/// The checksum of ZIP archives (ISO 3309, polynomial 0xEDB88320 reflected).
enum CRC32 {
  private static let table: [UInt32] = (0..<256).map { index in
    (0..<8).reduce(UInt32(index)) { value, _ in value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1 }
  }

  static func checksum(_ bytes: [UInt8]) -> UInt32 {
    ~bytes.reduce(~UInt32(0)) { table[Int(UInt8(truncatingIfNeeded: $0) ^ $1)] ^ $0 >> 8 }
  }
}
