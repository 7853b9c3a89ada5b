/// Writes the circuit encoding: variable-length integers, little-endian floats, counted lists.
struct ByteWriter {
  private(set) var bytes: [UInt8] = []

  mutating func byte(_ value: UInt8) { bytes.append(value) }

  mutating func flag(_ value: Bool) { byte(value ? 1 : 0) }

  /// Seven bits a byte, the lowest first.
  mutating func count(_ value: Int) { word(UInt64(value)) }

  mutating func word(_ value: UInt64) {
    var value = value
    while value >= 0x80 {
      byte(UInt8(truncatingIfNeeded: value) | 0x80)
      value >>= 7
    }
    byte(UInt8(value))
  }

  /// Bytes as they are.
  mutating func append(_ values: [UInt8]) { bytes += values }

  /// Small magnitudes, of either sign, take few bytes.
  mutating func signed(_ value: Int64) { word(UInt64(bitPattern: value << 1 ^ value >> 63)) }

  mutating func double(_ value: Double) {
    let pattern = value.bitPattern
    for shift in stride(from: UInt64(0), to: 64, by: 8) { byte(UInt8(truncatingIfNeeded: pattern >> shift)) }
  }

  mutating func text(_ value: String) {
    count(value.utf8.count)
    bytes += value.utf8
  }

  mutating func list<T>(_ values: [T], _ write: (inout ByteWriter, T) -> Void) {
    count(values.count)
    for value in values { write(&self, value) }
  }
}
