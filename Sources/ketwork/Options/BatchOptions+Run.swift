internal import Simulator

extension BatchOptions {
  /// Measures every batch and hands out the figures.
  func run(_ work: BatchBenchmark.Work, layers: Int) throws {
    let benchmarks = try benchmarks(work, layers: layers)
    for path in [figures.csv, svg].compactMap(\.self) { try Files.checkFolder(of: path) }
    let report = try measure(benchmarks)
    let output = Terminal.standardOutput
    let device = report.devices[0]
    output.write(figures.json ? try report.json() : report.table(device, style: Style(isColored: output.wantsColor)))
    if let csv = figures.csv { try Files.write(Array(report.csv.utf8), to: csv) }
    if let svg, let figure = BatchFigure(device) { try Files.write(Array(figure.svg.utf8), to: svg) }
    let written = [figures.csv, svg].compactMap(\.self)
    if !figures.json, !written.isEmpty { output.write("\nwritten: \(written.joined(separator: ", "))\n") }
  }

  private func measure(_ benchmarks: [BatchBenchmark]) throws -> BatchReport {
    let bar = ProgressBar(total: benchmarks.count, unit: "batches")
    defer { bar.finish() }
    let facts = try BenchDevice.named([device])[0].factsWithPeak(precision)
    let simulator = try CircuitSimulator(device: device)
    var report = BatchReport(facts, precision: precision, seed: seed)
    for (index, benchmark) in benchmarks.enumerated() {
      bar.advance(to: index, note: "\(benchmark.qubitCount) qubits, \(Format.count(benchmark.rowCount)) rows")
      report.add(try benchmark.run(on: simulator), of: benchmark)
    }
    return report
  }
}
