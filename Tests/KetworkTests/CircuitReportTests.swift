import Circuits
import Protocol
import Testing

@testable import ketwork

@Suite("results are printed as their schema says")
struct CircuitReportTests {
  private static func report(_ pruned: Pruning?) -> CircuitReport {
    let values = CircuitValues(
      qubitCount: 6, shots: 10, probabilities: [0.5, 0, 0, 0.5],
      expectations: [.init(value: 1, standardError: 0.1)], method: "statevector", device: "cpu", pruned: pruned)
    return CircuitReport(CircuitResult(item: 0, row: 0, outcome: .values(values)), labels: nil)
  }

  @Test("with every key that results have, and what was left out only if something was")
  func keys() throws {
    let reports = [Self.report(.init(qubits: [0, 2], operationCount: 3)), Self.report(nil)]
    try SchemaKeys.check(try ReportJSON.text(reports), against: "results-1.schema.json")
    let text = try ReportJSON.text([Self.report(nil)])
    #expect(!text.contains("pruned"))
  }

  @Test("mitigated values stand in their rows, with keys that the schema knows, and a person reads them")
  func mitigated() throws {
    let mitigated = MitigatedValue(
      method: "zne", value: 0.75, standardError: 0.125, samplingOverhead: 57, variants: 3,
      diagnostics: ["fit_residual": 0.1, "reduced_chi_squared": 1, "decay_rate": 0.1])
    let results = [nil, mitigated].enumerated().map { row, mitigated in
      let expectation = CircuitValues.Expectation(value: 0.5, standardError: 0, mitigated: mitigated)
      let values = CircuitValues(qubitCount: 2, expectations: [expectation], method: "statevector", device: "cpu")
      return CircuitResult(item: 0, row: row, outcome: .values(values))
    }
    let reports = CircuitReport.reports(results)
    #expect(reports[0].expectations?[0].mitigated == nil && reports[1].expectations?[0].mitigated?.value == 0.75)
    try SchemaKeys.check(try ReportJSON.text(reports), against: "results-1.schema.json")
    let text = ReportTable(style: Style(isColored: false)).text(reports)
    #expect(text.contains("    mitigated: +0.75000000 ± 0.125000  zne · 3 circuits\n"))
  }

  @Test(
    "a person reads what was left out",
    arguments: [
      ([0, 2], 1_234, "2 qubits, 1,234 gates"), ([4], 1, "1 qubit, 1 gate"), ([], 2, "2 gates"), ([0, 5], 0, "2 qubits"),
    ])
  func line(qubits: [Int], operations: Int, expected: String) {
    let table = ReportTable(style: Style(isColored: false))
    let text = table.text([Self.report(.init(qubits: qubits, operationCount: operations))])
    #expect(text.contains("  left out, because nothing above depends on them: \(expected)\n"))
    #expect(!table.text([Self.report(nil)]).contains("left out"))
  }
}
