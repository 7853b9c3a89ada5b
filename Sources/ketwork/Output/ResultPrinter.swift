internal import Circuits
internal import FoundationEssentials
internal import Protocol

/// Writes results where the options say: a table, JSON, a NumPy archive, amplitudes.
struct ResultPrinter {
  let output: OutputOptions
  let statevectorPath: String?

  /// Writes everything; the reports are in the order of circuits and rows.
  func write(_ results: some Sequence<CircuitResult>, seconds: Double, plans: [Int: PlanExplanation] = [:]) throws {
    let results = Array(results)
    let reports = CircuitReport.reports(results, plans: plans)
    if let statevectorPath { try writeStatevectors(results, to: statevectorPath) }
    if let path = output.output { try writeArchive(results, to: path) }
    if output.json {
      try Self.printJSON(reports)
    } else if reports.contains(where: { $0.error == nil }) {
      let table = ReportTable(style: Style(isColored: Terminal.standardOutput.wantsColor))
      if output.output == nil {
        Terminal.standardOutput.write(table.text(reports) + "\n" + table.summary(reports, seconds: seconds))
      } else if !plans.isEmpty {
        Terminal.standardOutput.write(table.plans(reports))
      }
    }
    try refuse(reports)
  }

  /// Prints any value as JSON.
  static func printJSON(_ value: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    Terminal.standardOutput.write(String(decoding: try encoder.encode(value), as: UTF8.self) + "\n")
  }

  /// Fails if a circuit failed, after all results are written.
  private func refuse(_ reports: [CircuitReport]) throws {
    let failures = reports.filter { $0.error != nil }
    guard let first = failures.first, let error = first.error else { return }
    let status: Failure.Status = error.code == "unknown_device" ? .usage : .invalidData
    let others = failures.count > 1 ? " (and \(Format.count(failures.count - 1)) more)" : ""
    throw Failure(status, "\(first.circuit): \(error.message)\(others)")
  }

  private func values(_ results: [CircuitResult]) -> [CircuitValues] {
    results.compactMap { if case .values(let values) = $0.outcome { values } else { nil } }
  }

  private func writeStatevectors(_ results: [CircuitResult], to path: String) throws {
    let values = values(results).filter { $0.statevector != nil }
    guard let first = values.first else { return }
    guard values.allSatisfy({ $0.qubitCount == first.qubitCount }) else {
      throw Failure(.invalidData, "--statevector: the circuits differ in qubits; write one at a time")
    }
    let size = 1 << first.qubitCount
    let array = NumPyArray(
      interleaved: values.flatMap { $0.statevector ?? [] }, shape: values.count == 1 ? [size] : [values.count, size],
      isSingle: first.precision == .single)
    try Files.write(array.fileBytes, to: path)
  }

  /// Writes `values`, `standard_errors`, `mitigated_values`, `mitigated_standard_errors`, `gradients`, `probabilities`, `outcomes` and `counts`; names carry the circuit's number if there are several.
  private func writeArchive(_ results: [CircuitResult], to path: String) throws {
    var arrays = [(name: String, array: NumPyArray)]()
    let items = Dictionary(grouping: results, by: \.item)
    for item in items.keys.sorted() {
      let rows = values(items[item] ?? [])
      let suffix = items.count == 1 ? "" : "_\(item)"
      guard let first = rows.first else { continue }
      if !first.expectations.isEmpty {
        let shape = [rows.count, first.expectations.count]
        arrays.append(("values" + suffix, NumPyArray(rows.flatMap { $0.expectations.map(\.value) }, shape: shape)))
        let errors = rows.flatMap { $0.expectations.map { $0.standardError ?? 0 } }
        arrays.append(("standard_errors" + suffix, NumPyArray(errors, shape: shape)))
        addMitigated(rows, shape, suffix, to: &arrays)
        let gradients = rows.flatMap { $0.expectations.flatMap(\.gradient) }
        if let count = first.expectations.first?.gradient.count, count > 0 {
          arrays.append(("gradients" + suffix, NumPyArray(gradients, shape: shape + [count])))
        }
      }
      if let size = first.probabilities?.count {
        arrays.append(
          ("probabilities" + suffix, NumPyArray(rows.flatMap { $0.probabilities ?? [] }, shape: [rows.count, size])))
      }
      if first.counts != nil { addCounts(rows, suffix, to: &arrays) }
    }
    try NumPyArchive.write(arrays, to: path)
  }

  /// `mitigated_values` and `mitigated_standard_errors`: rows × observables.
  private func addMitigated(
    _ rows: [CircuitValues], _ shape: [Int], _ suffix: String, to arrays: inout [(name: String, array: NumPyArray)]
  ) {
    let mitigated = rows.flatMap { $0.expectations.compactMap(\.mitigated) }
    guard mitigated.count == shape[0] * shape[1] else { return }
    arrays.append(("mitigated_values" + suffix, NumPyArray(mitigated.map(\.value), shape: shape)))
    arrays.append(("mitigated_standard_errors" + suffix, NumPyArray(mitigated.map(\.standardError), shape: shape)))
  }

  /// `outcomes`: one row a distinct bitstring, ascending, the highest bit first; `counts`: rows × distinct bitstrings.
  private func addCounts(_ rows: [CircuitValues], _ suffix: String, to arrays: inout [(name: String, array: NumPyArray)]) {
    let dictionaries = rows.map { $0.counts?.dictionary ?? [:] }
    let outcomes = Set(dictionaries.flatMap(\.keys)).sorted()
    let bits = outcomes.flatMap { $0.utf8.map { $0 - UInt8(ascii: "0") } }
    arrays.append(("outcomes" + suffix, NumPyArray(bits: bits, shape: [outcomes.count, outcomes.first?.utf8.count ?? 0])))
    let counts = dictionaries.flatMap { dictionary in outcomes.map { Int32(dictionary[$0] ?? 0) } }
    arrays.append(("counts" + suffix, NumPyArray(counts: counts, shape: [rows.count, outcomes.count])))
  }
}
