internal import ArgumentParser
internal import Circuits
internal import Simulator

/// `ketwork bench circuits`: circuits from files, from nothing to their state.
struct BenchCircuits: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "circuits",
    abstract: "Time circuits from OpenQASM files, from nothing to their state.",
    discussion: """
      Files are read before the clock starts. An evolution is then timed as a whole: memory for the state, the plan, every pass, and \
      the wait for the device; memory is given back after the clock has stopped. One run is not counted, then come --repetitions \
      samples, of which median, fastest and slowest are printed. With --reuse, the same is timed on a state that is there, which is \
      reset first. Beside each figure stands the most memory that the process had resident meanwhile, and how much that is above the \
      state alone; the goal for states of 1 GiB and more is 5 %. With --shots and --paulis, what is read off the final state is timed alone, in the same manner.

      Circuits hold only gates: no measurements and no parameters.

      EXAMPLES
        ketwork bench circuits qft.qasm --device cpu
        ketwork bench circuits qft.qasm adder.qasm --precision double --repetitions 9 --csv circuits.csv
        ketwork bench circuits ansatz.qasm --shots 1000000 --paulis strings.txt --json

      EXIT STATUS
        0 measured; 64 wrong usage or an unknown device; 65 a circuit or string that is not valid, or a state that does not fit the \
      memory; 66 a file that cannot be read; 69 a device failed; 73 the CSV file cannot be written.
      """)

  @Argument(help: ArgumentHelp("OpenQASM 2 or 3 files.", valueName: "circuit"), completion: .file(extensions: ["qasm"]))
  var circuits: [String]

  @Option(help: ArgumentHelp("A device as `ketwork devices` names it; may be repeated. Default: every device.", valueName: "name"))
  var device: [String] = []

  @Option(help: "The amplitudes' precision: single or double.", transform: Precision.parse)
  var precision: Precision = .single

  @Option(help: ArgumentHelp("Samples of each figure.", valueName: "k"))
  var repetitions = 5

  @Flag(help: "Time runs on a state that is there as well: reset in place of memory.")
  var reuse = false

  @Option(help: ArgumentHelp("Time so many samples of the final state.", valueName: "n"))
  var shots: Int?

  @Option(
    help: ArgumentHelp(
      "Time the expectation values of the Pauli strings in a file, one label a line, together.", valueName: "file"),
    completion: .file())
  var paulis: String?

  @Option(help: ArgumentHelp("Chooses the samples.", valueName: "s"))
  var seed: UInt64 = 1

  @OptionGroup var figures: FigureOutput

  func validate() throws {
    guard ScalingPlan.sampleCounts.contains(repetitions) else {
      throw ValidationError(
        "--repetitions is \(repetitions); \(ScalingPlan.sampleCounts.lowerBound) to \(ScalingPlan.sampleCounts.upperBound) are accepted"
      )
    }
    if let shots, !(1...Simulator.Limits.shotCount).contains(shots) {
      throw ValidationError("--shots is \(shots); 1 to \(Simulator.Limits.shotCount) are accepted")
    }
  }

  func run() throws {
    let sources = try circuits.map { try CircuitBatch.load($0) }
    let strings = try paulis.map { try PauliFile.read($0) } ?? []
    for source in sources { try Self.check(source, strings) }
    let benchmark = CircuitBenchmark(
      precision: precision, repetitions: repetitions, reusesState: reuse, shots: shots, paulis: strings, seed: seed)
    if let csv = figures.csv { try Files.checkFolder(of: csv) }
    var report = CircuitTimings(benchmark)
    for device in try BenchDevice.named(device) {
      let measured = try measure(device, sources, benchmark)
      report.devices.append(measured)
      let style = Style(isColored: Terminal.standardOutput.wantsColor)
      if !figures.json { Terminal.standardOutput.write(report.table(measured, style: style) + "\n") }
    }
    if figures.json { Terminal.standardOutput.write(try report.json()) }
    if let csv = figures.csv { try Files.write(Array(report.csv.utf8), to: csv) }
  }

  /// Refuses what cannot be timed: other instructions than gates, parameters, and strings of another length.
  static func check(_ source: CircuitBatch.Source, _ strings: [PauliString]) throws {
    for instruction in source.circuit.instructions {
      guard case .gate = instruction else {
        throw Failure(.invalidData, "\(source.path): holds other instructions than gates; only gates are timed")
      }
    }
    if let parameter = source.circuit.parameters.first {
      throw Failure(.invalidData, "\(source.path): the parameter '\(parameter.name)' has no value; only numbers are accepted")
    }
    if let other = strings.first(where: { $0.qubitCount != source.circuit.qubitCount }) {
      throw Failure(
        .invalidData,
        "\(source.path): \(source.circuit.qubitCount) qubits; the Pauli string '\(other)' has \(other.qubitCount) letters")
    }
  }

  private func measure(
    _ device: BenchDevice, _ sources: [CircuitBatch.Source], _ benchmark: CircuitBenchmark
  ) throws -> CircuitTimings.Device {
    let bar = ProgressBar(total: sources.count, unit: "circuits")
    defer { bar.finish() }
    let circuits = try sources.enumerated().map { index, source in
      bar.advance(to: index, note: "\(device.facts.label)  \(source.name)")
      let prepared = try PreparedCircuit(source.circuit, precision: precision)
      let timings = try device.timings(of: prepared, benchmark)
      return CircuitTimings.Circuit(
        name: source.name, qubits: prepared.qubitCount, gates: prepared.gateCount, stateBytes: prepared.stateByteCount,
        figures: timings.map(CircuitTimings.Figure.init))
    }
    return CircuitTimings.Device(device: device.facts.label, name: device.facts.name, circuits: circuits)
  }
}
