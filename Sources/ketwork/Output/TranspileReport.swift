internal import Transpiler

/// What `ketwork transpile` says of a circuit: docs/schemas/transpile-1.schema.json says what each key means.
struct TranspileReport: Encodable {
  struct Figure<Value: Hashable & Sendable & Encodable>: Encodable {
    var before: Value
    var after: Value

    init(_ figure: CompilationReport.Figure<Value>) { (before, after) = (figure.before, figure.after) }
  }

  var circuit: String
  var qubits: Int
  var depth: Figure<Int>
  var twoQubitDepth: Figure<Int>
  var twoQubitGates: Figure<Int>
  var gates: Figure<Int>
  var expectedFidelity: Figure<Double>?
  /// In seconds; nil where it was not asked for or is not known.
  var duration: Double?
  var initialLayout: [Int]
  var finalLayout: [Int]
  var seconds: Double

  init(_ name: String, _ compiled: CompiledCircuit, duration: Double? = nil, seconds: Double) {
    let report = compiled.report
    (circuit, qubits, self.duration, self.seconds) = (name, compiled.initialLayout.count, duration, seconds)
    (depth, twoQubitDepth) = (Figure(report.depth), Figure(report.twoQubitDepth))
    (twoQubitGates, gates) = (Figure(report.twoQubitGates), Figure(report.gates))
    expectedFidelity = report.expectedFidelity.map { Figure($0) }
    (initialLayout, finalLayout) = (compiled.initialLayout, compiled.finalLayout)
  }

  /// A table for people.
  func table(style: Style) -> String {
    var rows = [("depth", depth), ("2-qubit depth", twoQubitDepth), ("2-qubit gates", twoQubitGates), ("gates", gates)].map {
      name, figure in
      [name, Format.count(figure.before), Format.count(figure.after)]
    }
    if let fidelity = expectedFidelity {
      rows.append(["expected fidelity"] + [fidelity.before, fidelity.after].map { Format.significant($0, digits: 3) })
    }
    if let duration { rows.append(["duration", "", Format.seconds(duration)]) }
    let layouts = "initial layout \(initialLayout)\nfinal layout   \(finalLayout)\n"
    return TextTable(header: [circuit.uppercased(), "BEFORE", "AFTER"], rows: rows, numeric: [1, 2]).text(style) + layouts
      + "\(Format.seconds(seconds))\n"
  }
}
