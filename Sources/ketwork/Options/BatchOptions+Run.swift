internal import Simulator

extension BatchOptions {
  /// Measures every batch and hands out the figures.
  func run(_ work: BatchBenchmark.Work, layers: Int, method: BatchBenchmark.Method = .auto) throws {
    let benchmarks = try benchmarks(work, layers: layers, method: method)
    for path in [figures.csv, svg].compactMap(\.self) { try Files.checkFolder(of: path) }
    let report = try measure(benchmarks, on: try BenchDevice.one(named: device))
    let output = Terminal.standardOutput
    let device = report.devices[0]
    output.write(figures.json ? try report.json() : report.table(device, style: Style(isColored: output.wantsColor)))
    if let csv = figures.csv { try Files.write(Array(report.csv.utf8), to: csv) }
    if let svg, let figure = BatchFigure(device) { try Files.write(Array(figure.svg.utf8), to: svg) }
    let written = [figures.csv, svg].compactMap(\.self)
    if !figures.json, !written.isEmpty { output.write("\nwritten: \(written.joined(separator: ", "))\n") }
  }

  private func measure(_ benchmarks: [BatchBenchmark], on device: BenchDevice) throws -> BatchReport {
    let bar = ProgressBar(total: benchmarks.count, unit: "batches")
    defer { bar.finish() }
    let facts = try device.factsWithPeak(precision)
    let simulator = try CircuitSimulator(device: facts.label)
    var report = BatchReport(facts, precision: precision, seed: seed)
    for (index, benchmark) in benchmarks.enumerated() {
      bar.advance(to: index, note: "\(benchmark.qubitCount) qubits, \(Format.count(benchmark.rowCount)) rows")
      report.add(try benchmark.run(on: simulator, device: facts.label), of: benchmark)
    }
    return report
  }
}
