internal import Circuits
internal import Mitigation
internal import Protocol
internal import Simulator

/// Runs variants of one item's circuit, each with all of its rows.
struct VariantRunner {
  let simulator: CircuitSimulator
  let item: Item
  let stop: StopFlag

  /// The rows of parameter values.
  var rows: [[Double]] { (0..<item.rows.count).map { Array(item.rows[$0]) } }

  /// The item's observables.
  func observables() throws -> [Observable] {
    try item.settings.observables.map { request in
      try Observable(request.terms.map { .init($0.coefficient, try PauliString($0.label)) })
    }
  }

  /// Values of observables, by variant, row and observable; from shots if the item has them.
  ///
  /// - Parameter isExact: Whether shots and averages are left out.
  func values(of circuits: [Circuit], _ observables: [Observable], isExact: Bool = false) throws -> [[[Measured]]] {
    let progress = ProgressBar(total: circuits.count, unit: "variants")
    defer { progress.finish() }
    return try circuits.enumerated().map { index, circuit in
      progress.advance(to: index)
      var request = request(circuit, index)
      request.observables = observables
      if isExact { (request.shots, request.trajectories, request.targetError) = (nil, nil, nil) }
      return try simulator.run(request, stop: stop).map { result in
        result.expectations.map { Measured($0.value, standardError: $0.standardError) }
      }
    }
  }

  /// Counts, by circuit and row.
  func counts(of circuits: [Circuit]) throws -> [[Counts]] {
    try circuits.enumerated().map { index, circuit in
      try simulator.run(request(circuit, index), stop: stop).map { result in
        guard let counts = result.counts else { throw Failure(.software, "a run with shots gave no counts") }
        return counts
      }
    }
  }

  /// Variants draw from streams of their own, other than the circuit itself.
  private func request(_ circuit: Circuit, _ index: Int) -> SimulationRequest {
    let settings = item.settings
    let key = UInt32(truncatingIfNeeded: item.circuit) &+ UInt32(truncatingIfNeeded: index + 1) &* 0x9E37_79B9
    var request = SimulationRequest(
      circuit: circuit, rows: rows, shots: settings.shots, seed: settings.seed, circuitIndex: key,
      precision: settings.precision == .double ? .double : .single, isReproducible: settings.isReproducible)
    request.method = SimulationMethod(rawValue: settings.method) ?? .auto
    (request.trajectories, request.targetError) = (settings.trajectories, settings.targetError)
    return request
  }
}
