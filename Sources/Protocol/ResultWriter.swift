/// Writes results: those of consecutive rows that differ in their values alone go into one record.
struct ResultWriter {
  private var bytes: [UInt8] = []
  /// Rows whose record is not written yet.
  private var together: ResultRows?

  /// Takes the next result.
  mutating func append(_ result: CircuitResult) {
    if together?.append(result) == true { return }
    flush()
    together = ResultRows(result)
    if together == nil { bytes += ResultBody.encode(result) }
  }

  /// Takes the results of the next rows.
  mutating func append(_ rows: ResultRows) {
    // Rows of one item may go on where others ended.
    if let together, together.item == rows.item {
      for result in rows.results { append(result) }
      return
    }
    for range in rows.recordRanges {
      flush()
      together = rows.extracting(range)
    }
  }

  /// All that was written.
  mutating func finish() -> [UInt8] {
    flush()
    return bytes
  }

  private mutating func flush() {
    if let rows = together { bytes += ResultBody.encode(rows) }
    together = nil
  }
}

extension ResultRows {
  /// Its rows in as few ranges as records hold.
  fileprivate var recordRanges: [Range<Int>] {
    let step = max(1, Limits.resultRowsByteCount / rowByteCount)
    return stride(from: rows.lowerBound, to: rows.upperBound, by: step).map { $0..<min($0 + step, rows.upperBound) }
  }
}
