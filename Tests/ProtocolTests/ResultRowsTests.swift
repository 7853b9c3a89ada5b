import Circuits
import Foundation
import TestSupport
import Testing

@testable import Protocol

/// Consecutive rows that differ in values and times alone travel as one record, and are the same results as one by one.
@Suite("Results of many rows")
struct ResultRowsTests {
  /// Rows of an item, most of them like the one before.
  private static func results(_ random: inout SplitMix) -> [CircuitResult] {
    var (item, row, like) = (0, Int(random.next() % 100), values(&random))
    return (0..<1 + Int(random.next() % 60)).map { _ in
      row += random.next() % 16 == 0 ? 2 : 1
      if random.next() % 16 == 0 { (item, row) = (item + 1, 0) }
      if random.next() % 8 == 0 { like = values(&random) }
      for place in like.expectations.indices { like.expectations[place].value = value(&random) }
      if random.next() % 3 == 0 { like.executeTime = .nanoseconds(random.next() % 1000) }
      var result = CircuitResult(item: item, row: row, outcome: .values(like))
      if random.next() % 16 == 0 { result.labels = .init(circuit: "c", observables: ["a"]) }
      if random.next() % 16 == 0 { result.outcome = .failure(CircuitFailure(code: "c", message: "m")) }
      return result
    }
  }

  private static func value(_ random: inout SplitMix) -> Double {
    [0, -0.0, 0.25, -1, .infinity, .nan, Double(bitPattern: random.next())].randomElement(using: &random)!
  }

  private static func values(_ random: inout SplitMix) -> CircuitValues {
    func coin() -> Bool { random.next() & 1 == 0 }
    let (hasErrors, gradientCount) = (coin(), Int(random.next() % 3))
    var values = CircuitValues(
      qubitCount: Int(random.next() % 20), shots: coin() ? 100 : nil, trajectories: coin() ? 7 : nil,
      expectations: (0..<Int(random.next() % 3)).map { _ in
        .init(
          value: 0, standardError: hasErrors ? value(&random) : nil, gradient: (0..<gradientCount).map { _ in value(&random) })
      }, method: coin() ? "lanes" : "", device: "cpu", precision: coin() ? .single : .double,
      compileTime: .nanoseconds(random.next() % 2), executeTime: .nanoseconds(random.next() % 3), notes: coin() ? ["n"] : [])
    if random.next() % 8 == 0 { values.probabilities = [0.5, 0.5] }
    if random.next() % 8 == 0 { values.pruned = .init(qubits: [], operationCount: 3) }
    return values
  }

  /// Each by itself: what they are to the bit, for values may be no numbers.
  private static func singles(_ results: some Sequence<CircuitResult>) -> [[UInt8]] { results.map { ResultBody.encode([$0]) } }

  @Test("results come back to the bit, whatever is written together", arguments: 0..<8 as Range<UInt64>)
  func roundTrip(seed: UInt64) throws {
    var random = SplitMix(seed: seed)
    var (written, records) = (0, 0)
    for _ in 0..<200 {
      let results = Self.results(&random)
      let bytes = ResultBody.encode(results)
      #expect(Self.singles(try ResultBody.decode(bytes)) == Self.singles(results), "seed \(seed)")
      let entries = try ResultBody.entries(bytes)
      #expect(entries.flatMap { entry in entry.rows.map { [entry.item, $0] } } == results.map { [$0.item, $0.row] })
      #expect(bytes.count == entries.last?.bytes.upperBound)
      (written, records) = (written + results.count, records + entries.count)
    }
    #expect(records * 5 < written * 4, "a good part is written together: \(records) records of \(written) results")
  }

  @Test("some circuits of a payload are what they were by themselves", arguments: 0..<8 as Range<UInt64>)
  func cut(seed: UInt64) throws {
    var random = SplitMix(seed: seed)
    for _ in 0..<100 {
      let results = Self.results(&random)
      let bytes = ResultBody.encode(results)
      let lower = Int(random.next() % UInt64(results.count))
      let wanted = lower..<lower + 1 + Int(random.next() % UInt64(results.count - lower))
      let cut =
        switch try ResultBody.cut(bytes, to: wanted) {
        case .range(let range): Array(bytes[range])
        case .bytes(let bytes): bytes
        }
      #expect(Self.singles(try ResultBody.decode(cut)) == Self.singles(Array(results[wanted])), "seed \(seed), \(wanted)")
      #expect(throws: ProtocolError.self) { try ResultBody.cut(bytes, to: lower..<results.count + 1) }
    }
  }

  private static func rows(_ count: Int, observables: Int = 1) -> [CircuitResult] {
    (0..<count).map { row in
      CircuitResult(
        item: 2, row: row,
        outcome: .values(
          CircuitValues(
            qubitCount: 4, expectations: (0..<observables).map { .init(value: Double(row + $0)) }, method: "lanes",
            device: "cpu", executeTime: .nanoseconds(5))))
    }
  }

  @Test("rows take eight bytes a value, and a record ends at its limit")
  func sizes() throws {
    let rowCount = Limits.resultRowsByteCount / 16 + 1
    let bytes = ResultBody.encode(Self.rows(rowCount, observables: 2))
    #expect(bytes.count < 16 * rowCount + 1024)
    let entries = try ResultBody.entries(bytes)
    #expect(entries.count == 2 && entries.allSatisfy { $0.bytes.count < Limits.resultRowsByteCount + 1024 })
  }

  typealias Change = @Sendable (inout Ketwork_V1_ResultRows) -> Void

  /// What is wrong with a record of four rows, and what its refusal says.
  private static let wrongs: [(message: String, change: Change)] = [
    ("0 values", { $0.values = Data() }), ("7 bytes", { $0.values = Data(count: 7) }),
    ("rows from 0, 1 or more", { $0.rowCount = 0 }), ("no observables", { $0.observables = 0 }),
    ("2 standard errors", { $0.standardErrors = Data(count: 16) }), ("5 gradients", { $0.gradients = Data(count: 40) }),
    ("5 compile times", { $0.compileNanoseconds = [1, 2, 3, 4, 5] }),
    ("rows of a result: 1099511627776", { $0.rowCount = 1 << 40 }),
    ("item: 1099511627776", { $0.item = 1 << 40 }), ("observables: 1048576", { $0.observables = 1 << 20 }),
    ("none accepted", { $0.shared.statevector = Data(count: 16) }),
    ("none accepted", { $0.shared.expectations = [.init()] }),
  ]

  @Test("columns that do not fit their rows are refused, with what would be accepted", arguments: wrongs.indices)
  func refusals(number: Int) throws {
    var body = try Wire.parse(Ketwork_V1_ResultBody.self, ResultBody.encode(Self.rows(4)), "results")
    Self.wrongs[number].change(&body.rows[0])
    let bytes = Wire.bytes(body)
    for read in [{ _ = try ResultBody.decode(bytes) }, { _ = try ResultBody.entries(bytes) }] as [() throws -> Void] {
      let error = #expect(throws: ProtocolError.self) { try read() }
      #expect(error?.message.contains(Self.wrongs[number].message) == true, "\(error?.message ?? "")")
    }
  }
}
