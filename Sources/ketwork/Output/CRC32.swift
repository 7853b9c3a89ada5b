/// The checksum of ZIP archives (ISO 3309, polynomial 0xEDB88320 reflected), of bytes that come in pieces.
///
/// Eight bytes are looked up at a time, in a table for each place.
///
/// Source: Kounavis and Berry, "A systematic approach to building high performance software-based CRC generators" (2005).
struct CRC32 {
  private static let tables: [UInt32] = {
    var tables = [UInt32]()
    for index in 0..<UInt32(256) {
      var value = index
      for _ in 0..<8 { value = value & 1 == 1 ? (value >> 1) ^ 0xEDB8_8320 : value >> 1 }
      tables.append(value)
    }
    for index in 256..<2_048 {
      let previous = tables[index - 256]
      tables.append((previous >> 8) ^ tables[Int(previous & 0xFF)])
    }
    return tables
  }()

  private var state = ~UInt32(0)

  /// The checksum of all bytes so far.
  var value: UInt32 { ~state }

  static func checksum(_ bytes: [UInt8]) -> UInt32 {
    var checksum = CRC32()
    unsafe checksum.update(bytes.span.bytes)
    return checksum.value
  }

  /// Takes more bytes.
  mutating func update(_ bytes: RawSpan) {
    let tables = Self.tables.span
    var state = state
    var place = 0
    while place + 8 <= bytes.byteCount {
      let next = unsafe bytes.unsafeLoadUnaligned(fromByteOffset: place, as: UInt64.self)
      let word = UInt64(littleEndian: next) ^ UInt64(state)
      state = 0
      for byte in 0..<8 {
        let value = Int(truncatingIfNeeded: word >> UInt64(8 * byte)) & 0xFF
        state ^= tables[(7 - byte) * 256 + value]
      }
      place += 8
    }
    while place < bytes.byteCount {
      let byte = unsafe bytes.unsafeLoad(fromByteOffset: place, as: UInt8.self)
      state = (state >> 8) ^ tables[Int(UInt8(truncatingIfNeeded: state) ^ byte)]
      place += 1
    }
    self.state = state
  }
}
