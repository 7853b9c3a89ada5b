/// Walks the fields of one Protocol Buffers message without decoding what is inside them.
///
/// Lists are counted before anything is allocated for them: two bytes on the wire can become two hundred in memory.
///
/// Source: protobuf.dev, "Encoding".
struct WireScanner {
  struct Field {
    var number: Int
    /// The bytes of a length-delimited field; empty otherwise.
    var range: Range<Int>
    /// The value of a varint field; 0 otherwise.
    var value: UInt64
    var isLengthDelimited: Bool
  }

  private let bytes: [UInt8]
  private var position: Int
  private let end: Int

  init(_ bytes: [UInt8], in range: Range<Int>? = nil) {
    self.bytes = bytes
    position = range?.lowerBound ?? 0
    end = range?.upperBound ?? bytes.count
  }

  /// The next field, or `nil` at the end.
  ///
  /// - Throws: ``ProtocolError`` with code `malformed`.
  mutating func next() throws(ProtocolError) -> Field? {
    guard position < end else { return nil }
    let tag = try varint()
    var field = Field(number: Int(truncatingIfNeeded: tag >> 3), range: position..<position, value: 0, isLengthDelimited: false)
    guard field.number > 0, tag >> 3 < 1 << 29 else { throw malformed("field number") }
    switch tag & 7 {
    case 0: field.value = try varint()
    case 1: try skip(8)
    case 2:
      let length = try varint()
      let start = position
      try skip(length)
      field.range = start..<position
      field.isLengthDelimited = true
    case 5: try skip(4)
    default: throw malformed("wire type")
    }
    return field
  }

  private mutating func skip(_ count: UInt64) throws(ProtocolError) {
    guard count <= UInt64(end - position) else { throw malformed("length") }
    position += Int(count)
  }

  private mutating func varint() throws(ProtocolError) -> UInt64 {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 70, by: 7) {
      guard position < end else { throw malformed("varint") }
      let byte = bytes[position]
      position += 1
      value |= UInt64(byte & 0x7f) << shift
      if byte < 0x80 { return value }
    }
    throw malformed("varint")
  }

  private func malformed(_ what: String) -> ProtocolError {
    ProtocolError(.malformed, "payload byte \(position): not a valid \(what)")
  }
}
