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
    var results =
      switch runner {
      case .estimator(let estimator): try run(request, parameters, on: estimator, stop)
      case .sampler(let sampler): try run(request, parameters, on: sampler, stop)
      }
    let seconds = (clock.now - start).seconds / Double(max(results.count, 1))
    for row in results.indices { results[row].executeSeconds = seconds }
    if !results.isEmpty { results[0].compileSeconds = compileSeconds }
    return results
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
  private func run(
    _ request: SimulationRequest, _ parameters: [Double], on estimator: Estimator, _ stop: StopFlag
  ) throws(SimulatorError) -> [SimulationResult] {
    let (width, parameterCount) = (request.observables.count, request.differentiation == nil ? 0 : request.circuit.parameters.count)
    var values = [Double](repeating: 0, count: request.rows.count * width)
    var gradients = [Double](repeating: 0, count: values.count * parameterCount)
    var places = values.mutableSpan
    estimator.firstRow = Int(request.firstRow)
    if let method = request.differentiation {
      var derivatives = gradients.mutableSpan
      try estimator.differentiate(
        parameters.span, rowCount: request.rows.count, values: &places, gradients: &derivatives, method: method, stop: stop)
    } else {
      try estimator.estimate(parameters.span, rowCount: request.rows.count, into: &places, stop: stop)
    }
    return request.rows.indices.map { row in
      var result = result(row, of: request, estimator.method, on: estimator.deviceName)
      result.expectations = (row * width..<(row + 1) * width).map { place in
        .init(
          value: values[place], standardError: 0,
          gradient: Array(gradients[place * parameterCount..<(place + 1) * parameterCount]))
      }
      return result
    }
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
    for (index, row) in rows.enumerated() {
      if let wrong = row.firstIndex(where: { !$0.isFinite }) {
        throw SimulatorError(
          .invalidArgument,
          "row \(Int(firstRow) + index): parameter '\(circuit.parameters[wrong].name)' is \(row[wrong]); a finite number is needed")
      }
      values += row
    }
    return values
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
