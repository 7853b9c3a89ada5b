internal import Circuits

/// A template whose observables are estimated in lanes, with what they do not depend on left out.
struct CompiledTemplate {
  let estimator: Estimator
  /// The qubits of the template as it was given.
  let qubitCount: Int
  /// What was left out; nil if nothing was.
  let pruning: Pruning?

  /// Runs the rows of a request for this template.
  ///
  /// - Parameter compileSeconds: Time spent on the template; the first row bears it.
  /// - Throws: ``SimulatorError``; what is wrong with a row is told with its number in the job.
  func run(_ request: SimulationRequest, compileSeconds: Double, stop: StopFlag) throws(SimulatorError) -> [SimulationResult] {
    let clock = ContinuousClock()
    let start = clock.now
    let parameters = try request.packedRows()
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
    let seconds = (clock.now - start).seconds / Double(max(request.rows.count, 1))
    return request.rows.indices.map { row in
      SimulationResult(
        row: request.firstRow + UInt32(row), qubitCount: qubitCount, shots: nil, counts: nil, probabilities: nil,
        expectations: (row * width..<(row + 1) * width).map { place in
          .init(
            value: values[place], standardError: 0,
            gradient: Array(gradients[place * parameterCount..<(place + 1) * parameterCount]))
        }, statevector: nil,
        method: estimator.method.rawValue, device: "cpu", precision: request.precision, discardedProbability: 0, pruned: pruning,
        compileSeconds: row == 0 ? compileSeconds : 0, executeSeconds: seconds)
    }
  }
}

extension SimulationRequest {
  /// Whether all that is asked for are the values of observables, for rows of parameters, in whatever way they are found.
  var isEstimate: Bool {
    shots == nil && !wantsProbabilities && !wantsStatevector && !observables.isEmpty && !circuit.parameters.isEmpty
      && !explainsPlan && !isReproducible
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
