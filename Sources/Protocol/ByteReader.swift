/// Reads what ``ByteWriter`` wrote, from bytes that may be anything.
struct ByteReader {
  private let bytes: [UInt8]
  private var position = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  var isAtEnd: Bool { position == bytes.count }

  func malformed(_ what: String) -> ProtocolError {
    ProtocolError(.malformed, "circuit encoding, byte \(position): \(what)")
  }

  mutating func byte() throws(ProtocolError) -> UInt8 {
    guard position < bytes.count else { throw malformed("ends too early") }
    defer { position += 1 }
    return bytes[position]
  }

  mutating func flag() throws(ProtocolError) -> Bool {
    let value = try byte()
    guard value <= 1 else { throw malformed("\(value), 0 or 1 accepted") }
    return value == 1
  }

  mutating func word() throws(ProtocolError) -> UInt64 {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 64, by: 7) {
      let next = try byte()
      guard shift < 63 || next <= 1 else { throw malformed("an integer above 64 bits") }
      value |= UInt64(next & 0x7f) << shift
      guard next >= 0x80 else {
        // One form only, so that equal circuits have equal bytes.
        guard next != 0 || shift == 0 else { throw malformed("an integer with a needless byte") }
        return value
      }
    }
    throw malformed("an integer above 64 bits")
  }

  /// An index or count, at most a limit.
  mutating func count(limit: Int) throws(ProtocolError) -> Int {
    let value = try word()
    guard value <= UInt64(limit) else { throw malformed("\(value), at most \(limit) accepted") }
    return Int(value)
  }

  mutating func signed() throws(ProtocolError) -> Int64 {
    let value = try word()
    return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
  }

  mutating func double() throws(ProtocolError) -> Double {
    var pattern: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 64, by: 8) { pattern |= UInt64(try byte()) << shift }
    return Double(bitPattern: pattern)
  }

  mutating func text() throws(ProtocolError) -> String {
    let length = try count(limit: Limits.nameByteCount)
    guard bytes.count - position >= length, let text = String(validating: bytes[position..<position + length], as: UTF8.self) else {
      throw malformed("a text of \(length) bytes that is not there or not UTF-8")
    }
    position += length
    return text
  }

  /// So many bytes.
  mutating func bytes(_ count: Int) throws(ProtocolError) -> [UInt8] {
    guard count <= bytes.count - position else { throw malformed("\(count) bytes, \(bytes.count - position) are left") }
    defer { position += count }
    return Array(bytes[position..<position + count])
  }

  /// All bytes that are left.
  mutating func rest() -> [UInt8] {
    defer { position = bytes.count }
    return Array(bytes[position...])
  }

  /// A counted list; no more elements than bytes are left, so a count alone allocates nothing.
  mutating func list<T>(_ read: (inout ByteReader) throws(ProtocolError) -> T) throws(ProtocolError) -> [T] {
    let count = try count(limit: bytes.count - position)
    var values: [T] = []
    for _ in 0..<count { values.append(try read(&self)) }
    return values
  }
}
