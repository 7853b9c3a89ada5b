internal import ArgumentParser
internal import Simulator

/// `ketwork bench passes`: each kind of pass over a state, one by one.
struct BenchPasses: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "passes",
    abstract: "Time each kind of pass over a state alone, on low, middle and high qubits.",
    discussion: """
      For each pass: the median time of --repetitions runs after one that is not counted, their spread, (slowest − fastest) / median, \
      the bytes in a second that it reads and writes, which share that is of the device's own in-place speed, measured first, and for \
      matrices the floating-point operations in a second. The ceiling is what the memory allows at that speed, or the arithmetic at \
      the processor's measured peak where that takes longer; each pass has a goal as a share of it.

      EXAMPLES
        ketwork bench passes
        ketwork bench passes --qubits 26 --precision double --device cpu --csv passes.csv

      EXIT STATUS
        0 measured; 64 wrong usage or an unknown device; 65 a state that does not fit the memory; 69 a device failed; 73 the CSV file \
      cannot be written.
      """)

  @Option(help: ArgumentHelp("A device as `ketwork devices` names it; may be repeated. Default: every device.", valueName: "name"))
  var device: [String] = []

  @Option(help: ArgumentHelp("The qubits of the state.", valueName: "n"))
  var qubits = 24

  @Option(help: "The amplitudes' precision: single or double.", transform: Precision.parse)
  var precision: Precision = .single

  @Option(help: ArgumentHelp("Samples of each pass.", valueName: "k"))
  var repetitions = 5

  @Option(help: ArgumentHelp("Chooses the random unitaries and strings.", valueName: "s"))
  var seed: UInt64 = 1

  @OptionGroup var figures: FigureOutput

  func validate() throws {
    guard (PassCase.leastQubitCount...ScalingPlan.qubitCountLimit).contains(qubits) else {
      throw ValidationError("--qubits is \(qubits); \(PassCase.leastQubitCount) to \(ScalingPlan.qubitCountLimit) are accepted")
    }
    guard ScalingPlan.sampleCounts.contains(repetitions) else {
      throw ValidationError(
        "--repetitions is \(repetitions); \(ScalingPlan.sampleCounts.lowerBound) to \(ScalingPlan.sampleCounts.upperBound) are accepted"
      )
    }
  }

  func run() throws {
    let benchmark = PassBenchmark(qubitCount: qubits, precision: precision, repetitions: repetitions, seed: seed)
    if let csv = figures.csv { try Files.checkFolder(of: csv) }
    var report = PassReport(benchmark)
    for device in try BenchDevice.named(device) {
      let (facts, timings) = try measure(device, benchmark)
      report.add(facts, timings, benchmark)
      let style = Style(isColored: Terminal.standardOutput.wantsColor)
      if !figures.json, let last = report.devices.last { Terminal.standardOutput.write(report.table(last, style: style) + "\n") }
    }
    if figures.json { Terminal.standardOutput.write(try report.json()) }
    if let csv = figures.csv { try Files.write(Array(report.csv.utf8), to: csv) }
  }

  private func measure(
    _ device: BenchDevice, _ benchmark: PassBenchmark
  ) throws -> (facts: BenchDevice.Facts, timings: [PassBenchmark.Timing]) {
    let bar = ProgressBar(total: 100, unit: "%")
    defer { bar.finish() }
    return try device.passes(benchmark) { done, total in bar.advance(to: 100 * done / total, note: device.facts.label) }
  }
}
