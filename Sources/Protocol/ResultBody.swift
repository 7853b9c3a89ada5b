internal import Circuits
internal import FoundationEssentials
internal import SwiftProtobuf

/// The payload of COMPLETE and, put together, of RESULT: records, each of one circuit or of consecutive rows of one item.
///
/// Only `repeated` records stand at the top, so the records of two leases, one after the other, are the records of both:
/// the broker joins results without reading them.
package enum ResultBody {
  /// What the broker needs to know of a record.
  package struct Entry: Hashable, Sendable {
    package var item: Int
    package var rows: Range<Int>
    package var isFailure: Bool
    /// Whether it is a record of rows, be it of one.
    var isOfRows: Bool
    /// Where the whole record stands in the payload.
    package var bytes: Range<Int>
  }

  /// Writes results in the order given.
  package static func encode(_ results: some Sequence<CircuitResult>) -> [UInt8] {
    var writer = ResultWriter()
    for result in results { writer.append(result) }
    return writer.finish()
  }

  /// Writes the same bytes without making those results one by one that are columns.
  package static func encode(_ results: CircuitResults) -> [UInt8] {
    var writer = ResultWriter()
    for part in results.parts {
      switch part {
      case .each(let results): for result in results { writer.append(result) }
      case .rows(let rows): writer.append(rows)
      }
    }
    return writer.finish()
  }

  /// One record, whose form depends on the results alone: that of a single row is one of a circuit.
  static func encode(_ rows: ResultRows) -> [UInt8] {
    guard rows.rows.count > 1 else { return encode(rows.result(at: 0)) }
    return Wire.bytes(Ketwork_V1_ResultBody.with { $0.rows = [Ketwork_V1_ResultRows(rows)] })
  }

  static func encode(_ result: CircuitResult) -> [UInt8] {
    Wire.bytes(Ketwork_V1_ResultBody.with { $0.results = [Ketwork_V1_CircuitResult(result)] })
  }

  /// Reads results, in the order in which they stand.
  ///
  /// - Throws: ``ProtocolError`` with code `malformed`, `too_large` or `invalid_value`.
  package static func decode(_ bytes: [UInt8]) throws(ProtocolError) -> CircuitResults {
    var (results, singles) = (CircuitResults(), [CircuitResult]())
    for record in try records(bytes) {
      // One by one, because a message of both kinds does not keep their order.
      let recordBytes = Array(bytes[record.bytes])
      if record.isOfRows {
        results.append(contentsOf: CircuitResults(singles))
        singles = []
        results.append(contentsOf: CircuitResults(try ResultRows(record: recordBytes)))
      } else {
        singles.append(try CircuitResult(try Wire.parse(Ketwork_V1_ResultBody.self, recordBytes, "results").results[0]))
      }
      try checkCount(results.count + singles.count)
    }
    results.append(contentsOf: CircuitResults(singles))
    return results
  }

  /// Which circuits the records are of, without decoding the values.
  ///
  /// - Throws: ``ProtocolError`` with code `malformed`, `too_large` or `invalid_value`.
  /// - Complexity: O(bytes); values of single circuits are skipped over.
  package static func entries(_ bytes: [UInt8]) throws(ProtocolError) -> [Entry] {
    var entries: [Entry] = []
    var circuitCount = 0
    for record in try records(bytes) {
      let entry = record.isOfRows ? try entryOfRows(bytes, at: record.bytes) : try entry(bytes, record.contents, at: record.bytes)
      entries.append(entry)
      circuitCount += entry.rows.count
      try checkCount(circuitCount)
    }
    return entries
  }

  /// Where a record stands.
  private struct Record {
    var isOfRows: Bool
    /// The record with its tag and length.
    var bytes: Range<Int>
    var contents: Range<Int>
  }

  private static func records(_ bytes: [UInt8]) throws(ProtocolError) -> [Record] {
    guard bytes.count <= Limits.resultByteCount else { throw .tooLarge("result bytes", bytes.count, limit: Limits.resultByteCount) }
    var records: [Record] = []
    var scanner = WireScanner(bytes)
    while let field = try scanner.next() {
      guard field.number == 1 || field.number == 2, field.isLengthDelimited else {
        throw ProtocolError(.malformed, "results: field \(field.number), only records (1, 2) accepted")
      }
      let start = records.last?.bytes.upperBound ?? 0
      records.append(Record(isOfRows: field.number == 2, bytes: start..<field.range.upperBound, contents: field.range))
      try checkCount(records.count)
    }
    return records
  }

  private static func checkCount(_ count: Int) throws(ProtocolError) {
    guard count <= Limits.circuitCount else { throw .tooLarge("results", count, limit: Limits.circuitCount) }
  }

  private static func entry(_ bytes: [UInt8], _ range: Range<Int>, at place: Range<Int>) throws(ProtocolError) -> Entry {
    var scanner = WireScanner(bytes, in: range)
    var (item, row, isFailure) = (0, 0, false)
    var hasOutcome = false
    while let field = try scanner.next() {
      switch (field.number, field.isLengthDelimited) {
      case (1, false): item = try Wire.count(field.value, "item", limit: Limits.itemCount)
      case (2, false): row = try Wire.count(field.value, "row", limit: Limits.circuitCount)
      case (3, true), (4, true): (isFailure, hasOutcome) = (field.number == 4, true)
      default: break
      }
    }
    guard hasOutcome else {
      throw ProtocolError(.malformed, "result of item \(item), row \(row): neither values nor a failure")
    }
    return Entry(item: item, rows: row..<row + 1, isFailure: isFailure, isOfRows: false, bytes: place)
  }

  /// Read whole: what is kept of it later, or cut, was sound when it came.
  private static func entryOfRows(_ bytes: [UInt8], at place: Range<Int>) throws(ProtocolError) -> Entry {
    let rows = try ResultRows(record: Array(bytes[place]))
    return Entry(item: rows.item, rows: rows.rows, isFailure: false, isOfRows: true, bytes: place)
  }
}

extension Ketwork_V1_CircuitResult {
  fileprivate init(_ result: CircuitResult) {
    self.init()
    item = UInt64(result.item)
    row = UInt64(result.row)
    switch result.outcome {
    case .values(let values): self.values = Ketwork_V1_Values(values)
    case .failure(let failure):
      self.failure = .with {
        $0.code = failure.code
        $0.message = failure.message
      }
    }
    if let labels = result.labels { self.labels = Ketwork_V1_Labels(labels) }
  }
}

extension Ketwork_V1_Labels {
  init(_ labels: CircuitResult.Labels) {
    self.init()
    circuit = labels.circuit
    observables = labels.observables
  }
}

extension Ketwork_V1_Values {
  init(_ values: CircuitValues) {
    self.init()
    qubitCount = UInt32(values.qubitCount)
    if let shots = values.shots { self.shots = UInt64(shots) }
    if let trajectories = values.trajectories { self.trajectories = UInt64(trajectories) }
    if let counts = values.counts {
      self.counts = .with {
        $0.bitCount = UInt32(counts.bitCount)
        $0.keys = Data(counts.keys)
        $0.values = counts.values
      }
    }
    if let probabilities = values.probabilities { self.probabilities = LittleEndian.data(probabilities) }
    if let statevector = values.statevector { self.statevector = LittleEndian.data(statevector) }
    expectations = values.expectations.map { expectation in
      .with {
        $0.value = expectation.value
        if let error = expectation.standardError { $0.standardError = error }
        $0.gradient = LittleEndian.data(expectation.gradient)
        if let mitigated = expectation.mitigated { $0.mitigated = Ketwork_V1_Mitigated(mitigated) }
      }
    }
    method = values.method
    device = values.device
    precision = UInt32(values.precision.rawValue)
    if let pruned = values.pruned {
      self.pruned = .with {
        $0.qubits = pruned.qubits.map(UInt32.init)
        $0.operations = UInt64(pruned.operationCount)
      }
    }
    compileNanoseconds = Wire.nanoseconds(values.compileTime)
    executeNanoseconds = Wire.nanoseconds(values.executeTime)
    notes = values.notes
  }
}

extension CircuitResult {
  fileprivate init(_ record: Ketwork_V1_CircuitResult) throws(ProtocolError) {
    let outcome: Outcome
    switch record.outcome {
    case .values(let values): outcome = .values(try CircuitValues(values))
    case .failure(let failure): outcome = .failure(CircuitFailure(code: failure.code, message: failure.message))
    case nil: throw ProtocolError(.malformed, "result of item \(record.item), row \(record.row): neither values nor a failure")
    }
    self.init(
      item: try Wire.count(record.item, "item", limit: Limits.itemCount),
      row: try Wire.count(record.row, "row", limit: Limits.circuitCount), outcome: outcome,
      labels: record.hasLabels ? try Labels(record.labels) : nil)
  }
}

extension CircuitResult.Labels {
  init(_ record: Ketwork_V1_Labels) throws(ProtocolError) {
    guard record.observables.count <= Limits.observableCount else {
      throw .tooLarge("observable names", record.observables.count, limit: Limits.observableCount)
    }
    for name in [record.circuit] + record.observables { try Text.check(name, "name", limit: Limits.nameByteCount) }
    self.init(circuit: record.circuit, observables: record.observables)
  }
}

extension CircuitValues {
  init(_ record: Ketwork_V1_Values) throws(ProtocolError) {
    guard let precision = UInt8(exactly: record.precision).flatMap(ExecutionSettings.Precision.init(rawValue:)) else {
      throw ProtocolError(.invalidValue, "precision: \(record.precision), 0 (single) or 1 (double) accepted")
    }
    var expectations: [Expectation] = []
    for expectation in record.expectations {
      expectations.append(
        Expectation(
          value: expectation.value, standardError: expectation.hasStandardError ? expectation.standardError : nil,
          gradient: try CircuitValues.doubles(expectation.gradient, "gradient"),
          mitigated: expectation.hasMitigated ? try MitigatedValue(expectation.mitigated) : nil))
    }
    self.init(
      qubitCount: try Wire.count(UInt64(record.qubitCount), "qubits", limit: Limits.qubitCount),
      shots: record.hasShots ? try Wire.count(record.shots, "shots", limit: Limits.shotCount) : nil,
      trajectories: record.hasTrajectories
        ? try Wire.count(record.trajectories, "trajectories", limit: Limits.shotCount) : nil,
      counts: record.hasCounts ? try Counts(record.counts) : nil,
      probabilities: record.hasProbabilities ? try CircuitValues.doubles(record.probabilities, "probabilities") : nil,
      statevector: record.hasStatevector ? try CircuitValues.doubles(record.statevector, "statevector") : nil,
      expectations: expectations, method: record.method, device: record.device, precision: precision,
      pruned: record.hasPruned ? try Pruning(record.pruned, qubitCount: record.qubitCount) : nil,
      compileTime: Wire.duration(record.compileNanoseconds), executeTime: Wire.duration(record.executeNanoseconds),
      notes: record.notes)
  }

  static func doubles(_ data: Data, _ what: String) throws(ProtocolError) -> [Double] {
    guard let values = LittleEndian.doubles(data) else {
      throw ProtocolError(.malformed, "\(what): \(data.count) bytes, a multiple of 8 accepted")
    }
    return values
  }
}

extension Pruning {
  fileprivate init(_ record: Ketwork_V1_Pruned, qubitCount: UInt32) throws(ProtocolError) {
    let isAscending = zip(record.qubits, record.qubits.dropFirst()).allSatisfy { $0 < $1 }
    guard isAscending, record.qubits.last ?? 0 < max(qubitCount, 1) else {
      throw ProtocolError(.invalidValue, "pruned qubits: ascending numbers below \(qubitCount) accepted")
    }
    self.init(qubits: record.qubits.map(Int.init), operationCount: try Wire.count(record.operations, "pruned operations"))
  }
}

extension Counts {
  fileprivate init(_ record: Ketwork_V1_Counts) throws(ProtocolError) {
    let bitCount = try Wire.count(UInt64(record.bitCount), "bits of an outcome", limit: Limits.classicalBitCount)
    guard record.keys.count == (bitCount + 7) / 8 * record.values.count, bitCount > 0 || record.values.count <= 1 else {
      throw ProtocolError(
        .malformed, "counts: \(record.keys.count) bytes of outcomes of \(bitCount) bits for \(record.values.count) values")
    }
    self.init(bitCount: bitCount, keys: Array(record.keys), values: record.values)
  }
}
