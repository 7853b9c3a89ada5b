extension ResultBody {
  /// Some of a payload's records.
  package enum Cut: Hashable, Sendable {
    /// They stand whole in the payload.
    case range(Range<Int>)
    /// The first or the last is of more rows than are wanted, so they are written anew.
    case bytes([UInt8])
  }

  /// The results of some circuits, counted through the records of a payload from 0.
  ///
  /// - Parameter circuits: At least one, and none beyond those that the payload has.
  /// - Throws: ``ProtocolError`` with code `malformed`, `too_large` or `invalid_value`.
  package static func cut(_ bytes: [UInt8], to circuits: Range<Int>) throws(ProtocolError) -> Cut {
    var (start, isWhole) = (0, true)
    var pieces: [(entry: Entry, rows: Range<Int>)] = []
    for entry in try entries(bytes) {
      let wanted = circuits.clamped(to: start..<start + entry.rows.count)
      if !wanted.isEmpty {
        isWhole = isWhole && wanted.count == entry.rows.count
        let first = entry.rows.lowerBound + wanted.lowerBound - start
        pieces.append((entry, first..<first + wanted.count))
      }
      start += entry.rows.count
    }
    guard let first = pieces.first, let last = pieces.last, circuits.upperBound <= start else {
      throw ProtocolError(.malformed, "results: \(start) circuits, at least \(circuits.upperBound) accepted")
    }
    if isWhole { return .range(first.entry.bytes.lowerBound..<last.entry.bytes.upperBound) }
    var cut: [UInt8] = []
    for piece in pieces { cut += try record(bytes, piece.entry, piece.rows) }
    return .bytes(cut)
  }

  /// The results of some circuits of a payload that was read when it came.
  package static func cutSound(_ bytes: [UInt8], to circuits: Range<Int>, from all: Range<Int>) -> [UInt8] {
    switch cutSound(bytes, to: circuits, from: all) as Cut {
    case .range(let range): Array(bytes[range])
    case .bytes(let bytes): bytes
    }
  }

  /// The same, where they stand if they stand whole.
  package static func cutSound(_ bytes: [UInt8], to circuits: Range<Int>, from all: Range<Int>) -> Cut {
    do {
      return try cut(bytes, to: circuits.lowerBound - all.lowerBound..<circuits.upperBound - all.lowerBound)
    } catch {
      preconditionFailure("results that were read when they came do not read: \(error)")
    }
  }

  private static func record(_ bytes: [UInt8], _ entry: Entry, _ rows: Range<Int>) throws(ProtocolError) -> [UInt8] {
    let record = Array(bytes[entry.bytes])
    if rows == entry.rows { return record }
    return encode(try ResultRows(record: record).extracting(rows))
  }
}
