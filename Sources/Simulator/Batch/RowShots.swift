internal import Circuits

/// Estimates values from shots one row after the other, for templates that lanes do not take: each group of strings is measured at the end of a
/// circuit of its own, which turns every qubit into the group's basis.
struct RowShots {
  let simulator: CircuitSimulator
  private let groups: [MeasuredCircuit]
  private let method: SimulationMethod
  private let precision: Precision
  private let isReproducible: Bool
  private let observableCount: Int

  /// Prepares the circuits of groups.
  ///
  /// - Throws: ``SimulatorError``: `unsupported` for a circuit that may end before its last instruction, where nothing can be measured after
  ///   it; `limit_exceeded` for one that has no room for the bits of a group.
  init(
    _ circuit: Circuit, _ groups: [MeasurementGroup], observableCount: Int, simulator: CircuitSimulator, method: SimulationMethod,
    precision: Precision, isReproducible: Bool
  ) throws(SimulatorError) {
    guard !circuit.instructions.contains(where: \.mayEnd) else {
      throw SimulatorError(
        .unsupported, "values from shots of a circuit with 'end': strings are measured after its last instruction")
    }
    let body = circuit.restricted(to: Array(0..<circuit.qubitCount), Program.split(circuit).body)
    (self.simulator, self.method, self.precision, self.isReproducible) = (simulator, method, precision, isReproducible)
    self.observableCount = observableCount
    var measured = [MeasuredCircuit]()
    for group in groups {
      measured.append(
        try SimulatorError.translating { () throws(CircuitError) in try MeasuredCircuit(body, group) })
    }
    self.groups = measured
  }

  /// The device that ran a row, and for each observable what its strings' shots add up to, with the squares of their errors.
  ///
  /// - Throws: What the simulator throws.
  func estimate(_ angles: [Double], _ shots: LaneShots, row: UInt32, stop: StopFlag) throws(SimulatorError) -> Estimate {
    var result = Estimate(values: Array(repeating: 0, count: observableCount))
    for (index, group) in groups.enumerated() {
      var request = SimulationRequest(
        circuit: group.circuit, rows: [angles], shots: shots.count, seed: Self.seed(shots.seed, group: UInt32(index)),
        circuitIndex: shots.circuitIndex, firstRow: row, precision: precision, isReproducible: isReproducible)
      request.method = method
      let found = try simulator.run(request, stop: stop)[0]
      guard let counts = found.counts else { preconditionFailure("shots without counts") }
      result.device = found.device
      for values in group.values { result.add(group.moments(of: values, counts), to: values.observable) }
    }
    return result
  }

  /// The seed of a group's shots: a draw from a site that no measurement has, because they are counted from 0 on and are fewer.
  private static func seed(_ seed: UInt64, group: UInt32) -> UInt64 {
    RandomStream(seed: seed, circuit: 0, row: 0).draw(shot: group, site: 1 << 31 - 1)
  }
}

extension RowShots {
  /// One row's values.
  struct Estimate {
    var device = "cpu"
    private(set) var values: [Double]
    private(set) var squaredErrors: [Double]

    fileprivate init(values: [Double]) { (self.values, squaredErrors) = (values, values) }

    fileprivate mutating func add(_ moments: ShotMoments, to observable: Int) {
      values[observable] += moments.mean
      squaredErrors[observable] += moments.squaredError
    }
  }
}

extension Instruction {
  /// Whether a circuit may end here, before its last instruction.
  fileprivate var mayEnd: Bool {
    if case .end = self { return true }
    return bodies.contains { $0.contains(where: \.mayEnd) }
  }
}
