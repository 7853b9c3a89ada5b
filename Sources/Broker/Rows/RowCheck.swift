internal import Protocol

/// A number kept beside the values of a row, which shows when what is read is not what was written.
///
/// Each step is one to one for a given byte, so one wrong byte never goes unseen; of other damage one in 2⁶⁴ does.
///
/// Source: G. Fowler, L. C. Noll, K.-P. Vo, D. Eastlake, "The FNV Non-Cryptographic Hash Algorithm" (FNV-1a, 64 bits).
struct RowCheck {
  private var hash: UInt64 = 0xcbf2_9ce4_8422_2325

  /// The number, as a database holds it.
  var value: Int64 { Int64(bitPattern: hash) }

  private mutating func append(byte: UInt8) { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }

  mutating func append(_ number: Int64) {
    for shift in stride(from: 0, to: 64, by: 8) { append(byte: UInt8(truncatingIfNeeded: number >> Int64(shift))) }
  }

  /// A number or its absence.
  mutating func append(_ number: Int64?) {
    append(byte: number == nil ? 0 : 1)
    if let number { append(number) }
  }

  /// Bytes with their count, so that two neighbours cannot trade one.
  mutating func append(_ bytes: some Collection<UInt8>) {
    append(Int64(bytes.count))
    for byte in bytes { append(byte: byte) }
  }

  mutating func append(_ text: String) { append(text.utf8) }

  /// Bytes as a database gives them, as ``append(_:)`` takes them from an array.
  mutating func append(_ bytes: RawSpan) {
    append(Int64(bytes.byteCount))
    for place in 0..<bytes.byteCount { append(byte: unsafe bytes.unsafeLoad(fromByteOffset: place, as: UInt8.self)) }
  }

  mutating func append(_ job: JobID) {
    append(Int64(bitPattern: job.high))
    append(Int64(bitPattern: job.low))
  }

  /// What circuits need, or that they need different things.
  mutating func append(_ need: Requirement?) {
    guard let need else { return append(byte: 0) }
    append(need.device)
    append(need.method)
    append(Int64(need.needsDouble ? 1 : 0))
    append(Int64(need.qubitCount))
  }
}
