internal import ArgumentParser
internal import Simulator

/// What benchmarks of batches are told, but for the layers, whose default is each one's own.
struct BatchOptions: ParsableArguments {
  @Option(help: "The template of a layer: ry-ring or u3-cz-rzz.")
  var ansatz: BatchAnsatz = .ryRing

  @Option(parsing: .upToNextOption, help: ArgumentHelp("Sizes of the template.", valueName: "n"))
  var qubits = [4, 8, 12]

  @Option(parsing: .upToNextOption, help: ArgumentHelp("Rows of parameters in one call.", valueName: "r"))
  var rows = [1, 100, 10_000]

  @Option(help: "The amplitudes' precision: single or double.", transform: Precision.parse)
  var precision: Precision = .single

  @Option(help: ArgumentHelp("The device: cpu, opencl where there is one, or opencl:P.D.", valueName: "name"))
  var device = "cpu"

  @Option(help: ArgumentHelp("Samples of each figure.", valueName: "k"))
  var repetitions = 5

  @Option(help: ArgumentHelp("Chooses the parameters.", valueName: "s"))
  var seed: UInt64 = 1

  @OptionGroup var figures: FigureOutput

  @Option(help: ArgumentHelp("Write a plot to an SVG file.", valueName: "file"), completion: .file(extensions: ["svg"]))
  var svg: String?

  func validate() throws {
    try Self.check(qubits, "--qubits", BatchAnsatz.leastQubitCount...ScalingPlan.qubitCountLimit)
    try Self.check(rows, "--rows", BatchBenchmark.rowCounts)
    try Self.check([repetitions], "--repetitions", ScalingPlan.sampleCounts)
  }

  /// The batches, size by size; checked together with the layers, before anything runs.
  func benchmarks(_ work: BatchBenchmark.Work, layers: Int, method: BatchBenchmark.Method = .auto) throws -> [BatchBenchmark] {
    try Self.check([layers], "--layers", BatchBenchmark.layerCounts)
    if let shots = work.shotCount {
      try Self.check([shots], "--shots", BatchBenchmark.shotCounts)
      try Self.check(qubits, "--qubits, with --shots,", BatchAnsatz.leastQubitCount...Simulator.Limits.sampledBitCount)
    }
    return try qubits.flatMap { qubitCount in
      try rows.map { rowCount in
        let benchmark = BatchBenchmark(
          work: work, method: method, ansatz: ansatz, layerCount: layers, qubitCount: qubitCount, rowCount: rowCount,
          precision: precision,
          repetitions: repetitions, seed: seed)
        guard rowCount <= BatchBenchmark.numberCount / benchmark.rowWidth else {
          throw ValidationError(
            "--rows is \(rowCount) for rows of \(benchmark.rowWidth) numbers on \(qubitCount) qubits; at most "
              + "\(BatchBenchmark.numberCount / benchmark.rowWidth) are accepted there")
        }
        return benchmark
      }
    }
  }

  private static func check(_ values: [Int], _ option: String, _ accepted: ClosedRange<Int>) throws {
    if let value = values.first(where: { !accepted.contains($0) }) {
      throw ValidationError("\(option) is \(value); \(accepted.lowerBound) to \(accepted.upperBound) are accepted")
    }
    guard Set(values).count == values.count else { throw ValidationError("\(option) has a number twice") }
  }
}
