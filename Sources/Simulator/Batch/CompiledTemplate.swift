internal import Circuits

/// A template whose rows run in lanes, with what the results do not depend on left out.
struct CompiledTemplate {
  /// What runs the rows.
  enum Runner {
    case estimator(Estimator)
    case sampler(Sampler)
  }

  let runner: Runner
  /// The qubits of the template as it was given.
  let qubitCount: Int
  /// What was left out; nil if nothing was.
  let pruning: Pruning?

  /// Bytes that stay with it between runs.
  var keptByteCount: Int {
    switch runner {
    case .estimator(let estimator): estimator.keptByteCount
    case .sampler(let sampler): sampler.keptByteCount
    }
  }

  /// Runs the rows of a request for this template.
  ///
  /// - Parameter compileSeconds: Time spent on the template; the first row bears it.
  /// - Throws: ``SimulatorError``; what is wrong with a row is told with its number in the job.
  func run(_ request: SimulationRequest, compileSeconds: Double, stop: StopFlag) throws(SimulatorError) -> [SimulationResult] {
    let clock = ContinuousClock()
    let start = clock.now
    let parameters = try request.packedRows()
    switch runner {
    case .estimator(let estimator):
      return try columns(
        request, parameters, request.rows.count, on: estimator, compileSeconds: compileSeconds, since: start, stop
      ).results
    case .sampler(let sampler):
      var results = try run(request, parameters, on: sampler, stop)
      let seconds = (clock.now - start).seconds / Double(max(results.count, 1))
      for row in results.indices { results[row].executeSeconds = seconds }
      if !results.isEmpty { results[0].compileSeconds = compileSeconds }
      return results
    }
  }

  /// A row's result, in which what was asked for is still missing.
  private func result(
    _ row: Int, of request: SimulationRequest, _ method: Estimator.Method, on device: String
  ) -> SimulationResult {
    SimulationResult(
      row: request.firstRow + UInt32(row), qubitCount: qubitCount, shots: request.shots, trajectories: nil, counts: nil,
      probabilities: nil,
      expectations: [], statevector: nil, method: method.rawValue, device: device, precision: request.precision,
      discardedProbability: 0, pruned: pruning, compileSeconds: 0, executeSeconds: 0)
  }
}

// MARK: Values of observables

extension CompiledTemplate {
  /// Values of the observables for packed rows, the request's own left aside.
  ///
  /// - Throws: ``SimulatorError``; what is wrong with a row is told with its number in the job.
  func columns(
    _ request: SimulationRequest, _ parameters: [Double], _ rowCount: Int, on estimator: Estimator, compileSeconds: Double,
    since start: ContinuousClock.Instant, _ stop: StopFlag
  ) throws(SimulatorError) -> SimulationColumns {
    let (width, parameterCount) = (request.observables.count, request.differentiation == nil ? 0 : request.circuit.parameters.count)
    var values = [Double](repeating: 0, count: rowCount * width)
    var gradients = [Double](repeating: 0, count: values.count * parameterCount)
    var places = values.mutableSpan
    estimator.firstRow = Int(request.firstRow)
    if let method = request.differentiation {
      var derivatives = gradients.mutableSpan
      try estimator.differentiate(
        parameters.span, rowCount: rowCount, values: &places, gradients: &derivatives, method: method, stop: stop)
    } else {
      try estimator.estimate(parameters.span, rowCount: rowCount, into: &places, stop: stop)
    }
    var shared = result(0, of: request, estimator.method, on: estimator.deviceName)
    shared.executeSeconds = (ContinuousClock.now - start).seconds / Double(max(rowCount, 1))
    return SimulationColumns(
      shared: shared, rowCount: rowCount, observableCount: width, values: values, gradients: gradients,
      compileSeconds: compileSeconds)
  }
}

// MARK: Shots

extension CompiledTemplate {
  /// Takes rows in windows, because the counts of all outcomes may be many more than those of the outcomes that came.
  private func run(
    _ request: SimulationRequest, _ parameters: [Double], on sampler: Sampler, _ stop: StopFlag
  ) throws(SimulatorError) -> [SimulationResult] {
    let width = request.circuit.parameters.count
    let window = max(1, Limits.countWindowByteCount >> (sampler.bitCount + 2))
    var counts = [UInt32]()
    var results = [SimulationResult]()
    for first in stride(from: 0, to: request.rows.count, by: window) {
      let rowCount = min(window, request.rows.count - first)
      if counts.count != rowCount << sampler.bitCount { counts = [UInt32](repeating: 0, count: rowCount << sampler.bitCount) }
      var places = counts.mutableSpan
      try sampler.sample(
        parameters.span.extracting(first * width..<(first + rowCount) * width), rowCount: rowCount, shots: request.shots ?? 0,
        seed: request.seed, circuitIndex: request.circuitIndex, firstRow: request.firstRow + UInt32(first), counts: &places,
        stop: stop)
      for row in 0..<rowCount {
        var result = result(first + row, of: request, sampler.method, on: sampler.deviceName)
        result.counts = Counts(
          bitCount: sampler.bitCount, dense: counts.span.extracting(row << sampler.bitCount..<(row + 1) << sampler.bitCount))
        results.append(result)
      }
    }
    return results
  }
}

extension Counts {
  /// Makes counts of how often each outcome was drawn, all outcomes in order.
  fileprivate init(bitCount: Int, dense: Span<UInt32>) {
    var states = [UInt64]()
    var values = [UInt64]()
    for outcome in 0..<dense.count where dense[outcome] > 0 {
      states.append(UInt64(outcome))
      values.append(UInt64(dense[outcome]))
    }
    self.init(bitCount: bitCount, ascending: states, values: values)
  }
}

extension SimulationRequest {
  /// Whether all that is asked for are the values of observables, or shots, for rows of parameters, in whatever way they are found.
  var mayRunInLanes: Bool {
    (shots == nil) != observables.isEmpty && !wantsProbabilities && !wantsStatevector && !circuit.parameters.isEmpty
      && !explainsPlan && !isReproducible && trajectories == nil && targetError == nil
      && method != (circuit.isNoisy ? .statevector : .densityMatrix)
  }

  /// The rows one after the other.
  ///
  /// - Throws: ``SimulatorError`` with code `invalid_argument` for a row of another length and a value that is not finite, with the row's
  ///   number in the job.
  fileprivate func packedRows() throws(SimulatorError) -> [Double] {
    try validate()
    var values = [Double]()
    values.reserveCapacity(rows.count * circuit.parameters.count)
    for row in rows { values += row }
    try validate(packed: values)
    return values
  }

  /// Refuses a value that is not finite.
  func validate(packed values: [Double]) throws(SimulatorError) {
    guard let wrong = values.firstIndex(where: { !$0.isFinite }) else { return }
    let (row, column) = wrong.quotientAndRemainder(dividingBy: circuit.parameters.count)
    throw SimulatorError(
      .invalidArgument,
      "row \(Int(firstRow) + row): parameter '\(circuit.parameters[column].name)' is \(values[wrong]); a finite number is needed")
  }
}

extension Circuit {
  /// The circuit up to its last gate, where nothing is measured before; expectation values are those of the state there.
  var withoutFinalMeasurements: Circuit {
    guard measures, !isDynamic else { return self }
    return restricted(
      to: Array(0..<qubitCount), instructions.filter { if case .measure = $0 { false } else { true } })
  }
}
