import Circuits
import Testing
import Transpiler

@testable import ketwork

@Suite("reports of compiled circuits")
struct TranspileReportTests {
  @Test("are JSON as the schema says, with an expected fidelity for a device", arguments: [false, true])
  func schema(hasDevice: Bool) throws {
    var circuit = try Circuit(qubitCount: 3, classicalBitCount: 1)
    for pair in [[0, 1], [1, 2], [0, 2]] { try circuit.append(.cp, 0.3, on: pair[0], pair[1]) }
    try circuit.append(.h, on: 2)
    try circuit.measure(2, into: 0)
    let target =
      hasDevice
      ? try CompilationTarget(.named("manila")) : CompilationTarget(coupling: try .line(4), basis: GateBasis(.cz, .rzSXX))
    let report = TranspileReport(
      "phases.qasm", try Transpiler(to: target).compile(circuit), duration: hasDevice ? 1e-6 : nil, seconds: 0.1)
    let text = try ReportJSON.text(report)
    try SchemaKeys.check(text, against: "transpile-1.schema.json")
    #expect(text.contains("expected_fidelity") == hasDevice)
    #expect(text.contains("duration") == hasDevice)
    #expect(report.table(style: Style(isColored: false)).contains("2-qubit gates"))
  }

  @Test(
    "coupling maps are shapes with sizes", arguments: [("line:5", 5, 4), ("ring:5", 5, 5), ("grid:2x3", 6, 7), ("full:4", 4, 6)])
  func coupling(text: String, qubitCount: Int, edgeCount: Int) throws {
    let map = try CouplingOption.map(text)
    #expect(map.qubitCount == qubitCount && map.edges.count == edgeCount)
  }

  @Test(
    "what is no coupling map is refused", arguments: ["", "line", "line:x", "grid:3", "torus:3x3", "line:0", "grid:99999x99999"])
  func refused(text: String) { #expect(throws: (any Error).self) { try CouplingOption.map(text) } }
}
