@testable import ketwork

/// Reads archives as they are written: members one after the other, with their sizes and checksums before them.
enum NumPyArchiveReader {
  struct Wrong: Error {
    var what: String
  }

  static func arrays(_ bytes: [UInt8]) throws -> [String: NumPyArray] {
    func word(_ place: Int, _ count: Int) -> Int { (0..<count).reduce(0) { $0 | Int(bytes[place + $1]) << (8 * $1) } }
    var arrays = [String: NumPyArray]()
    var place = 0
    while word(place, 4) == 0x0403_4B50 {
      let name = String(decoding: bytes[place + 30..<place + 30 + word(place + 26, 2)], as: UTF8.self)
      let start = place + 30 + word(place + 26, 2) + word(place + 28, 2)
      let data = Array(bytes[start..<start + word(place + 22, 4)])
      guard Int(CRC32.checksum(data)) == word(place + 14, 4) else { throw Wrong(what: "checksum of \(name)") }
      arrays[String(name.dropLast(4))] = try NumPyArray(fileBytes: data, path: name)
      place = start + data.count
    }
    return arrays
  }
}
