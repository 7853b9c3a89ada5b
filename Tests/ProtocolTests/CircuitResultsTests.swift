import Circuits
import TestSupport
import Testing

@testable import Protocol

/// Results that are kept as columns are those that they were made of, at every place and on the wire.
@Suite("Results as columns")
struct CircuitResultsTests {
  private static let shared = CircuitValues(qubitCount: 4, method: "lanes", device: "cpu", precision: .double)

  private static func rows(_ rows: Range<Int>, item: Int = 0, observables: Int = 2, parameters: Int = 0) -> ResultRows {
    let count = rows.count * observables
    return ResultRows(
      item: item, rows: rows, shared: shared, observableCount: observables, values: (0..<count).map { Double($0) / 8 },
      standardErrors: [Double](repeating: 0, count: count), gradients: (0..<count * parameters).map { -Double($0) },
      compileTime: .microseconds(3), executeTime: .nanoseconds(70))
  }

  private static func single(_ item: Int, _ row: Int) -> CircuitResult {
    CircuitResult(item: item, row: row, outcome: .failure(CircuitFailure(code: "c", message: "row \(row)")))
  }

  /// The same results as columns and one by one.
  private static var samples: [(columns: CircuitResults, each: [CircuitResult])] {
    var labelled = CircuitResults(rows(3..<9, parameters: 3))
    labelled.label(.init(circuit: "ansatz", observables: ["energy", "parity"]))
    var mixed = CircuitResults([single(0, 0), single(0, 1)])
    for next in [CircuitResults(rows(2..<40)), CircuitResults(rows(40..<41)), CircuitResults([single(1, 0)]), labelled] {
      mixed.append(contentsOf: next)
    }
    // Six thousand rows of eight values take two records and a half.
    let long = CircuitResults(rows(0..<6_000, item: 2, observables: 8))
    return [CircuitResults(), labelled, mixed, long].map { ($0, $0.map { $0 }) }
  }

  @Test("each result is where it was put") func places() {
    for (columns, each) in Self.samples {
      #expect(columns.count == each.count && columns.indices.allSatisfy { columns[$0] == each[$0] })
      #expect(columns == CircuitResults(each) && columns.hashValue == CircuitResults(each).hashValue)
      #expect(columns.reversed().map(\.row) == each.reversed().map(\.row))
    }
    let first = Self.samples[1].each[0]
    #expect(first.row == 3 && first.labels?.circuit == "ansatz" && Self.samples[1].each[1].labels == nil)
    guard case .values(let values) = Self.samples[1].each[1].outcome else { return #expect(Bool(false), "a row without values") }
    #expect(values.expectations.map(\.value) == [0.25, 0.375] && values.expectations[0].gradient == [-6, -7, -8])
    #expect(values.executeTime == .nanoseconds(70) && values.compileTime == .zero)
  }

  @Test("they are the same bytes as one by one, and come back") func bytes() throws {
    for (columns, each) in Self.samples {
      let bytes = ResultBody.encode(columns)
      #expect(bytes == ResultBody.encode(each))
      #expect(try ResultBody.decode(bytes) == columns)
    }
    #expect(try ResultBody.entries(ResultBody.encode(Self.samples[3].columns)).map(\.rows.count) == [2_048, 2_048, 1_904])
  }

  @Test("values of one observable, and none where there is none") func values() {
    let mixed = Self.samples[2]
    #expect(
      mixed.columns.expectationValues(of: 1)
        == mixed.each.map {
          if case .values(let values) = $0.outcome { values.expectations[1].value } else { nil }
        })
    #expect(mixed.columns.expectationValues(of: 2).allSatisfy { $0 == nil })
    #expect(mixed.columns.expectationValues(of: -1).count == mixed.each.count)
  }
}
