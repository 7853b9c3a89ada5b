/// A plan as a person reads it.
struct PlanTable {
  /// Passes printed; of longer plans the rest is summed up.
  static let passCount = 48

  let style: Style

  func text(_ plan: PlanExplanation) -> String {
    let count = plan.passes.count
    guard count > 0 else { return line("plan: no pass over the state") + idle(plan) }
    var text = line("plan: \(count) pass\(count == 1 ? "" : "es")" + segments(plan)) + idle(plan)
    text += indented(table(plan))
    if count > Self.passCount { text += line("… and \(Format.count(count - Self.passCount)) more passes; --json gives all") }
    return text + legend(plan)
  }

  private func table(_ plan: PlanExplanation) -> String {
    var header = [
      "PASS", "LOCAL QUBITS", "BLOCKS", "OPERATIONS", "MOVED", "ARITHMETIC", "PREDICTED", "MEASURED", plan.ceilings.name,
    ]
    header[8] = header[8].uppercased()
    let rows = plan.passes.prefix(Self.passCount).enumerated().map { index, pass in
      let number = plan.segments > 1 ? "\(pass.segment + 1).\(index + 1)" : "\(index + 1)"
      let blocks = "\(pass.blocks)" + (pass.exchanges > 0 ? " + \(pass.exchanges)" : "")
      return [number, Self.ranges(pass.localQubits), blocks, "\(pass.operations)"]
        + figures(pass.bytesMoved, pass.floatingPointOperations, pass.secondsPredicted, pass.secondsMeasured, pass.secondsBound)
    }
    let operations = plan.passes.reduce(0) { $0 + $1.operations }
    let blocks = plan.passes.reduce(0) { $0 + $1.blocks }
    let exchanges = plan.passes.reduce(0) { $0 + $1.exchanges }
    let total =
      ["all", "", "\(blocks)" + (exchanges > 0 ? " + \(exchanges)" : ""), "\(operations)"]
      + figures(
        plan.bytesMoved, plan.floatingPointOperations, plan.secondsPredicted, plan.secondsMeasured, plan.secondsBound)
    return TextTable(header: header, rows: rows + [total], numeric: Set(2..<9)).text(style)
  }

  private func figures(_ bytes: Int, _ operations: Int, _ predicted: Double?, _ measured: Double?, _ bound: Double) -> [String] {
    [Format.bytes(Double(bytes)), Format.decimal(Double(operations), unit: "FLOP")]
      + [predicted, measured, bound].map { $0.map(Format.seconds) ?? "–" }
  }

  private func segments(_ plan: PlanExplanation) -> String {
    guard plan.segments > 1 || !plan.outcomes.isEmpty else { return "" }
    guard !plan.outcomes.isEmpty else { return " in \(plan.segments) segments" }
    let shown = plan.outcomes.prefix(Self.passCount).map(String.init).joined(separator: ", ")
    let more = plan.outcomes.count > Self.passCount ? ", …" : ""
    return " in \(plan.segments) segment\(plan.segments == 1 ? "" : "s"), where measurements, resets and noise gave "
      + "\(shown)\(more), the likelier each time"
  }

  private func idle(_ plan: PlanExplanation) -> String {
    plan.idleQubits.isEmpty ? "" : line("idle qubits, which no pass visits: \(Self.ranges(plan.idleQubits))")
  }

  private func legend(_ plan: PlanExplanation) -> String {
    let ceilings = plan.ceilings
    let bandwidth = plan.bytesPerSecond.map {
      line(
        "predicted: the longer of the bytes at \(Format.decimal($0, unit: "B/s")) and the parts' times in the cache "
          + "(`ketwork devices`)")
    }
    return line(
      "local qubits: places in the register, where the plan moves the circuit's qubits about; blocks + exchanges of qubits")
      + (bandwidth ?? "")
      + line(
        "\(ceilings.name): a lower bound, the longer of the bytes at \(Format.decimal(ceilings.bytesPerSecond, unit: "B/s")) and the "
          + "arithmetic at \(Format.decimal(ceilings.operationsPerSecond, unit: "FLOP/s")), assumed and not measured")
  }

  private func line(_ text: String) -> String { "  " + style.dim(text) + "\n" }

  private func indented(_ text: String) -> String { text.split(separator: "\n").map { "  \($0)\n" }.joined() }

  /// `0–5, 8, 20–22`; `–` for an operation without a tile.
  static func ranges(_ numbers: [Int]?) -> String {
    guard let numbers, let first = numbers.first else { return "–" }
    var runs = [first...first]
    for number in numbers.dropFirst() {
      if let last = runs.last, number == last.upperBound + 1 {
        runs[runs.count - 1] = last.lowerBound...number
      } else {
        runs.append(number...number)
      }
    }
    return runs.map {
      $0.count == 1
        ? "\($0.lowerBound)" : $0.count == 2 ? "\($0.lowerBound), \($0.upperBound)" : "\($0.lowerBound)–\($0.upperBound)"
    }
    .joined(separator: ", ")
  }
}
