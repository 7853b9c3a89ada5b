internal import Circuits
internal import FoundationEssentials
internal import SwiftProtobuf

/// The payload of COMPLETE and, put together, of RESULT: one record a circuit.
///
/// Only `repeated` records stand at the top, so the records of two leases, one after the other, are the records of both:
/// the broker joins results without reading them.
package enum ResultBody {
  /// What the broker needs to know of a record.
  package struct Entry: Hashable, Sendable {
    package var item: Int
    package var row: Int
    package var isFailure: Bool
    /// Where the whole record stands in the payload.
    package var bytes: Range<Int>
  }

  /// Writes results in the order given.
  package static func encode(_ results: some Sequence<CircuitResult>) -> [UInt8] {
    Wire.bytes(Ketwork_V1_ResultBody.with { $0.results = results.map(Ketwork_V1_CircuitResult.init) })
  }

  /// Reads results.
  ///
  /// - Throws: ``ProtocolError`` with code `malformed`, `too_large` or `invalid_value`.
  package static func decode(_ bytes: [UInt8]) throws(ProtocolError) -> [CircuitResult] {
    _ = try entries(bytes)
    let body = try Wire.parse(Ketwork_V1_ResultBody.self, bytes, "results")
    var results: [CircuitResult] = []
    results.reserveCapacity(body.results.count)
    for record in body.results { results.append(try CircuitResult(record)) }
    return results
  }

  /// Which circuits the records are of, without decoding the values.
  ///
  /// - Throws: ``ProtocolError`` with code `malformed` or `too_large`.
  /// - Complexity: O(records); values are skipped over.
  package static func entries(_ bytes: [UInt8]) throws(ProtocolError) -> [Entry] {
    guard bytes.count <= Limits.resultByteCount else { throw .tooLarge("result bytes", bytes.count, limit: Limits.resultByteCount) }
    var entries: [Entry] = []
    var scanner = WireScanner(bytes)
    var start = 0
    while let field = try scanner.next() {
      guard field.number == 1, field.isLengthDelimited else {
        throw ProtocolError(.malformed, "results: field \(field.number), only records (1) accepted")
      }
      guard entries.count < Limits.circuitCount else { throw .tooLarge("results", entries.count + 1, limit: Limits.circuitCount) }
      entries.append(try entry(bytes, field.range, start: start))
      start = field.range.upperBound
    }
    return entries
  }

  private static func entry(_ bytes: [UInt8], _ range: Range<Int>, start: Int) throws(ProtocolError) -> Entry {
    var scanner = WireScanner(bytes, in: range)
    var entry = Entry(item: 0, row: 0, isFailure: false, bytes: start..<range.upperBound)
    var hasOutcome = false
    while let field = try scanner.next() {
      switch (field.number, field.isLengthDelimited) {
      case (1, false): entry.item = try Wire.count(field.value, "item", limit: Limits.itemCount)
      case (2, false): entry.row = try Wire.count(field.value, "row", limit: Limits.circuitCount)
      case (3, true), (4, true):
        entry.isFailure = field.number == 4
        hasOutcome = true
      default: break
      }
    }
    guard hasOutcome else {
      throw ProtocolError(.malformed, "result of item \(entry.item), row \(entry.row): neither values nor a failure")
    }
    return entry
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
    if let labels = result.labels {
      self.labels = .with {
        $0.circuit = labels.circuit
        $0.observables = labels.observables
      }
    }
  }
}

extension Ketwork_V1_Values {
  fileprivate init(_ values: CircuitValues) {
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
  fileprivate init(_ record: Ketwork_V1_Labels) throws(ProtocolError) {
    guard record.observables.count <= Limits.observableCount else {
      throw .tooLarge("observable names", record.observables.count, limit: Limits.observableCount)
    }
    for name in [record.circuit] + record.observables { try Text.check(name, "name", limit: Limits.nameByteCount) }
    self.init(circuit: record.circuit, observables: record.observables)
  }
}

extension CircuitValues {
  fileprivate init(_ record: Ketwork_V1_Values) throws(ProtocolError) {
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

  private static func doubles(_ data: Data, _ what: String) throws(ProtocolError) -> [Double] {
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
