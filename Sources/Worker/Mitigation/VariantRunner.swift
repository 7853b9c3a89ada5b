internal import Circuits
internal import Mitigation
internal import Simulator

/// Runs variants of one item's circuit, each with all of the rows here.
final class VariantRunner {
  private let simulator: CircuitSimulator
  /// How the circuit itself is run.
  private let base: SimulationRequest
  private let stop: StopFlag
  /// Told how many circuits are done, of how many.
  private let progress: (_ done: Int, _ total: Int) -> Void
  /// Time to prepare the plans, by row.
  private(set) var compileSeconds: [Double]
  /// Time to run them, by row.
  private(set) var executeSeconds: [Double]

  init(
    _ simulator: CircuitSimulator, _ base: SimulationRequest, _ stop: StopFlag,
    progress: @escaping (_ done: Int, _ total: Int) -> Void = { _, _ in }
  ) {
    (self.simulator, self.base, self.stop, self.progress) = (simulator, base, stop, progress)
    compileSeconds = Array(repeating: 0, count: base.rows.count)
    executeSeconds = compileSeconds
  }

  var rowCount: Int { base.rows.count }
  var observables: [Observable] { base.observables }
  /// Where the draws of variants come from: the row is one that no job has, so that all rows have the same variants, and no run draws the same.
  var stream: RandomStream { RandomStream(seed: base.seed, circuit: base.circuitIndex, row: .max) }

  /// Values of observables, by variant, row and observable; from shots if the item has them.
  ///
  /// - Parameter noisy: Adds a variant's noise, when its turn comes.
  func values(
    of circuits: [Circuit], _ observables: [Observable], _ noisy: (Circuit) throws -> Circuit
  ) throws -> [[[Measured]]] {
    try circuits.enumerated().map { index, circuit in
      var request = request(try noisy(circuit), index)
      request.observables = observables
      if let shots = request.shots { return try sampledValues(request, shots, index, of: circuits.count) }
      return try run(request, index, of: circuits.count).map { result in
        result.expectations.map { Measured($0.value, standardError: $0.standardError) }
      }
    }
  }

  /// Means over shots, by row and observable: strings with the same letters are measured together, `shots` times each group.
  private func sampledValues(_ request: SimulationRequest, _ shots: Int, _ index: Int, of count: Int) throws -> [[Measured]] {
    guard shots > 1 else {
      throw SimulatorError(.invalidArgument, "mitigated values from 1 shot; 2 and more are accepted, as one has no standard error")
    }
    try stop.check()
    let start = ContinuousClock.now
    // Not one that the simulator keeps: no variant comes a second time.
    let estimator = try Estimator(inRows: request, simulator: simulator)
    let parameters = request.rows.flatMap(\.self)
    var values = [Double](repeating: 0, count: request.rows.count * request.observables.count)
    var errors = values
    var places = values.mutableSpan
    var errorPlaces = errors.mutableSpan
    try estimator.estimate(
      parameters.span, rowCount: request.rows.count, shots: shots, seed: request.seed, circuitIndex: request.circuitIndex,
      firstRow: request.firstRow, values: &places, standardErrors: &errorPlaces, stop: stop)
    let seconds = (ContinuousClock.now - start) / .seconds(request.rows.count)
    for row in executeSeconds.indices { executeSeconds[row] += seconds }
    progress(index + 1, count)
    return request.rows.indices.map { row in
      request.observables.indices.map {
        let place = row * request.observables.count + $0
        return Measured(values[place], standardError: errors[place])
      }
    }
  }

  /// Values of the item's observables without shots and averages.
  func exactValues(of circuits: [Circuit]) throws -> [[[Measured]]] {
    try circuits.enumerated().map { index, circuit in
      var request = request(circuit, index)
      request.observables = observables
      (request.shots, request.trajectories, request.targetError) = (nil, nil, nil)
      return try run(request, index, of: circuits.count).map { result in
        result.expectations.map { Measured($0.value, standardError: 0) }
      }
    }
  }

  /// Counts of one of several circuits, by row.
  func counts(of circuit: Circuit, _ index: Int, of count: Int) throws -> [Counts] {
    try run(request(circuit, index), index, of: count).map { result in
      guard let counts = result.counts else { preconditionFailure("a run with shots gave no counts") }
      return counts
    }
  }

  private func run(_ request: SimulationRequest, _ index: Int, of count: Int) throws -> [SimulationResult] {
    try stop.check()
    let results = try simulator.run(request, stop: stop)
    for (row, result) in results.enumerated() {
      compileSeconds[row] += result.compileSeconds
      executeSeconds[row] += result.executeSeconds
    }
    progress(index + 1, count)
    return results
  }

  /// Variants draw from streams of their own, other than the circuit itself.
  private func request(_ circuit: Circuit, _ index: Int) -> SimulationRequest {
    var request = base
    request.circuit = circuit
    request.circuitIndex &+= UInt32(truncatingIfNeeded: index + 1) &* 0x9E37_79B9
    (request.observables, request.wantsProbabilities, request.wantsStatevector) = ([], false, false)
    return request
  }
}
