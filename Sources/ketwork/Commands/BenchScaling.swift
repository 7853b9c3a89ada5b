internal import ArgumentParser
internal import FoundationEssentials
internal import Simulator

/// `ketwork bench scaling`: time against qubits, on every device.
struct BenchScaling: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "scaling",
    abstract: "Time families of circuits against the number of qubits, until memory or patience ends.",
    discussion: """
      Runs each family with more and more qubits, on every device that is present or on those named, and prints a table a device: the \
      median time of one run and its spread, gates in a second, the bytes that the gates have to move, and which share that is of what \
      the device's memory gives.

      A run sets the state to |0…0⟩, applies every gate, and waits for the device; memory is allocated before. One run is not counted, \
      then come --repetitions samples; runs shorter than 5 ms are repeated within a sample. The spread is (slowest − fastest) / median.

      The bytes moved are those of one pass a gate over the amplitudes that the gate changes, each read and written once. The share \
      compares them, divided by the time, with the device's own in-place speed, measured first over an array that no cache holds. It \
      passes 100 % where the state fits a cache.

      Nothing is left out in silence: a size that does not fit the memory or would take longer than --seconds-limit is listed with the \
      reason.

      FAMILIES
        ghz   h, then cx along the line
        qft   the quantum Fourier transform with its swaps
        qv    quantum volume: n layers of Haar-random unitaries on random pairs
        hea   a hardware-efficient ansatz: four layers of ry, rz and cx along the line

      EXAMPLES
        ketwork bench scaling
        ketwork bench scaling --families qft,qv --max-qubits 24 --csv scaling.csv --svg scaling.svg
        ketwork bench scaling --device cpu --device opencl:0.0 --precision double --seconds-limit 60

      EXIT STATUS
        0   measured, even if some sizes were skipped
        64  wrong usage: an unknown family or device, or a number out of range
        69  a device failed
        73  the CSV or SVG file cannot be written
      """)

  @Option(help: ArgumentHelp("Families, with commas between them.", valueName: "list"), transform: Self.parseFamilies)
  var families: [CircuitFamily] = CircuitFamily.allCases

  @Option(help: ArgumentHelp("A device as `ketwork devices` names it; may be repeated. Default: every device.", valueName: "name"))
  var device: [String] = []

  @Option(help: "The amplitudes' precision: single or double.", transform: Precision.parse)
  var precision: Precision = .single

  @Option(help: ArgumentHelp("The fewest qubits.", valueName: "n"))
  var minQubits = 4

  @Option(help: ArgumentHelp("The most qubits. Default: until memory ends.", valueName: "n"))
  var maxQubits: Int?

  @Option(help: ArgumentHelp("The longest that one point may take in all, in seconds.", valueName: "s"))
  var secondsLimit = 20.0

  @Option(help: ArgumentHelp("Samples of each point.", valueName: "k"))
  var repetitions = 5

  @Option(help: ArgumentHelp("Chooses the random angles and unitaries.", valueName: "s"))
  var seed: UInt64 = 1

  @Option(help: ArgumentHelp("Write the figures to a CSV file.", valueName: "file"), completion: .file(extensions: ["csv"]))
  var csv: String?

  @Option(help: ArgumentHelp("Write a plot to an SVG file.", valueName: "file"), completion: .file(extensions: ["svg"]))
  var svg: String?

  @Option(
    help: ArgumentHelp("Write every circuit that was timed into a folder, as JSON, for peers.", valueName: "folder"),
    completion: .directory)
  var circuits: String?

  @Flag(help: "Print JSON in place of the tables.")
  var json = false

  func validate() throws {
    guard (1...ScalingPlan.qubitCountLimit).contains(minQubits) else {
      throw ValidationError("--min-qubits is \(minQubits); 1 to \(ScalingPlan.qubitCountLimit) are accepted")
    }
    if let maxQubits, !(minQubits...ScalingPlan.qubitCountLimit).contains(maxQubits) {
      throw ValidationError("--max-qubits is \(maxQubits); \(minQubits) to \(ScalingPlan.qubitCountLimit) are accepted")
    }
    guard secondsLimit > 0, secondsLimit.isFinite else {
      throw ValidationError("--seconds-limit is \(secondsLimit); a number above 0 is accepted")
    }
    guard ScalingPlan.sampleCounts.contains(repetitions) else {
      throw ValidationError(
        "--repetitions is \(repetitions); \(ScalingPlan.sampleCounts.lowerBound) to \(ScalingPlan.sampleCounts.upperBound) are accepted"
      )
    }
  }

  func run() async throws {
    let plan = ScalingPlan(
      families: families, minimumQubitCount: minQubits, maximumQubitCount: maxQubits, precision: precision,
      repetitions: repetitions,
      secondsLimit: secondsLimit, seed: seed)
    let devices = try BenchDevice.named(device)
    for path in [csv, svg].compactMap(\.self) { try Files.checkFolder(of: path) }
    if let circuits { try Files.checkFolder(of: circuits + "/") }
    let table = ScalingTable(style: Style(isColored: Terminal.standardOutput.wantsColor))
    var scalings = [DeviceScaling]()
    for device in devices {
      let scaling = try measure(device, plan)
      scalings.append(scaling)
      if !json { Terminal.standardOutput.write(table.text(scaling, plan: plan) + "\n") }
    }
    try write(scalings, plan)
  }

  private func measure(_ device: BenchDevice, _ plan: ScalingPlan) throws -> DeviceScaling {
    let bar = ProgressBar(total: 100, unit: "%")
    defer { bar.finish() }
    return try device.scaling(plan) { label, share in bar.advance(to: Int(100 * share), note: label) }
  }

  private func write(_ scalings: [DeviceScaling], _ plan: ScalingPlan) throws {
    let report = ScalingReport(scalings, plan: plan)
    if json { Terminal.standardOutput.write(try report.json()) }
    if let csv { try Files.write(Array(report.csv.utf8), to: csv) }
    if let svg {
      guard let figure = ScalingFigure(scalings, plan: plan) else {
        throw Failure(.invalidData, "\(svg): not written, because no point was measured")
      }
      try Files.write(Array(figure.svg.utf8), to: svg)
    }
    if let circuits { try writeCircuits(to: circuits, scalings, plan) }
    let written = [csv, svg].compactMap(\.self)
    if !json, !written.isEmpty { Terminal.standardOutput.write("written: \(written.joined(separator: ", "))\n") }
  }

  private func writeCircuits(to folder: String, _ scalings: [DeviceScaling], _ plan: ScalingPlan) throws {
    for family in plan.families {
      for qubitCount in Set(scalings.flatMap(\.points).filter { $0.family == family }.map(\.qubitCount)).sorted() {
        let dump = CircuitDump(family, try family.circuit(qubitCount: qubitCount, seed: plan.seed))
        try Files.write(try dump.json(), to: folder + "/" + dump.fileName)
      }
    }
  }

  private static func parseFamilies(_ text: String) throws -> [CircuitFamily] {
    let accepted = CircuitFamily.allCases.map(\.rawValue).joined(separator: ", ")
    let families = try text.split(separator: ",", omittingEmptySubsequences: false).map { name in
      guard let family = CircuitFamily(rawValue: String(name)) else {
        throw ValidationError("no family '\(name)'; \(accepted) are accepted")
      }
      return family
    }
    guard Set(families).count == families.count else { throw ValidationError("'\(text)' names a family twice") }
    return families
  }
}
