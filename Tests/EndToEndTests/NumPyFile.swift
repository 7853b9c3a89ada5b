import Foundation

/// Arrays of doubles as NumPy keeps them, written and read without the code under test.
enum NumPyFile {
  struct Array: Equatable {
    var shape: [Int]
    var values: [Double]
  }

  /// An .npy file of version 1.0.
  static func data(_ values: [Double], shape: [Int]) -> Data {
    let sizes = shape.map { "\($0)," }.joined()
    let header = "{'descr': '<f8', 'fortran_order': False, 'shape': (\(sizes)), }\n"
    var data = Data([0x93]) + Data("NUMPY".utf8) + Data([1, 0, UInt8(header.utf8.count), 0]) + Data(header.utf8)
    for value in values { data.append(contentsOf: (0..<8).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * $0)) }) }
    return data
  }

  /// The arrays of an .npz file whose members are not compressed, of doubles, of signed numbers of four bytes and of bytes.
  static func arrays(_ path: String) throws -> [String: Array] {
    let bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
    func number(_ place: Int, _ count: Int) -> Int { (0..<count).reduce(0) { $0 | Int(bytes[place + $1]) << (8 * $1) } }
    var arrays = [String: Array]()
    var place = 0
    while number(place, 4) == 0x0403_4B50 {
      let nameEnd = place + 30 + number(place + 26, 2)
      let name = String(decoding: bytes[place + 30..<nameEnd], as: UTF8.self)
      let start = nameEnd + number(place + 28, 2)
      let end = start + number(place + 22, 4)
      let data = start + 10 + number(start + 8, 2)
      let header = String(decoding: bytes[start + 10..<data], as: UTF8.self)
      let shape = header.split(separator: "(")[1].split(separator: ")")[0].split(separator: ",").compactMap {
        Int($0.trimmingCharacters(in: .whitespaces))
      }
      let values: [Double]
      if header.contains("'<i4'") {
        values = stride(from: data, to: end, by: 4).map { Double(Int32(truncatingIfNeeded: number($0, 4))) }
      } else if header.contains("'|u1'") {
        values = bytes[data..<end].map(Double.init)
      } else {
        precondition(header.contains("'<f8'"), header)
        values = stride(from: data, to: end, by: 8).map { Double(bitPattern: UInt64(bitPattern: Int64(number($0, 8)))) }
      }
      arrays[String(name.dropLast(4))] = Array(shape: shape, values: values)
      place = end
    }
    return arrays
  }
}
