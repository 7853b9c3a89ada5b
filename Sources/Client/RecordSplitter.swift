import Protocol

/// Cuts a stream of result bytes, in pieces of any size, into whole records.
///
/// A record is a Protocol Buffers field with tag 1 or 2 and a length, so one can tell where it ends without reading it.
struct RecordSplitter: Sendable {
  private var buffer: [UInt8] = []

  /// Bytes that wait for the rest of their record.
  var byteCount: Int { buffer.count }

  /// Takes the next bytes.
  ///
  /// - Returns: The records that are whole now, one after the other; empty while the first one is not.
  /// - Throws: ``ProtocolError`` with code `malformed` when the bytes are no records.
  mutating func append(_ bytes: [UInt8]) throws(ProtocolError) -> [UInt8] {
    buffer += bytes
    var end = 0
    while let next = try RecordSplitter.end(of: buffer, from: end), next <= buffer.count { end = next }
    defer { buffer.removeFirst(end) }
    return Array(buffer[..<end])
  }

  /// Where the record that begins at a position ends; `nil` while that is not known.
  private static func end(of buffer: [UInt8], from start: Int) throws(ProtocolError) -> Int? {
    guard start < buffer.count else { return nil }
    guard buffer[start] == 1 << 3 | 2 || buffer[start] == 2 << 3 | 2 else {
      throw ProtocolError(.malformed, "result: a record that begins with byte \(buffer[start]), 10 or 18 accepted")
    }
    var length = 0
    for position in 0..<5 {
      guard start + 1 + position < buffer.count else { return nil }
      let byte = buffer[start + 1 + position]
      length |= Int(byte & 0x7f) << (7 * position)
      if byte < 0x80 { return start + 2 + position + length }
    }
    throw ProtocolError(.malformed, "result: a record whose length is over 2³⁵ bytes")
  }
}
