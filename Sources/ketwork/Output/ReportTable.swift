internal import Circuits
internal import Simulator

/// Results as a person likes to read them: counts as bars, expectation values, device and time.
struct ReportTable {
  /// Circuits printed in full; of larger batches the rest is summed up.
  static let circuitCount = 16
  /// Outcomes printed of one circuit, the most frequent first.
  static let outcomeCount = 8
  /// Columns of a bar that stands for all shots.
  static let barWidth = 40

  let style: Style

  /// The text for a list of reports, without the closing summary.
  func text(_ reports: [CircuitReport]) -> String {
    var blocks = reports.prefix(Self.circuitCount).map { block($0, showsRow: reports.contains { $0.row > 0 }) }
    if reports.count > Self.circuitCount {
      let rest = reports.count - Self.circuitCount
      blocks.append(style.dim("… and \(Format.count(rest)) more; --json or --output gives all of them") + "\n")
    }
    return blocks.joined(separator: "\n")
  }

  /// Only the plans, for results that go to a file.
  func plans(_ reports: [CircuitReport]) -> String {
    reports.prefix(Self.circuitCount).compactMap { report in
      report.plan.map { style.bold(report.circuit) + "\n" + PlanTable(style: style).text($0) }
    }.joined(separator: "\n")
  }

  /// One line over all circuits: how many, how long, where.
  func summary(_ reports: [CircuitReport], seconds: Double) -> String {
    let failed = reports.count { $0.error != nil }
    let shots = reports.reduce(0) { $0 + ($1.shots ?? 0) }
    var devices = [String: Int]()
    for device in reports.compactMap(\.device) { devices[device, default: 0] += 1 }
    let places = devices.sorted { $0.key < $1.key }.map { devices.count == 1 ? $0.key : "\($0.key) (\(Format.count($0.value)))" }
    var parts = ["\(Format.count(reports.count)) circuit\(reports.count == 1 ? "" : "s")"]
    if shots > 0 { parts.append("\(Format.count(shots)) shots") }
    if !places.isEmpty { parts.append("on " + places.joined(separator: ", ")) }
    parts.append("in \(Format.seconds(seconds))")
    var line = style.bold(parts.joined(separator: " · "))
    if reports.count > Self.circuitCount, seconds > 0 {
      line += style.dim("  (\(Format.count(Int(Double(reports.count) / seconds))) circuits/s)")
    }
    if failed > 0 { line += style.warning("  \(Format.count(failed)) failed") }
    return line + "\n"
  }

  private func block(_ report: CircuitReport, showsRow: Bool) -> String {
    let name = report.circuit + (showsRow ? " [\(report.row)]" : "")
    if let error = report.error {
      return style.bold(name) + "  " + style.warning("failed: \(error.message) [\(error.code)]") + "\n"
    }
    var facts = [String]()
    if let qubits = report.qubits { facts.append("\(qubits) qubit\(qubits == 1 ? "" : "s")") }
    if let shots = report.shots { facts.append("\(Format.count(shots)) shots") }
    if let count = report.trajectories { facts.append("\(Format.count(count)) trajector\(count == 1 ? "y" : "ies")") }
    // Amplitudes are what one expects; what else ran is told.
    if let method = report.method, method != SimulationMethod.statevector.rawValue { facts.append(method) }
    facts += [report.device, report.precision].compactMap(\.self)
    if let seconds = report.seconds { facts.append(Format.seconds(seconds.compile + seconds.execute)) }
    var text = style.bold(name) + "  " + style.dim(facts.joined(separator: " · ")) + "\n"
    if let counts = report.counts { text += bars(counts.counts, of: report.shots ?? 0) }
    if let probabilities = report.probabilities { text += table(probabilities, qubitCount: report.qubits ?? 0) }
    for expectation in report.expectations ?? [] { text += line(expectation) }
    if let pruned = report.pruned { text += style.dim("  " + line(pruned)) + "\n" }
    for note in report.notes ?? [] { text += style.dim("  note: \(note)") + "\n" }
    if let plan = report.plan { text += "\n" + PlanTable(style: style).text(plan) }
    return text
  }

  private func line(_ expectation: CircuitReport.ExpectationReport) -> String {
    let sign = expectation.value < 0 ? "" : "+"
    let error = expectation.standardError > 0 ? " ± \(Format.fixed(expectation.standardError, places: 6))" : ""
    let text = "  ⟨\(expectation.observable)⟩ = \(sign)\(Format.fixed(expectation.value, places: 8))\(error)\n"
    return text + (expectation.mitigated.map { line($0) } ?? "")
  }

  private func line(_ mitigated: MitigatedReport) -> String {
    let sign = mitigated.value < 0 ? "" : "+"
    let error = mitigated.standardError > 0 ? " ± \(Format.fixed(mitigated.standardError, places: 6))" : ""
    let facts = "\(mitigated.method) · \(Format.count(mitigated.variants)) circuit\(mitigated.variants == 1 ? "" : "s")"
    return "    mitigated: \(sign)\(Format.fixed(mitigated.value, places: 8))\(error)  " + style.dim(facts) + "\n"
  }

  private func line(_ pruned: CircuitReport.Pruned) -> String {
    let (qubits, operations) = (pruned.qubits.count, pruned.operations)
    let parts =
      (qubits > 0 ? ["\(Format.count(qubits)) qubit\(qubits == 1 ? "" : "s")"] : [])
      + (operations > 0 ? ["\(Format.count(operations)) gate\(operations == 1 ? "" : "s")"] : [])
    return "left out, because nothing above depends on them: \(parts.joined(separator: ", "))"
  }

  private func bars(_ counts: Counts, of shots: Int) -> String {
    // The most frequent ones; of equally frequent ones the smallest.
    var shown: [Int] = []
    for index in 0..<counts.count {
      if shown.count == Self.outcomeCount, counts.values[index] <= counts.values[shown[shown.count - 1]] { continue }
      shown.insert(index, at: shown.firstIndex { counts.values[$0] < counts.values[index] } ?? shown.count)
      if shown.count > Self.outcomeCount { shown.removeLast() }
    }
    let width = Format.count(Int(clamping: shown.first.map { counts.values[$0] } ?? 0)).count
    var text = ""
    for index in shown.sorted() {
      let count = Int(clamping: counts.values[index])
      text += row(
        counts.bitstring(at: index), Double(count) / Double(max(shots, 1)), Format.count(count).leftPadded(to: width))
    }
    if counts.count > shown.count {
      let rest = counts.total - shown.reduce(0) { $0 + counts.values[$1] }
      text +=
        style.dim("  … and \(Format.count(counts.count - shown.count)) other outcomes, \(Format.count(Int(clamping: rest))) shots")
        + "\n"
    }
    return text
  }

  private func table(_ probabilities: [Double], qubitCount: Int) -> String {
    let sorted = probabilities.indices.sorted { (probabilities[$1], $0) < (probabilities[$0], $1) }
    let shown = sorted.prefix(Self.outcomeCount).filter { probabilities[$0] > 1e-12 }.sorted()
    var text = shown.map { row(bitstring($0, qubitCount), probabilities[$0], Format.fixed(probabilities[$0], places: 8)) }.joined()
    let rest = probabilities.count { $0 > 1e-12 } - shown.count
    if rest > 0 { text += style.dim("  … and \(Format.count(rest)) other basis states") + "\n" }
    return text
  }

  private func bitstring(_ state: Int, _ qubitCount: Int) -> String {
    String((0..<qubitCount).reversed().map { state >> $0 & 1 == 1 ? "1" : "0" })
  }

  /// `  011  ██████▌      16.2 %   166`.
  private func row(_ label: String, _ share: Double, _ figure: String) -> String {
    let percent = Format.fixed(100 * share, places: 1).leftPadded(to: 5) + " %"
    return "  \(label)  \(style.accent(bar(share)))  \(percent)  \(style.dim(figure))\n"
  }

  /// A bar in eighths of a column.
  private func bar(_ share: Double) -> String {
    let eighths = Int((min(max(share, 0), 1) * Double(Self.barWidth * 8)).rounded())
    let partial = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"][eighths % 8]
    return (String(repeating: "█", count: eighths / 8) + partial).rightPadded(to: Self.barWidth)
  }
}
