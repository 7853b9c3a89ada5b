/// Numbers as a database holds them.
enum RowValue {
  /// A number of 64 bits, bit for bit.
  static func number(_ value: UInt64) -> Int64 { Int64(bitPattern: value) }

  /// Ranges as pairs of numbers, little-endian.
  static func bytes(_ ranges: [Range<Int>]) -> [UInt8] {
    ranges.flatMap { [$0.lowerBound, $0.upperBound] }.flatMap { number in
      (0..<8).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
    }
  }

  /// Ranges that ``bytes(_:)`` wrote; nil where they are none.
  static func ranges(_ bytes: [UInt8]) -> [Range<Int>]? {
    guard bytes.count % 16 == 0 else { return nil }
    let numbers = stride(from: 0, to: bytes.count, by: 8).map { start in
      bytes[start..<start + 8].reversed().reduce(0) { $0 << 8 | Int($1) }
    }
    let pairs = stride(from: 0, to: numbers.count, by: 2).map { (numbers[$0], numbers[$0 + 1]) }
    guard pairs.allSatisfy({ $0 <= $1 }) else { return nil }
    return pairs.map { $0..<$1 }
  }

  /// A duration in whole nanoseconds; 292 years at most.
  static func nanoseconds(_ duration: Duration) -> Int64 {
    let (seconds, attoseconds) = duration.components
    let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    return overflow ? (seconds < 0 ? .min : .max) : product &+ attoseconds / 1_000_000_000
  }
}
