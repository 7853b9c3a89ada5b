internal import FoundationEssentials

/// Float64 arrays as packed little-endian bytes, the form in which rows, probabilities and amplitudes travel; and sized integers.
enum LittleEndian {
  /// The bytes of an integer, the lowest first.
  static func bytes<T: FixedWidthInteger>(_ value: T) -> [UInt8] {
    (0..<T.bitWidth / 8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }

  /// The integer at a place where enough bytes are.
  static func integer<T: FixedWidthInteger>(_ bytes: [UInt8], at offset: Int) -> T {
    bytes[offset..<offset + T.bitWidth / 8].reversed().reduce(0) { $0 << 8 | T(truncatingIfNeeded: $1) }
  }

  static func data(_ values: [Double]) -> Data {
    #if _endian(big)
      return Data(values.flatMap { value in withUnsafeBytes(of: value.bitPattern.littleEndian, Array.init) })
    #else
      return unsafe values.withUnsafeBytes { unsafe Data($0) }
    #endif
  }

  /// Reads packed values; `nil` unless the byte count is a multiple of eight.
  static func doubles(_ data: Data) -> [Double]? {
    guard data.count.isMultiple(of: 8) else { return nil }
    let count = data.count / 8
    let values = unsafe [Double](unsafeUninitializedCapacity: count) { buffer, initialized in
      _ = unsafe data.copyBytes(to: UnsafeMutableRawBufferPointer(buffer))
      initialized = count
    }
    #if _endian(big)
      return values.map { Double(bitPattern: UInt64(littleEndian: $0.bitPattern)) }
    #else
      return values
    #endif
  }
}
