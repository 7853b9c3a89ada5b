internal import ArgumentParser
internal import Protocol
internal import Simulator

/// What to run and what is wanted of it: shared by `run` and `submit`.
struct CircuitOptions: ParsableArguments {
  @Argument(
    help: ArgumentHelp(
      "OpenQASM 2 or 3 files; '-' is standard input. A .json file is a job of circuits with settings of their own.",
      valueName: "circuit"),
    completion: .file(extensions: ["qasm", "json"]))
  var circuits: [String]

  @Option(help: "Shots to draw of each circuit and row. Default: 1024, unless something else is asked for.")
  var shots: Int?

  @Option(help: "Seed of all randomness; the same seed gives the same counts. Default: a random one.")
  var seed: UInt64?

  @Option(
    name: .customLong("observable"),
    help: ArgumentHelp(
      "An observable whose expectation value is wanted: a Pauli label (leftmost letter on the highest qubit) or a sum such as '0.5*ZZ - XI'. May be repeated.",
      valueName: "label"))
  var observables: [String] = []

  @Flag(help: "Give the probability of every basis state.")
  var probabilities = false

  @Option(
    help: ArgumentHelp("Write the amplitudes to a NumPy file, 2^n entries a circuit and row.", valueName: "out.npy"),
    completion: .file())
  var statevector: String?

  @Option(
    name: .customLong("parameter"),
    help: ArgumentHelp("The value of one parameter in every row. May be repeated.", valueName: "name=value"))
  var assignments: [String] = []

  @Option(
    help: ArgumentHelp("Rows of parameter values: .csv with a header of names, or .npy, rows x parameters.", valueName: "rows"),
    completion: .file(extensions: ["csv", "npy"]))
  var parameters: String?

  @Option(help: "Where to run: auto, cpu, opencl or opencl:P.D; 'ketwork devices' lists them.")
  var device = "auto"

  @Option(help: ArgumentHelp("Precision of the amplitudes.", valueName: "single|double"))
  var precision: PrecisionOption = .single

  @Option(
    help: ArgumentHelp(
      "How to simulate; the method that ran is named in the result.", valueName: "auto|statevector|stabilizer|density-matrix"))
  var method: MethodOption = .auto

  @Option(
    help: ArgumentHelp(
      "A noise model: JSON of this project's (docs/schemas/noise-1.schema.json) or what Qiskit Aer's NoiseModel.to_dict(serializable=True) gives. Values without --shots are those of the state, without errors of reading; with --shots they are those of what is read, as counts and probabilities are.",
      valueName: "noise.json"),
    completion: .file(extensions: ["json"]))
  var noise: String?

  @Option(
    help: ArgumentHelp(
      "A device whose noise circuits have, qubit 0 on its qubit 0 and so on; 'ketwork device-models' lists them. Qubits that wait for others have noise meanwhile.",
      valueName: "name"))
  var deviceModel: String?

  @Option(
    help: ArgumentHelp(
      "Average values and probabilities of circuits with noise, measurements or resets on their way over N histories, in place of exact ones; with --target-error at most so many.",
      valueName: "n"))
  var trajectories: Int?

  @Option(
    help: ArgumentHelp(
      "Average over as many histories as it takes for the standard error of each observable's value to be at most E, and for one more history to change it by no more than that.",
      valueName: "e"))
  var targetError: Double?

  @Flag(help: "Give identical results on every kind of device, bit for bit.")
  var reproducible = false

  mutating func validate() throws {
    if let shots, shots <= 0 { throw ValidationError("--shots \(shots): a count of at least 1 is needed.") }
    guard !circuits.isEmpty else { throw ValidationError("Give at least one circuit file.") }
    for assignment in assignments { _ = try Self.parse(assignment) }
    try validateTrajectories()
    if noise != nil, deviceModel != nil { throw ValidationError("--noise cannot go with --device-model.") }
  }

  /// Whether values are averages over histories.
  var drawsTrajectories: Bool { trajectories != nil || targetError != nil }

  private func validateTrajectories() throws {
    guard drawsTrajectories else { return }
    let name = targetError == nil ? "--trajectories" : "--target-error"
    if let trajectories, !(1...Simulator.Limits.shotCount).contains(trajectories) {
      throw ValidationError("--trajectories \(trajectories): 1 to \(Simulator.Limits.shotCount) are accepted.")
    }
    if let targetError, !(targetError > 0 && targetError.isFinite) {
      throw ValidationError("--target-error \(targetError): a positive number is accepted.")
    }
    if shots != nil { throw ValidationError("\(name) cannot go with --shots, whose values are of what is read.") }
    if statevector != nil { throw ValidationError("\(name) cannot go with --statevector.") }
    if [.densityMatrix, .stabilizer].contains(method) {
      throw ValidationError("\(name) cannot go with --method \(method.rawValue), which gives exact values.")
    }
    if observables.isEmpty, targetError != nil || !probabilities { throw ValidationError("\(name): an --observable is needed.") }
  }

  /// The shots that are drawn: those asked for, or 1,024 if nothing else is wanted.
  var effectiveShots: Int? {
    shots ?? (observables.isEmpty && !probabilities && statevector == nil ? 1024 : nil)
  }

  /// The values of `--parameter`, by name.
  func fixedParameters() throws -> [String: Double] {
    var result = [String: Double]()
    for assignment in assignments {
      let (name, value) = try Self.parse(assignment)
      guard result.updateValue(value, forKey: name) == nil else { throw ValidationError("--parameter \(name) is given twice.") }
    }
    return result
  }

  private static func parse(_ assignment: String) throws -> (String, Double) {
    let parts = assignment.split(separator: "=", maxSplits: 1)
    guard parts.count == 2, let value = Double(parts[1]) else {
      throw ValidationError("--parameter '\(assignment)': NAME=VALUE with a number is needed.")
    }
    guard value.isFinite else { throw ValidationError("--parameter '\(assignment)': a finite number is needed.") }
    return (String(parts[0]), value)
  }
}

enum PrecisionOption: String, ExpressibleByArgument, CaseIterable {
  case single, double
  var settings: ExecutionSettings.Precision { self == .single ? .single : .double }
}

enum MethodOption: String, ExpressibleByArgument, CaseIterable {
  case auto, statevector, stabilizer
  case densityMatrix = "density-matrix"
}

/// How derivatives are found.
enum GradientOption: String, ExpressibleByArgument, CaseIterable {
  case adjoint
  case parameterShift = "parameter-shift"
  var method: DifferentiationMethod { self == .adjoint ? .adjoint : .parameterShift }
}

/// How results are printed.
struct OutputOptions: ParsableArguments {
  @Flag(help: "Print JSON.")
  var json = false

  @Option(
    help: ArgumentHelp("Write arrays to a NumPy archive instead of printing results.", valueName: "out.npz"),
    completion: .file(extensions: ["npz"]))
  var output: String?
}
