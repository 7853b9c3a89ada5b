internal import Circuits

/// Runs Clifford circuits as stabilizer states: counts by Pauli frames, expectation values exactly, on the CPU.
///
/// A circuit whose steps depend on outcomes runs history by history (``HistoryRunner``, with noise and shots ``FeedbackSampler``).
///
/// One executor belongs to one thread. It remembers what it has found gates to be.
struct StabilizerExecutor {
  static let methodName = SimulationMethod.stabilizer.rawValue

  private var recognizer = CliffordRecognizer()

  /// Runs every row of a request, in order.
  ///
  /// - Throws: ``SimulatorError``: `unsupported` for what no stabilizer state gives, and for a gate that is no Clifford gate, with its place;
  ///   `invalid_argument`, `limit_exceeded`, `cancelled`.
  mutating func run(_ request: SimulationRequest, stop: StopFlag) throws(SimulatorError) -> [SimulationResult] {
    try Self.refuseUnsupported(request)
    try request.validate(qubitLimit: Limits.stabilizerQubitCount)
    let isStatic = request.circuit.hasFixedSteps
    let threadCount = try ThreadPool.preferredThreadCount.get()
    var results: [SimulationResult] = []
    for (offset, values) in request.rows.enumerated() {
      try stop.check()
      let row = request.firstRow + UInt32(offset)
      let memory = try SimulatorError.translating { () throws(CircuitError) in try request.circuit.initialMemory(values) }
      let random = RandomStream(seed: request.seed, circuit: request.circuitIndex, row: row)
      results.append(
        isStatic ? try runFixed(request, memory, random, threadCount, stop) : try runHistories(request, memory, random, stop))
    }
    return results
  }

  /// Whether all gates are Clifford gates under a row's values, as far as that is known before the circuit runs.
  mutating func takes(_ circuit: Circuit, row: [Double]) -> Bool {
    // What is wrong with a row is told by whoever runs it.
    guard let memory = try? circuit.initialMemory(row) else { return false }
    guard circuit.readout.allSatisfy({ $0.qubits.count == 1 }) else { return false }
    return takes(circuit.instructions, memory)
  }

  private mutating func takes(_ instructions: [Instruction], _ memory: ClassicalMemory) -> Bool {
    for instruction in instructions {
      if case .channel(let channel, let qubits) = instruction, PauliNoise(channel, qubits: qubits) == nil { return false }
      if case .gate(let gate) = instruction {
        guard !gate.parameters.contains(where: \.readsMemory), (try? recognizer.steps(of: gate, in: memory)) != nil else {
          return false
        }
      }
      for body in instruction.bodies where !takes(body, memory) { return false }
    }
    return true
  }

  private static func refuseUnsupported(_ request: SimulationRequest) throws(SimulatorError) {
    let asked = [
      ("all probabilities", request.wantsProbabilities), ("amplitudes", request.wantsStatevector),
      ("a plan of passes", request.explainsPlan), ("gradients", request.differentiation != nil),
      ("trajectories", request.trajectories != nil || request.targetError != nil),
    ]
    guard let refused = asked.first(where: \.1) else { return }
    throw SimulatorError(
      .unsupported, "method stabilizer gives counts and expectation values, not \(refused.0); method statevector does")
  }

  private mutating func runFixed(
    _ request: SimulationRequest, _ memory: ClassicalMemory, _ random: RandomStream, _ threadCount: Int, _ stop: StopFlag
  ) throws(SimulatorError) -> SimulationResult {
    let clock = ContinuousClock()
    let start = clock.now
    let program = try StabilizerProgram(request.circuit, memory, &recognizer)
    let bound = clock.now
    var result = SimulationResult(request, row: random.row)
    if let shots = request.shots {
      let sampler = try FrameSampler(program, random, stop: stop)
      result.counts = try sampler.counts(shots: shots, threadCount: threadCount, stop: stop)
    }
    let observables = try request.observablesAsRead()
    let terms = observables.flatMap(\.terms)
    let values = try BackwardStrings.values(program, terms.map(\.pauli), stop: stop)
    var next = 0
    for observable in observables {
      let value = observable.terms.enumerated().reduce(0) { $0 + $1.element.coefficient * values[next + $1.offset] }
      next += observable.terms.count
      result.expectations.append(.init(value: value, standardError: 0))
    }
    (result.compileSeconds, result.executeSeconds) = ((bound - start).seconds, (clock.now - bound).seconds)
    return result
  }

  private mutating func runHistories(
    _ request: SimulationRequest, _ memory: ClassicalMemory, _ random: RandomStream, _ stop: StopFlag
  ) throws(SimulatorError) -> SimulationResult {
    let clock = ContinuousClock()
    let start = clock.now
    try require(request.circuit, memory)
    var result = SimulationResult(request, row: random.row)
    let bound: ContinuousClock.Instant
    if let shots = request.shots, request.circuit.isNoisy {
      var sampler = try FeedbackSampler(request, shots: shots, memory, random, recognizer, stop: stop)
      bound = clock.now
      (result.counts, result.expectations) = try sampler.run()
    } else {
      var runner = try HistoryRunner(request, memory, random, recognizer, stop: stop)
      bound = clock.now
      (result.counts, result.expectations, result.discardedProbability) = try runner.run()
    }
    (result.compileSeconds, result.executeSeconds) = ((bound - start).seconds, (clock.now - bound).seconds)
    return result
  }

  /// Refuses gates that are no Clifford gates before anything runs, so that the error says where they are.
  private mutating func require(_ circuit: Circuit, _ memory: ClassicalMemory) throws(SimulatorError) {
    for (index, instruction) in circuit.instructions.enumerated() { try require(instruction, memory, at: index) }
  }

  private mutating func require(_ instruction: Instruction, _ memory: ClassicalMemory, at index: Int) throws(SimulatorError) {
    if case .gate(let gate) = instruction, !gate.parameters.contains(where: \.readsMemory) {
      _ = try recognizer.required(gate, in: memory, at: index)
    }
    if case .channel(let channel, let qubits) = instruction { _ = try channel.requiredPauliNoise(on: qubits, at: index) }
    for body in instruction.bodies { for inner in body { try require(inner, memory, at: index) } }
  }
}

extension SimulationResult {
  /// A result by this method in which nothing has been found yet.
  fileprivate init(_ request: SimulationRequest, row: UInt32) {
    self.init(
      row: row, qubitCount: request.circuit.qubitCount, shots: request.shots, trajectories: nil, counts: nil, probabilities: nil,
      expectations: [],
      statevector: nil, method: StabilizerExecutor.methodName, device: "cpu", precision: request.precision, discardedProbability: 0,
      pruned: nil, compileSeconds: 0, executeSeconds: 0)
  }
}

extension Circuit {
  /// Whether the same steps are done whatever is measured.
  var hasFixedSteps: Bool { !instructions.contains(where: \.isClassical) }
}
