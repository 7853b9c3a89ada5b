internal import Circuits

/// Values as a quantum computer gives them: means over shots, with their standard errors.
///
/// Pauli strings that have the same letter on each qubit on which both act are measured together, in one basis for each qubit; each such group
/// has `shots` shots of its own. Strings are grouped over all observables, the heaviest first. The identity needs no shots. An observable's
/// value is the sum over groups of the mean of what its strings there add up to in one shot, so that what strings of a group have in common
/// counts in its standard error: √(Σ s²/shots), with s² the unbiased sample variance of a group's sum. That of one shot is not a number, as in
/// NumPy. Values of different observables may come from the same shots, and are not independent then.
///
/// What is drawn for a row follows from the seed, the circuit's and the row's place in the job, and the template alone: on any instruction set,
/// any number of threads, whichever rows run beside it, and whether derivatives are wanted or not. Rows run in lanes where the strings of
/// each group, or each observable's of it, depend on at most 13 qubits, and otherwise one after the other; the two ways draw different numbers.
/// They run on the CPU but for rows that run one after the other, which the estimator's device takes.
extension Estimator {
  /// How rows from shots are run; decided by the template and the observables alone.
  ///
  /// - Throws: As ``estimate(_:rowCount:shots:seed:circuitIndex:firstRow:values:standardErrors:stop:)``.
  public func shotMethod() throws(SimulatorError) -> Method {
    switch try preparedShots() {
    case .lanes: .lanes
    case .rows: .rows
    }
  }

  /// Groups of Pauli strings that are measured together: how many times `shots` shots a row takes.
  ///
  /// - Throws: ``SimulatorError`` with code `limit_exceeded` for more strings or groups than are taken.
  public func measurementGroupCount() throws(SimulatorError) -> Int { try MeasurementGroup.groups(of: observables).count }

  /// Estimates expectation values from shots.
  ///
  ///     try estimator.estimate(
  ///       angles.span, rowCount: rowCount, shots: 1000, seed: 7, values: &values, standardErrors: &errors)
  ///
  /// - Parameters:
  ///   - parameters: rowCount × parameters, row after row, in the order in which the template declares them; radians.
  ///   - rowCount: The number of rows.
  ///   - shots: Shots of each group of strings that are measured together, 1 to 10⁸; of 2 and more the standard errors are numbers.
  ///   - seed: Seeds every draw, together with `circuitIndex`, the row, the group and the shot.
  ///   - circuitIndex: The template's place in its job.
  ///   - firstRow: The first row's place in its job, when a part of the rows is run.
  ///   - values: rowCount × observables places, row after row.
  ///   - standardErrors: As many places.
  ///   - stop: Asks to stop; looked at between states.
  /// - Throws: ``SimulatorError``: `invalid_argument` for arrays of another size, for shots or rows out of range, and for angles that are not
  ///   finite or beyond 2⁵⁰, naming the row; `limit_exceeded` for more Pauli strings or groups than are taken; `out_of_memory`, `cancelled`. What
  ///   the arrays hold then is not defined.
  public func estimate(
    _ parameters: Span<Double>, rowCount: Int, shots: Int, seed: UInt64, circuitIndex: UInt32 = 0, firstRow: UInt32 = 0,
    values: inout MutableSpan<Double>, standardErrors: inout MutableSpan<Double>, stop: StopFlag = StopFlag()
  ) throws(SimulatorError) {
    try check(parameters, rowCount, values.count)
    try SimulatorError.check(standardErrors.count, columns: observables.count, rowCount, "standard errors")
    let drawn = LaneShots(count: shots, seed: seed, circuitIndex: circuitIndex, firstRow: firstRow)
    try check(drawn, rowCount)
    switch try preparedShots() {
    case .lanes(let lanes):
      lanes.firstRow = self.firstRow
      try run(lanes, parameters, rowCount, &values, &standardErrors, drawn, slopes: nil, stop)
    case .rows(let rows, _): try estimate(rows, parameters, rowCount, drawn, &values, &standardErrors, stop)
    }
  }

  /// Estimates expectation values from shots, and their derivatives by the parameter-shift rule, from shots too.
  ///
  /// Every angle that depends on parameters is shifted by a quarter turn both ways: 2 × `shots` shots for each group and each rotation about a
  /// Pauli string on which the group depends; a controlled rotation is two of those. A derivative's standard error is √(Σ w²·e²), with e the
  /// errors of the shifted values, which are drawn independently, and w their factors in it; shifts on which an observable does not depend have no
  /// part in it. The values are those of
  /// ``estimate(_:rowCount:shots:seed:circuitIndex:firstRow:values:standardErrors:stop:)``.
  ///
  /// - Parameters:
  ///   - parameters: rowCount × parameters; radians.
  ///   - rowCount: The number of rows.
  ///   - shots: Shots of each group of strings and each shifted angle.
  ///   - seed: Seeds every draw.
  ///   - circuitIndex: The template's place in its job.
  ///   - firstRow: The first row's place in its job.
  ///   - values: rowCount × observables places.
  ///   - standardErrors: As many places.
  ///   - gradients: rowCount × observables × parameters places: derivatives by the parameters, through shared ones and expressions.
  ///   - gradientStandardErrors: As many places.
  ///   - stop: Asks to stop; looked at between states.
  /// - Throws: ``SimulatorError``: what estimating throws, and `unsupported` for templates whose shots are not drawn in lanes.
  ///
  /// Sources: Mitarai et al., arXiv:1803.00745; Schuld et al., arXiv:1811.11184; Wierichs et al., arXiv:2107.12390.
  public func differentiate(
    _ parameters: Span<Double>, rowCount: Int, shots: Int, seed: UInt64, circuitIndex: UInt32 = 0, firstRow: UInt32 = 0,
    values: inout MutableSpan<Double>, standardErrors: inout MutableSpan<Double>, gradients: inout MutableSpan<Double>,
    gradientStandardErrors: inout MutableSpan<Double>, stop: StopFlag = StopFlag()
  ) throws(SimulatorError) {
    try check(parameters, rowCount, values.count)
    try SimulatorError.check(standardErrors.count, columns: observables.count, rowCount, "standard errors")
    let width = observables.count * circuit.parameters.count
    try SimulatorError.check(gradients.count, columns: width, rowCount, "derivatives")
    try SimulatorError.check(gradientStandardErrors.count, columns: width, rowCount, "standard errors of derivatives")
    let drawn = LaneShots(count: shots, seed: seed, circuitIndex: circuitIndex, firstRow: firstRow)
    try check(drawn, rowCount)
    let lanes = try lanesOfShots()
    lanes.firstRow = self.firstRow
    try unsafe gradients.withUnsafeMutableBufferPointer { (gradients) throws(SimulatorError) in
      try unsafe gradientStandardErrors.withUnsafeMutableBufferPointer { (errors) throws(SimulatorError) in
        let slopes = unsafe LaneEstimates.Slopes(gradients: gradients, standardErrors: errors)
        try run(lanes, parameters, rowCount, &values, &standardErrors, drawn, slopes: slopes, stop)
      }
    }
  }

  private func check(_ shots: LaneShots, _ rowCount: Int) throws(SimulatorError) {
    guard (1...Limits.shotCount).contains(shots.count) else {
      throw SimulatorError(.invalidArgument, "\(shots.count) shots for an estimate; 1 to \(Limits.shotCount) are accepted")
    }
    guard rowCount <= 1 << 32 - Int(shots.firstRow) else {
      throw SimulatorError(
        .invalidArgument, "\(rowCount) rows from row \(shots.firstRow) on; rows are numbered up to 2³² − 1")
    }
  }

  private func lanesOfShots() throws(SimulatorError) -> LaneRunner {
    switch try preparedShots() {
    case .lanes(let lanes): return lanes
    case .rows(_, let reason):
      throw SimulatorError(.unsupported, "derivatives from shots need rows that run together; \(reason.message)")
    }
  }

  private func run(
    _ lanes: LaneRunner, _ parameters: Span<Double>, _ rowCount: Int, _ values: inout MutableSpan<Double>,
    _ standardErrors: inout MutableSpan<Double>, _ shots: LaneShots, slopes: LaneEstimates.Slopes?, _ stop: StopFlag
  ) throws(SimulatorError) {
    let constants = observables.map(\.identityCoefficient)
    try unsafe parameters.withUnsafeBufferPointer { (parameters) throws(SimulatorError) in
      try unsafe values.withUnsafeMutableBufferPointer { (values) throws(SimulatorError) in
        try unsafe standardErrors.withUnsafeMutableBufferPointer { (errors) throws(SimulatorError) in
          let estimates = unsafe LaneEstimates(
            shots: shots, constants: constants, standardErrors: errors, slopes: slopes, stop: stop)
          let job = unsafe LaneJob(rowCount: rowCount, parameters: parameters, values: values, output: .estimates(estimates))
          try lanes.run(job, threadCount: threadCount, stop: stop)
        }
      }
    }
    deviceName = "cpu"
  }

  private func estimate(
    _ rows: RowShots, _ parameters: Span<Double>, _ rowCount: Int, _ shots: LaneShots, _ values: inout MutableSpan<Double>,
    _ standardErrors: inout MutableSpan<Double>, _ stop: StopFlag
  ) throws(SimulatorError) {
    let (width, constants) = (circuit.parameters.count, observables.map(\.identityCoefficient))
    for row in 0..<rowCount {
      try stop.check()
      let angles = (row * width..<(row + 1) * width).map { parameters[$0] }
      let found: RowShots.Estimate
      do throws(SimulatorError) {
        found = try rows.estimate(angles, shots, row: shots.firstRow + UInt32(row), stop: stop)
      } catch {
        throw error.code == .invalidArgument ? SimulatorError(error.code, "row \(self.firstRow + row): \(error.message)") : error
      }
      deviceName = found.device
      for observable in observables.indices {
        values[row * observables.count + observable] = constants[observable] + found.values[observable]
        standardErrors[row * observables.count + observable] = found.squaredErrors[observable].squareRoot()
      }
    }
  }
}

// MARK: Compiling

extension Estimator {
  /// What estimates from shots; compiled when it is first wanted.
  private func preparedShots() throws(SimulatorError) -> ShotMethod {
    if let shotEstimates { return shotEstimates }
    let made = try compiledShots()
    shotEstimates = made
    return made
  }

  private func compiledShots() throws(SimulatorError) -> ShotMethod {
    let groups = try MeasurementGroup.groups(of: observables)
    do throws(SimulatorError) {
      guard [.auto, .statevector].contains(simulationMethod) else {
        throw SimulatorError(.unsupported, "rows that run together by method \(simulationMethod.rawValue)")
      }
      guard circuit.instructions.count <= Limits.laneInstructionCount else {
        throw SimulatorError(
          .unsupported, "a batch of circuits of \(circuit.instructions.count) instructions; at most \(Limits.laneInstructionCount)")
      }
      let program = try BatchProgram(
        circuit.withoutFinalMeasurements, measuring: groups, observableCount: observables.count)
      return .lanes(LaneRunner(program, kernels: try CPUKernels.preferred.get(), precision: precision))
    } catch {
      guard error.code == .unsupported else { throw error }
      let simulator = if let simulator { simulator } else { try CircuitSimulator(device: "cpu") }
      let rows = try RowShots(
        circuit, groups, observableCount: observables.count, simulator: simulator, method: simulationMethod, precision: precision,
        isReproducible: isReproducible)
      return .rows(rows, error)
    }
  }
}
