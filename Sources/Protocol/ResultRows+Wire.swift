internal import FoundationEssentials

// Columns that say the same of every row are cut short.
extension Ketwork_V1_ResultRows {
  init(_ rows: ResultRows) {
    self.init()
    item = UInt64(rows.item)
    firstRow = UInt64(rows.rows.lowerBound)
    rowCount = UInt64(rows.rows.count)
    shared = Ketwork_V1_Values(rows.shared)
    observables = UInt32(rows.observableCount)
    values = LittleEndian.data(rows.values)
    if let first = rows.standardErrors.first {
      let isConstant = rows.standardErrors.allSatisfy { $0.bitPattern == first.bitPattern }
      standardErrors = LittleEndian.data(isConstant ? [first] : rows.standardErrors)
    }
    gradients = LittleEndian.data(rows.gradients)
    compileNanoseconds = rows.compileTimes
    while compileNanoseconds.last == 0 { compileNanoseconds.removeLast() }
    executeNanoseconds = rows.executeTimes
    while executeNanoseconds.count > 1, executeNanoseconds.last == executeNanoseconds[executeNanoseconds.count - 2] {
      executeNanoseconds.removeLast()
    }
    if let labels = rows.labels { self.labels = Ketwork_V1_Labels(labels) }
  }
}

extension ResultRows {
  /// Reads a payload's record of rows, with its tag and length.
  init(record bytes: [UInt8]) throws(ProtocolError) {
    let body = try Wire.parse(Ketwork_V1_ResultBody.self, bytes, "results")
    guard body.rows.count == 1 else { throw ProtocolError(.malformed, "results: \(body.rows.count) records of rows, 1 accepted") }
    try self.init(body.rows[0])
  }

  private init(_ record: Ketwork_V1_ResultRows) throws(ProtocolError) {
    let rows = try ResultRows.rows(first: record.firstRow, count: record.rowCount)
    let observableCount = try Wire.count(UInt64(record.observables), "observables", limit: Limits.observableCount)
    guard observableCount > 0 else {
      throw ProtocolError(.invalidValue, "result of rows \(rows): no observables, 1 or more accepted")
    }
    self.init(
      item: try Wire.count(record.item, "item", limit: Limits.itemCount), rows: rows, shared: try CircuitValues(record.shared),
      observableCount: observableCount)
    guard shared.counts == nil, shared.probabilities == nil, shared.statevector == nil, shared.expectations.isEmpty else {
      throw ProtocolError(
        .invalidValue, "result of item \(item), rows \(rows): counts or states of all rows together, none accepted")
    }
    let placeCount = rows.count * observableCount
    values = try CircuitValues.doubles(record.values, "values")
    guard values.count == placeCount else { throw wrong("values", values.count, "\(placeCount)") }
    standardErrors = try CircuitValues.doubles(record.standardErrors, "standard errors")
    if standardErrors.count == 1 { standardErrors = Array(repeating: standardErrors[0], count: placeCount) }
    guard [0, placeCount].contains(standardErrors.count) else {
      throw wrong("standard errors", standardErrors.count, "none, 1 or \(placeCount)")
    }
    gradients = try CircuitValues.doubles(record.gradients, "gradients")
    guard gradients.count.isMultiple(of: placeCount) else {
      throw wrong("gradients", gradients.count, "a multiple of \(placeCount)")
    }
    compileTimes = try times(record.compileNanoseconds, others: 0, "compile times")
    executeTimes = try times(record.executeNanoseconds, others: record.executeNanoseconds.last ?? 0, "execute times")
    labels = record.hasLabels ? try CircuitResult.Labels(record.labels) : nil
  }

  /// The rows that a record is of.
  static func rows(first: UInt64, count: UInt64) throws(ProtocolError) -> Range<Int> {
    let first = try Wire.count(first, "row", limit: Limits.circuitCount)
    let count = try Wire.count(count, "rows of a result", limit: Limits.circuitCount)
    guard count > 0 else { throw ProtocolError(.invalidValue, "result of 0 rows from \(first), 1 or more accepted") }
    return first..<first + count
  }

  private func times(_ given: [UInt64], others: UInt64, _ what: String) throws(ProtocolError) -> [UInt64] {
    guard given.count <= rows.count else { throw wrong(what, given.count, "at most \(rows.count)") }
    return given + [UInt64](repeating: others, count: rows.count - given.count)
  }

  private func wrong(_ what: String, _ count: Int, _ accepted: String) -> ProtocolError {
    ProtocolError(.malformed, "result of item \(item), rows \(rows): \(count) \(what), \(accepted) accepted")
  }
}
