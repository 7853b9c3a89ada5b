internal import Circuits
internal import Simulator

/// Times noisy circuits as density matrices and along trajectories, beside what `auto` predicts of them.
struct NoiseBenchmark {
  static let qubitCounts = 2...24
  static let layerCounts = 1...100
  static let shotCounts = 1...10_000_000
  /// How often each qubit's 0 is read as 1, and 1 as 0.
  static let misreading = (zeroAsOne: 0.02, oneAsZero: 0.03)
  /// The most qubits at which a change of method is looked for.
  static let largestPredicted = 26

  /// One size, error rate and number of shots.
  struct Point: Hashable {
    var qubitCount: Int
    /// The strength of depolarizing after each gate.
    var rate: Double
    var shots: Int
  }

  /// What was measured of a method at a point.
  struct Timing {
    /// Ascending; none if it was left out.
    var seconds: [Double] = []
    /// The most memory that the process had resident meanwhile.
    var peakByteCount: Int?
    /// Why it was left out.
    var note: String?
  }

  var layerCount: Int
  var precision: Precision
  /// Runs that are counted, after one that is not.
  var repetitions: Int
  /// The longest that a method may take at one point.
  var secondsLimit: Double
  var seed: UInt64

  /// Layers of u with random angles on each qubit and of cx around the ring, depolarizing after each gate, all qubits misread at the end.
  ///
  /// The angles of the first qubits are the same whatever the rate.
  func circuit(_ point: Point) throws -> Circuit {
    let count = point.qubitCount
    var circuit = try Circuit(qubitCount: count)
    var random = SplitMix64(seed: seed)
    let (one, two) = (try Channel.depolarizing(point.rate), try Channel.depolarizing(point.rate, qubitCount: 2))
    for _ in 0..<layerCount {
      for qubit in 0..<count {
        let angles = (0..<3).map { _ in ClassicalExpression(random.nextAngle()) }
        try circuit.append(.gate(GateOperation(.standard(.u), parameters: angles, qubits: [qubit])))
        try circuit.append(.channel(one, qubits: [qubit]))
      }
      for qubit in 0..<count {
        let pair = [qubit, (qubit + 1) % count]
        try circuit.append(.gate(GateOperation(.standard(.cx), qubits: pair)))
        try circuit.append(.channel(two, qubits: pair))
      }
    }
    let error = try ReadoutError(zeroAsOne: Self.misreading.zeroAsOne, oneAsZero: Self.misreading.oneAsZero)
    for qubit in 0..<count { try circuit.misread(error, on: [qubit]) }
    return circuit
  }

  /// What is asked of a point's circuit.
  func request(_ point: Point, method: SimulationMethod) throws -> SimulationRequest {
    var request = SimulationRequest(circuit: try circuit(point), shots: point.shots, seed: seed, precision: precision)
    request.method = method
    return request
  }

  /// What `auto` predicts of a point; nil for one that the simulator finds no noise in.
  func cost(_ point: Point) throws -> NoiseCost {
    guard let cost = NoiseCost(try request(point, method: .auto)) else {
      throw Failure(.software, "a circuit with noise of strength \(point.rate) in which none was found")
    }
    return cost
  }

  /// The fewest qubits from which on `auto` takes trajectories; nil if it takes density matrices on all.
  func switchQubitCount(rate: Double, shots: Int) throws -> Int? {
    let counts = Self.qubitCounts.lowerBound...Self.largestPredicted
    let taken = try counts.map { try cost(Point(qubitCount: $0, rate: rate, shots: shots)).chosen().way == .densityMatrix }
    guard let last = taken.lastIndex(of: true) else { return counts.lowerBound }
    return last == taken.count - 1 ? nil : counts.lowerBound + last + 1
  }

  /// Times a method at a point, unless it is predicted to take too long or too much memory.
  ///
  /// - Throws: ``SimulatorError``: what running throws.
  func time(_ point: Point, _ predicted: MethodCost) throws -> Timing {
    if let note = refusal(point, predicted) { return Timing(note: note) }
    let request = try request(point, method: predicted.way.method)
    let simulator = try CircuitSimulator(device: "cpu")
    ResidentMemory.resetPeak()
    let begin = MonotonicClock.seconds()
    _ = try simulator.run(request)
    var timing = Timing(seconds: [MonotonicClock.seconds() - begin])
    for index in 0..<repetitions {
      let start = MonotonicClock.seconds()
      // The first run of a method that takes all of the time counts alone.
      guard start - begin < secondsLimit / 2 || index > 0 && start - begin < secondsLimit else { break }
      _ = try simulator.run(request)
      let seconds = MonotonicClock.seconds() - start
      timing.seconds = index == 0 ? [seconds] : timing.seconds + [seconds]
    }
    timing.seconds.sort()
    timing.peakByteCount = ResidentMemory.peakByteCount
    return timing
  }

  private func refusal(_ point: Point, _ predicted: MethodCost) -> String? {
    if predicted.way == .densityMatrix, point.qubitCount > Simulator.Limits.densityQubitCount {
      return "density matrices have at most \(Simulator.Limits.densityQubitCount) qubits"
    }
    if predicted.seconds > secondsLimit {
      return "predicted to take \(Format.seconds(predicted.seconds)), more than \(Format.seconds(secondsLimit))"
    }
    let available = HostMemory.availableByteCount
    guard predicted.byteCount + UInt128(Simulator.Limits.hostReserveByteCount) > UInt128(available) else { return nil }
    return "needs \(Format.bytes(Double(predicted.byteCount))), and \(Format.bytes(Double(available))) are free"
  }
}
