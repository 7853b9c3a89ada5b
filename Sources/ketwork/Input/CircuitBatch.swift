internal import ArgumentParser
internal import Circuits
internal import OpenQASM
internal import Protocol
internal import Simulator

/// Circuits read from files and turned into a job's items and the templates they name.
struct CircuitBatch {
  private(set) var items: [Item] = []
  private var byDigest: [Digest: Template] = [:]
  private var occurrences: [Digest: UInt32] = [:]
  let noise: CircuitNoise?
  /// What the command line says about noise in values; entries of job files may say otherwise.
  let mitigation: MitigationSettings?

  /// The templates, each once.
  var templates: [Template] { Array(byDigest.values) }
  /// The template of one of the items.
  func template(of item: Item) -> Template {
    guard let template = byDigest[item.template] else { preconditionFailure("an item names a template that was not read") }
    return template
  }

  /// Reads what the options name.
  ///
  /// - Throws: ``Failure`` and ``OpenQASMError`` with the file's name; nothing is run if one file is wrong.
  init(_ options: CircuitOptions, mitigation: MitigationSettings? = nil, randomSeed: Bool = true) throws {
    // A job under an idempotency key has to be the same each time.
    noise = try CircuitNoise(path: options.noise, deviceName: options.deviceModel)
    self.mitigation = mitigation
    let seed = randomSeed ? Self.seed(options) : options.seed ?? 0
    let fixed = try options.fixedParameters()
    let table = try options.parameters.map { try ParameterTable(path: $0) }
    var usedNames = Set<String>()
    for path in options.circuits {
      if path.hasSuffix(".json") {
        try add(JobFile(path: path), options, seed)
        continue
      }
      let source = try Self.load(path, noise)
      let rows = try Self.rows(for: source, fixed, table, &usedNames)
      var settings = try Self.settings(options, source, seed)
      settings.mitigation = mitigation
      try add(source, rows: rows, settings: settings)
    }
    try Self.refuseUnused(fixed, table?.names, usedNames)
  }

  /// The seed that is asked for, or a random one: below 2⁵³, so that every JSON reader keeps it.
  static func seed(_ options: CircuitOptions) -> UInt64 { options.seed ?? UInt64.random(in: 0...UInt64(1) << 53) }

  /// What keys a circuit's randomness where it is the only one.
  static func circuitIndex(of source: Source) -> UInt32 { key(source.template.digest, 0) }

  /// A circuit file, parsed.
  struct Source {
    var path: String
    var name: String
    /// The circuit, with its noise.
    var circuit: Circuit
    /// What travels: the file's text, or the circuit where a noise model has changed it.
    var template: Template
    /// The circuit as the file has it, where a noise model has changed it.
    var plain: Circuit?
  }

  /// Reads a circuit.
  ///
  /// - Parameter noise: What is to be added to it.
  static func load(_ path: String, _ noise: CircuitNoise? = nil) throws -> Source {
    let text = String(decoding: try Files.read(path), as: UTF8.self)
    let name = path == "-" ? "stdin" : String(path.split(separator: "/").last ?? Substring(path))
    let circuit = try OpenQASMParser.parse(text, file: path == "-" ? "<stdin>" : path)
    guard let noise else { return Source(path: path, name: name, circuit: circuit, template: try Template(openQASM: text)) }
    let noisy = try noise.applied(to: circuit, name: name)
    let template = try Template(format: .circuit, bytes: CircuitBody.encode(noisy))
    return Source(path: path, name: name, circuit: noisy, template: template, plain: circuit)
  }

  mutating func add(_ source: Source, rows: ParameterRows, settings: ExecutionSettings) throws {
    let template = try Self.template(of: source, settings, noise)
    byDigest[template.digest] = template
    // With mitigation and without it a circuit draws the same.
    let digest = source.template.digest
    let occurrence = occurrences[digest, default: 0]
    occurrences[digest] = occurrence + 1
    items.append(
      Item(
        template: template.digest, name: source.name, circuit: UInt64(Self.key(digest, occurrence)), rows: rows, settings: settings,
        qubitCount: try Self.simulatedQubitCount(source.circuit, settings),
        operationCount: settings.operationCount(ofCircuitOf: source.circuit.instructions.count)))
  }

  /// What travels: of values that are mitigated the circuit and its noise apart, because variants are made of the circuit without noise.
  private static func template(of source: Source, _ settings: ExecutionSettings, _ noise: CircuitNoise?) throws -> Template {
    guard settings.mitigation != nil, let noise, let plain = source.plain else { return source.template }
    return try Template(plain, noise: noise)
  }

  /// The qubits for which a worker needs memory: those of the circuit on which depends what is wanted.
  static func simulatedQubitCount(_ circuit: Circuit, _ settings: ExecutionSettings) throws -> Int {
    // These ask for more than the observables: for products with symmetries, and for shots of all qubits.
    if let method = settings.mitigation?.method, [.symmetry, .readout].contains(method) { return circuit.qubitCount }
    let observables = try settings.observables.map { request in
      try Observable(request.terms.map { .init($0.coefficient, try PauliString($0.label)) })
    }
    let request = SimulationRequest(
      circuit: circuit, shots: settings.shots, observables: observables, wantsProbabilities: settings.wantsProbabilities,
      wantsStatevector: settings.wantsStatevector)
    return try request.simulatedQubitCount()
  }

  static func settings(_ options: CircuitOptions, _ source: Source, _ seed: UInt64) throws -> ExecutionSettings {
    ExecutionSettings(
      shots: options.effectiveShots, observables: try observables(options.observables, for: source),
      wantsProbabilities: options.probabilities, wantsStatevector: options.statevector != nil, seed: seed,
      precision: options.precision.settings, method: options.method.rawValue, device: options.device,
      isReproducible: options.reproducible, trajectories: options.trajectories, targetError: options.targetError)
  }

  /// What keys a circuit's randomness beside the seed: its content and how often it came before, so that its counts are the same alone,
  /// in a batch, and in a batch of another order.
  static func key(_ digest: Digest, _ occurrence: UInt32) -> UInt32 {
    digest.bytes.prefix(4).reduce(UInt32(0)) { $0 << 8 | UInt32($1) } &+ occurrence
  }

  /// Reads observables and checks that they fit the circuit.
  static func observables(_ labels: [String], for source: Source) throws -> [ObservableRequest] {
    try labels.map { label in
      let observable = try Observable(label)
      guard observable.qubitCount == source.circuit.qubitCount else {
        throw Failure(
          .invalidData,
          "observable '\(label)' is on \(observable.qubitCount) qubits, \(source.name) has \(source.circuit.qubitCount)")
      }
      return ObservableRequest(name: label, terms: observable.terms.map { .init($0.coefficient, $0.pauli.label) })
    }
  }

  /// One row for each row of the table, with the fixed values in their columns; one empty row for a circuit without parameters.
  static func rows(
    for source: Source, _ fixed: [String: Double], _ table: ParameterTable?, _ used: inout Set<String>
  ) throws -> ParameterRows {
    let names = source.circuit.parameters.map(\.name)
    guard !names.isEmpty else { return .single }
    used.formUnion(names)
    let columns = try ParameterColumns(
      for: source, fixed, table.map { (names: $0.names, columnCount: $0.rows[0].count, path: $0.path) })
    let rows = columns.readsFile ? table?.rows ?? [[]] : [[]]
    var values = [Double]()
    values.reserveCapacity(rows.count * names.count)
    for row in rows { columns.append(row[...], to: &values) }
    return try ParameterRows(names: names, values: values, count: rows.count)
  }

  static func refuseUnused(_ fixed: [String: Double], _ columns: [String]?, _ used: Set<String>) throws {
    let unknown = (Array(fixed.keys) + (columns ?? [])).filter { !used.contains($0) }.sorted()
    guard unknown.isEmpty else {
      throw Failure(.invalidData, "no circuit has a parameter named \(unknown.joined(separator: ", "))")
    }
  }
}
