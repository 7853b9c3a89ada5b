internal import Circuits
internal import FoundationEssentials
internal import Protocol

/// A job written as JSON: circuits, each with settings of its own. The schema is docs/schemas/job-1.schema.json.
struct JobFile: Decodable {
  struct Entry: Decodable {
    var circuit: String
    var shots: Int?
    var observables: [String]?
    var probabilities: Bool?
    var parameters: [String: Double]?
    var rows: String?
    var precision: String?
    var mitigation: MitigationEntry?
  }

  var version: Int
  var circuits: [Entry]
  /// The file, for messages and for paths relative to it.
  var path = ""

  private enum CodingKeys: String, CodingKey { case version, circuits }

  /// Reads a job file.
  init(path: String) throws {
    self = try JSONFile.decode(JobFile.self, path: path, whole: "the job")
    self.path = path
    guard version == 1 else { throw Failure(.invalidData, "\(path): version \(version); version 1 is accepted") }
    guard !circuits.isEmpty else { throw Failure(.invalidData, "\(path): no circuits; at least one is needed") }
  }

  /// A path as the job file means it: relative to itself.
  func resolve(_ relative: String) -> String {
    guard !relative.hasPrefix("/"), let slash = path.lastIndex(of: "/") else { return relative }
    return path[...slash] + relative
  }
}

extension CircuitBatch {
  /// Adds the circuits of a job file; options of the command line are their defaults.
  mutating func add(_ file: JobFile, _ options: CircuitOptions, _ seed: UInt64) throws {
    for (index, entry) in file.circuits.enumerated() {
      let place = "\(file.path): circuits[\(index)]"
      let source = try Self.load(file.resolve(entry.circuit), noise)
      if let shots = entry.shots, shots <= 0 { throw Failure(.invalidData, "\(place): shots \(shots); at least 1 is needed") }
      let precision = try entry.precision.map { name in
        guard let option = PrecisionOption(rawValue: name) else {
          throw Failure(.invalidData, "\(place): precision '\(name)'; single and double are accepted")
        }
        return option
      }
      let observables = try Self.observables(entry.observables ?? options.observables, for: source)
      let wantsProbabilities = entry.probabilities ?? options.probabilities
      let wantsNothingElse = observables.isEmpty && !wantsProbabilities
      let settings = ExecutionSettings(
        shots: entry.shots ?? options.shots ?? (wantsNothingElse ? 1024 : nil), observables: observables,
        wantsProbabilities: wantsProbabilities, seed: seed, precision: (precision ?? options.precision).settings,
        method: options.method.rawValue, device: options.device, isReproducible: options.reproducible,
        trajectories: options.trajectories, targetError: options.targetError,
        mitigation: try entry.mitigation?.settings(at: "\(place).mitigation") ?? mitigation)
      do throws(ProtocolError) { try settings.validate() } catch { throw Failure(.invalidData, "\(place): \(error.message)") }
      let table = try entry.rows.map { try ParameterTable(path: file.resolve($0)) }
      var used = Set<String>()
      let rows = try Self.rows(for: source, entry.parameters ?? [:], table, &used)
      try add(source, rows: rows, settings: settings)
    }
  }
}
