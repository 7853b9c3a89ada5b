internal import Circuits
internal import Protocol
internal import Simulator
internal import Worker

/// A run of one circuit for rows of parameters in a file, whose results go to an archive of arrays: from file to file in windows of rows, in
/// memory that does not grow with them.
struct ArrayRun {
  private let options: CircuitOptions
  private let source: CircuitBatch.Source
  private let rowsPath: String
  private let outputPath: String
  private let differentiation: DifferentiationMethod?
  /// Shots from which values are estimated; nil for exact ones.
  private let estimatorShots: Int?

  /// Whether a run asks for one; its files may be pipes, and its outcomes have too many bits.
  static func takes(_ options: CircuitOptions, _ output: OutputOptions, explains: Bool) -> Bool {
    output.output != nil && !output.json && !explains && options.parameters != nil && options.circuits.count == 1
      && !options.circuits[0].hasSuffix(".json") && !options.probabilities && options.statevector == nil
      && [.auto, .statevector].contains(options.method) && !options.drawsTrajectories
  }

  /// Takes a run that is one; nil for one that results of rows one by one are for. Values from shots come in arrays alone.
  ///
  /// - Throws: ``Failure`` where the circuit cannot be read.
  init?(
    _ options: CircuitOptions, _ output: OutputOptions, explains: Bool, gradient: GradientOption?, estimatorShots: Int?
  ) throws {
    guard Self.takes(options, output, explains: explains), let outputPath = output.output, let rowsPath = options.parameters else {
      return nil
    }
    guard estimatorShots != nil || [rowsPath, options.circuits[0]].allSatisfy(InputFile.isRegular) else { return nil }
    source = try CircuitBatch.load(options.circuits[0], try CircuitNoise(path: options.noise, deviceName: options.deviceModel))
    guard options.effectiveShots == nil || source.circuit.outcomeBitCount <= Simulator.Limits.sampledBitCount else { return nil }
    (self.options, self.rowsPath, self.outputPath, differentiation) = (options, rowsPath, outputPath, gradient?.method)
    self.estimatorShots = estimatorShots
  }

  /// Runs all rows, or one where nothing varies with them.
  ///
  /// - Throws: ``Failure`` and ``SimulatorError``; no file appears then.
  func run(stop: StopFlag) throws {
    let fixed = try options.fixedParameters()
    let file = try RowFiles.open(rowsPath)
    let names = source.circuit.parameters.map(\.name)
    let columns = try ParameterColumns(for: source, fixed, names.isEmpty ? nil : (file.names, file.columnCount, file.path))
    try CircuitBatch.refuseUnused(fixed, file.names, Set(names))
    let outputs = try outputs()
    let rowCount = columns.readsFile ? file.rowCount : 1
    let archive = try NumPyArchive(path: outputPath, outputs.flatMap { $0.members(rowCount: rowCount) })
    try run(file, rowCount, columns, outputs, into: archive, stop)
    try archive.complete()
  }

  /// Values and shots are computed apart, each in the fastest way that it has.
  private func outputs() throws -> [any ArrayOutput] {
    let simulator = try CircuitSimulator(device: options.device)
    try SelfTest.run(on: simulator)
    let keys = DrawKeys(seed: CircuitBatch.seed(options), circuitIndex: CircuitBatch.circuitIndex(of: source))
    var request = SimulationRequest(
      circuit: source.circuit, precision: options.precision == .single ? .single : .double, isReproducible: options.reproducible)
    var outputs = [any ArrayOutput]()
    if !options.observables.isEmpty {
      _ = try CircuitBatch.observables(options.observables, for: source)
      request.observables = try options.observables.map { try Observable($0) }
      outputs.append(try estimates(&request, keys, simulator))
    }
    if let shots = options.effectiveShots {
      (request.observables, request.differentiation, request.shots) = ([], nil, shots)
      outputs.append(CountOutput(sampler: try simulator.sampler(for: request), shotCount: shots, keys: keys))
    }
    return outputs
  }

  private func estimates(
    _ request: inout SimulationRequest, _ keys: DrawKeys, _ simulator: CircuitSimulator
  ) throws -> any ArrayOutput {
    guard let estimatorShots else {
      request.differentiation = differentiation
      return EstimateOutput(estimator: try simulator.estimator(for: request), differentiation: differentiation)
    }
    // Shots of shifted angles are the estimator's own business.
    return SampledEstimateOutput(
      estimator: try simulator.estimator(for: request), shotCount: estimatorShots, keys: keys,
      wantsGradients: differentiation != nil)
  }

  private func run(
    _ file: any RowFile, _ rowCount: Int, _ columns: ParameterColumns, _ outputs: [any ArrayOutput], into archive: NumPyArchive,
    _ stop: StopFlag
  ) throws {
    let progress = ProgressBar(total: rowCount, unit: "rows")
    defer { progress.finish() }
    let rowByteCount = outputs.reduce(8 * (file.columnCount + source.circuit.parameters.count)) { $0 + $1.rowByteCount }
    let window = max(1, min(Limits.windowRowCount, Limits.windowByteCount / rowByteCount))
    for first in stride(from: 0, to: rowCount, by: window) {
      let rows = first..<min(first + window, rowCount)
      let parameters = try parameters(file, columns, rows)
      var member = 0
      for output in outputs {
        try append(output, parameters, rows, to: archive, firstMember: member, stop)
        member += output.members(rowCount: rowCount).count
      }
      progress.advance(to: rows.upperBound)
    }
  }

  /// The next rows as the circuit's parameters.
  private func parameters(_ file: any RowFile, _ columns: ParameterColumns, _ rows: Range<Int>) throws -> [Double] {
    var parameters = [Double]()
    guard columns.readsFile else {
      columns.append([], to: &parameters)
      return parameters
    }
    let values = try file.next(rows.count)
    try RowFiles.check(values, columnCount: file.columnCount, firstRow: rows.lowerBound, file.path)
    if columns.isIdentity { return values }
    for row in 0..<rows.count { columns.append(values[row * file.columnCount..<(row + 1) * file.columnCount], to: &parameters) }
    return parameters
  }

  private func append(
    _ output: any ArrayOutput, _ parameters: [Double], _ rows: Range<Int>, to archive: NumPyArchive, firstMember: Int,
    _ stop: StopFlag
  ) throws {
    do { try output.append(parameters, rows, to: archive, firstMember: firstMember, stop) } catch let error as SimulatorError {
      throw error.code == .invalidArgument ? SimulatorError(error.code, "\(rowsPath): \(error.message)") : error
    }
  }
}
