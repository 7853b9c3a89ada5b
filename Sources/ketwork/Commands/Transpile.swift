internal import ArgumentParser
internal import Circuits
internal import OpenQASM
internal import Transpiler

/// `ketwork transpile`: a circuit in a device's gates, on its qubits.
struct Transpile: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Compile a circuit to a device: its gates, on qubits that are coupled.",
    discussion: """
      Gates that meet are multiplied up, what commutes passing each other, and written anew with the fewest gates on two qubits. Qubits are \
      placed where no SWAP is needed if there is such a place; else the best of many placements is taken. The circuit that comes out does what \
      the given one does if its qubits start on `initial_layout` and are read on `final_layout`; measurements are where the \
      qubits are. Control flow stays: each body brings the qubits back to where it found them, and counts once.

      EXAMPLES
        ketwork transpile qft.qasm --device-model montreal --output out.qasm
        ketwork transpile qft.qasm --coupling grid:5x6 --basis cz,rz,sx,x --json
        ketwork transpile qaoa.qasm --coupling map.json --basis cx,u
        ketwork transpile qft.qasm --device-model montreal --schedule alap

      COUPLING
        line:N, ring:N, grid:RxC, full:N, or a JSON file {"qubits": 3, "edges": [[0, 1], [1, 2]]}.

      JSON
        One object: circuit, qubits, depth, two_qubit_depth, two_qubit_gates, gates and, for a device, expected_fidelity, each \
      {before, after}; duration in seconds, with --schedule and without control flow; initial_layout and final_layout, the device's \
      qubit of each of the circuit's; seconds.

      EXIT STATUS
        0   compiled
        64  wrong usage, or no device of that name
        65  a circuit that is not valid, cannot be compiled, or has more qubits than the device
        66  a file that cannot be read
        73  a file that cannot be written
      """)

  @Argument(
    help: ArgumentHelp("An OpenQASM 2 or 3 file; '-' is standard input.", valueName: "circuit"),
    completion: .file(extensions: ["qasm"]))
  var circuit: String

  @Option(help: ArgumentHelp("The device; 'ketwork device-models' lists them.", valueName: "name"))
  var deviceModel: String?

  @Option(help: ArgumentHelp("Which qubits are coupled, in place of a device.", valueName: "map"))
  var coupling: String?

  @Option(help: ArgumentHelp("The gates to write, with commas between. Default: the device's, else cx,u.", valueName: "gates"))
  var basis: String?

  @Option(
    help: ArgumentHelp("Where to write the compiled circuit. Default: standard output.", valueName: "out.qasm"), completion: .file()
  )
  var output: String?

  @Option(
    help: ArgumentHelp("The depth to have at most: while it is deeper, layers are merged until that helps no more.", valueName: "d")
  )
  var maxDepth: Int?

  @Option(
    help: ArgumentHelp("The version of OpenQASM to write.", valueName: "2.0|3.0"),
    transform: { text in
      guard let version = OpenQASMVersion(rawValue: text) else {
        throw ValidationError("no version '\(text)' of OpenQASM; 2.0 and 3.0 are accepted")
      }
      return version
    })
  var openqasm = OpenQASMVersion.v3

  @Option(
    help: ArgumentHelp(
      "Write a delay wherever a qubit waits, gates starting as soon or as late as they can; late ones leave qubits |0⟩. Default: none.",
      valueName: "asap|alap"))
  var schedule: ScheduleOption?

  @Option(help: "Decides between what is equally good; the same seed gives the same circuit.")
  var seed: UInt64 = 0

  @Option(
    help: ArgumentHelp("Placements that are tried where SWAPs are needed. Default: 4 to 40, by the circuit's size.", valueName: "n")
  )
  var trials: Int?

  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    if (deviceModel == nil) == (coupling == nil) { throw ValidationError("Give either --device-model or --coupling.") }
    if schedule != nil, deviceModel == nil { throw ValidationError("--schedule needs --device-model, which has durations.") }
    if schedule != nil, openqasm == .v2 { throw ValidationError("--schedule writes delays, which OpenQASM 2.0 does not have.") }
    if let maxDepth, maxDepth < 1 { throw ValidationError("--max-depth \(maxDepth): at least 1 is needed.") }
    if let trials, !(1...Transpiler.Options.trialLimit).contains(trials) {
      throw ValidationError("--trials \(trials): 1 to \(Transpiler.Options.trialLimit) are accepted.")
    }
  }

  func run() throws {
    let source = try CircuitBatch.load(circuit)
    var options = Transpiler.Options()
    (options.seed, options.trialCount, options.maximumDepth) = (seed, trials, maxDepth)
    let start = ContinuousClock.now
    let target = try target()
    var compiled = try Transpiler(to: target, options: options).compile(source.circuit)
    let elapsed = ContinuousClock.now - start
    let duration = try schedule.flatMap { try $0.write(into: &compiled, target) }
    let text = try OpenQASMExporter.export(compiled.circuit, version: openqasm)
    if let output { try Files.write(Array(text.utf8), to: output) }
    let report = TranspileReport(source.name, compiled, duration: duration, seconds: elapsed / .seconds(1))
    if json {
      Terminal.standardOutput.write(try ReportJSON.text(report))
    } else if output != nil {
      Terminal.standardOutput.write(report.table(style: Style(isColored: Terminal.standardOutput.wantsColor)))
    } else {
      Terminal.standardOutput.write(text)
      Terminal.standardError.write(report.table(style: Style(isColored: false)))
    }
  }

  private func target() throws -> CompilationTarget {
    var target =
      if let deviceModel {
        try CompilationTarget(DeviceModel.named(deviceModel))
      } else {
        CompilationTarget(coupling: try CouplingOption.map(coupling ?? ""), basis: GateBasis(.cx, .u))
      }
    if let basis {
      target.basis = try GateBasis(gates: basis.split(separator: ",").map { $0.trimmingPrefix(" ") }.map(String.init))
    }
    return target
  }
}
