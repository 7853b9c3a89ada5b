internal import Circuits
internal import Protocol
internal import Simulator
internal import Worker

/// A run of one circuit for rows of parameters in a file, whose values of observables go to an archive of arrays: from file to file in windows
/// of rows, in memory that does not grow with them.
struct ArrayRun {
  private let options: CircuitOptions
  private let rowsPath: String
  private let outputPath: String
  private let differentiation: DifferentiationMethod?
  private var wantsGradients: Bool { differentiation != nil }

  /// Takes a run that is one; nil for one that asks for anything else.
  init?(_ options: CircuitOptions, _ output: OutputOptions, explains: Bool, gradient: GradientOption?) {
    guard let outputPath = output.output, !output.json, !explains, let rowsPath = options.parameters, InputFile.isRegular(rowsPath),
      options.circuits.count == 1, !options.circuits[0].hasSuffix(".json"),
      !options.observables.isEmpty, options.shots == nil, !options.probabilities, options.statevector == nil,
      options.method != .stabilizer
    else { return nil }
    (self.options, self.rowsPath, self.outputPath, differentiation) = (options, rowsPath, outputPath, gradient?.method)
  }

  /// Runs all rows, or one where nothing varies with them.
  ///
  /// - Throws: ``Failure`` and ``SimulatorError``; no file appears then.
  func run(stop: StopFlag) throws {
    let source = try CircuitBatch.load(options.circuits[0])
    let fixed = try options.fixedParameters()
    let file = try RowFiles.open(rowsPath)
    let parameters = source.circuit.parameters.map(\.name)
    let columns = try ParameterColumns(
      for: source, fixed, parameters.isEmpty ? nil : (file.names, file.columnCount, file.path))
    try CircuitBatch.refuseUnused(fixed, file.names, Set(parameters))
    let estimator = try estimator(for: source)
    let rowCount = columns.readsFile ? file.rowCount : 1
    let archive = try archive(rowCount, estimator)
    try run(file, rowCount, columns, estimator, into: archive, stop)
    try archive.complete()
  }

  private func estimator(for source: CircuitBatch.Source) throws -> Estimator {
    _ = try CircuitBatch.observables(options.observables, for: source)
    let simulator = try CircuitSimulator(device: options.device)
    try SelfTest.run(on: simulator)
    var request = SimulationRequest(
      circuit: source.circuit, observables: try options.observables.map { try Observable($0) },
      precision: options.precision == .single ? .single : .double, isReproducible: options.reproducible)
    request.differentiation = differentiation
    return try simulator.estimator(for: request)
  }

  /// `values` and `standard_errors`, rows × observables, and `gradients`, rows × observables × parameters.
  private func archive(_ rowCount: Int, _ estimator: Estimator) throws -> NumPyArchive {
    let shape = [rowCount, estimator.observables.count]
    let gradients = NumPyArchive.Member(name: "gradients", shape: shape + [estimator.circuit.parameters.count])
    return try NumPyArchive(
      path: outputPath,
      [.init(name: "values", shape: shape), .init(name: "standard_errors", shape: shape)] + (wantsGradients ? [gradients] : []))
  }

  private func run(
    _ file: any RowFile, _ rowCount: Int, _ columns: ParameterColumns, _ estimator: Estimator, into archive: NumPyArchive,
    _ stop: StopFlag
  ) throws {
    let progress = ProgressBar(total: rowCount, unit: "rows")
    defer { progress.finish() }
    let window = windowRowCount(file, estimator)
    for first in stride(from: 0, to: rowCount, by: window) {
      let count = min(window, rowCount - first)
      let parameters = try parameters(file, columns, first, count)
      let results = try results(parameters, first, count, estimator, stop)
      try archive.append(results.values, to: 0)
      // Values are exact; as many zeros.
      try archive.append([Double](repeating: 0, count: results.values.count), to: 1)
      if wantsGradients { try archive.append(results.gradients, to: 2) }
      progress.advance(to: first + count)
    }
  }

  /// As many rows as leave everything that a row takes within the limit, and one at least.
  private func windowRowCount(_ file: any RowFile, _ estimator: Estimator) -> Int {
    let width = estimator.circuit.parameters.count
    let results = estimator.observables.count * (wantsGradients ? 2 + width : 2)
    return max(1, min(Limits.windowRowCount, Limits.windowByteCount / (8 * (file.columnCount + width + results))))
  }

  /// The next rows as the circuit's parameters.
  private func parameters(_ file: any RowFile, _ columns: ParameterColumns, _ first: Int, _ count: Int) throws -> [Double] {
    var parameters = [Double]()
    guard columns.readsFile else {
      columns.append([], to: &parameters)
      return parameters
    }
    let rows = try file.next(count)
    try RowFiles.check(rows, columnCount: file.columnCount, firstRow: first, file.path)
    if columns.isIdentity { return rows }
    for row in 0..<count { columns.append(rows[row * file.columnCount..<(row + 1) * file.columnCount], to: &parameters) }
    return parameters
  }

  private func results(
    _ parameters: [Double], _ first: Int, _ count: Int, _ estimator: Estimator, _ stop: StopFlag
  ) throws -> (values: [Double], gradients: [Double]) {
    var values = [Double](repeating: 0, count: count * estimator.observables.count)
    var gradients = [Double](repeating: 0, count: wantsGradients ? values.count * estimator.circuit.parameters.count : 0)
    // Rows of a file are counted from 1 on.
    estimator.firstRow = first + 1
    do throws(SimulatorError) {
      var places = values.mutableSpan
      if let differentiation {
        var derivatives = gradients.mutableSpan
        try estimator.differentiate(
          parameters.span, rowCount: count, values: &places, gradients: &derivatives, method: differentiation, stop: stop)
      } else {
        try estimator.estimate(parameters.span, rowCount: count, into: &places, stop: stop)
      }
    } catch {
      throw error.code == .invalidArgument ? SimulatorError(error.code, "\(rowsPath): \(error.message)") : error
    }
    return (values, gradients)
  }
}
