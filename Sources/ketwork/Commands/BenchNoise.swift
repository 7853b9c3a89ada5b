internal import ArgumentParser
internal import Simulator

/// `ketwork bench noise`: density matrices beside trajectories.
struct BenchNoise: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "noise",
    abstract: "Time noisy circuits as density matrices and along trajectories, beside what is predicted.",
    discussion: """
      The circuit has layers of u with random angles on each qubit and of cx from each qubit onto the next around a ring, depolarizing of \
      the error rate after each gate, and qubits that are misread when all are sampled at the end: 0 as 1 in 2 %, 1 as 0 in 3 % of the \
      shots. It runs on the CPU, by either method, and beside each median stands what `--method auto` predicts, on one thread of the \
      machine on which its constants were measured, which of the two it takes, and whether that was the faster one.

      One run is not counted, then come up to --repetitions, as many as --seconds-limit leaves time for; a run that takes half of it \
      counts alone. A point that is predicted to take longer, or more memory than there is, is left out, and the reason is told. What \
      a density matrix takes hardly depends on error rate and shots: it is timed once a number of qubits, with the most shots. MEMORY \
      is the most that the process had resident meanwhile, the program itself included.

      The second table says, for each error rate and number of shots, from how many qubits on auto takes trajectories.

      EXAMPLES
        ketwork bench noise
        ketwork bench noise --qubits 4 6 8 10 --rates 1e-3 --shots 1000 --csv noise.csv --svg noise.svg
        ketwork bench noise --qubits 12 --precision double --layers 20 --repetitions 9 --json

      EXIT STATUS
        0 measured, even if some points were left out; 64 wrong usage or a number out of range; 73 the CSV or SVG file cannot be \
      written.
      """)

  @Option(parsing: .upToNextOption, help: ArgumentHelp("Sizes of the circuit.", valueName: "n"))
  var qubits = [4, 6, 8, 10, 12, 14]

  @Option(
    parsing: .upToNextOption, help: ArgumentHelp("Error rates: the strength of depolarizing after each gate.", valueName: "p"))
  var rates = [1e-4, 1e-3, 1e-2]

  @Option(parsing: .upToNextOption, help: ArgumentHelp("Numbers of shots.", valueName: "s"))
  var shots = [100, 1_000, 10_000]

  @Option(help: ArgumentHelp("Layers of the circuit.", valueName: "l"))
  var layers = 8

  @Option(help: "The precision: single or double.", transform: Precision.parse)
  var precision: Precision = .single

  @Option(help: ArgumentHelp("Samples of each figure, at most.", valueName: "k"))
  var repetitions = 5

  @Option(help: ArgumentHelp("The longest that a method may take at one point, in seconds.", valueName: "s"))
  var secondsLimit = 20.0

  @Option(help: ArgumentHelp("Chooses angles and shots.", valueName: "s"))
  var seed: UInt64 = 1

  @OptionGroup var figures: FigureOutput

  @Option(help: ArgumentHelp("Write a plot to an SVG file.", valueName: "file"), completion: .file(extensions: ["svg"]))
  var svg: String?

  func validate() throws {
    try Self.check(qubits, "--qubits", NoiseBenchmark.qubitCounts)
    try Self.check(shots, "--shots", NoiseBenchmark.shotCounts)
    try Self.check([layers], "--layers", NoiseBenchmark.layerCounts)
    try Self.check([repetitions], "--repetitions", ScalingPlan.sampleCounts)
    if let rate = rates.first(where: { !($0 > 0 && $0 <= 1) }) {
      throw ValidationError("--rates is \(rate); above 0, to 1, is accepted")
    }
    guard Set(rates).count == rates.count else { throw ValidationError("--rates has a number twice") }
    guard secondsLimit > 0, secondsLimit.isFinite else {
      throw ValidationError("--seconds-limit is \(secondsLimit); a number above 0 is accepted")
    }
  }

  func run() throws {
    for path in [figures.csv, svg].compactMap(\.self) { try Files.checkFolder(of: path) }
    let report = try measure()
    let output = Terminal.standardOutput
    output.write(figures.json ? try report.json() : report.table(style: Style(isColored: output.wantsColor)))
    if let csv = figures.csv { try Files.write(Array(report.csv.utf8), to: csv) }
    if let svg { try Files.write(Array(NoiseFigure(report).svg.utf8), to: svg) }
    let written = [figures.csv, svg].compactMap(\.self)
    if !figures.json, !written.isEmpty { output.write("\nwritten: \(written.joined(separator: ", "))\n") }
  }

  private func measure() throws -> NoiseReport {
    let benchmark = NoiseBenchmark(
      layerCount: layers, precision: precision, repetitions: repetitions, secondsLimit: secondsLimit, seed: seed)
    var report = NoiseReport(benchmark, threads: try ThreadPool.preferredThreadCount.get())
    let bar = ProgressBar(total: qubits.count * rates.count * shots.count, unit: "points")
    defer { bar.finish() }
    for qubitCount in qubits {
      let most = NoiseBenchmark.Point(qubitCount: qubitCount, rate: rates[0], shots: shots.max() ?? 1)
      bar.advance(to: report.points.count, note: "\(qubitCount) qubits, density matrix")
      let density = try benchmark.time(most, try benchmark.cost(most).densityMatrix)
      for rate in rates {
        for count in shots {
          bar.advance(
            to: report.points.count, note: "\(qubitCount) qubits, rate \(NoiseReport.rate(rate)), \(Format.count(count)) shots")
          let point = NoiseBenchmark.Point(qubitCount: qubitCount, rate: rate, shots: count)
          let cost = try benchmark.cost(point)
          try report.add(point, cost, density: density, trajectories: try benchmark.time(point, cost.stateVector))
        }
      }
    }
    for rate in rates {
      for count in shots {
        report.addSwitch(rate: rate, shots: count, qubits: try benchmark.switchQubitCount(rate: rate, shots: count))
      }
    }
    return report
  }

  private static func check(_ values: [Int], _ option: String, _ accepted: ClosedRange<Int>) throws {
    if let value = values.first(where: { !accepted.contains($0) }) {
      throw ValidationError("\(option) is \(value); \(accepted.lowerBound) to \(accepted.upperBound) are accepted")
    }
    guard Set(values).count == values.count else { throw ValidationError("\(option) has a number twice") }
  }
}
