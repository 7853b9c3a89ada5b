internal import Circuits

/// Runs a Clifford circuit whose steps depend on what was measured: one tableau for each history of outcomes that are not decided, and without
/// shots of errors of noise and of misread bits; shots with noise are ``FeedbackSampler``'s.
///
/// Shots that find the same outcomes share a run. A history is run from the start, following the outcomes that it begins with: to keep
/// tableaus where histories part would save less than half of that, because most of the outcomes of a shot come after it has parted from
/// the others.
struct HistoryRunner {
  /// Outcomes that were not decided and errors, in the order in which they came, and what has them.
  private struct History {
    /// Of measurements the outcome, of noise 0 or the error's number from 1 on, of misread bits the bit.
    var choices: [UInt16] = []
    /// None in exact enumeration.
    var shots: [UInt32]
    var weight = 1.0
  }

  /// What came of one history.
  private struct Leaf {
    var tableau: StabilizerTableau
    var memory: ClassicalMemory
  }

  private let request: SimulationRequest
  private let program: Program
  private var bound: FeedbackProgram
  private let memory: ClassicalMemory
  private let random: RandomStream
  private let stop: StopFlag
  private var outcomes: PackedOutcomes
  private var leaves: [(weight: Double, values: [Double])] = []
  private var discarded = 0.0

  /// Binds a circuit to a row's values.
  ///
  /// - Throws: What ``FeedbackProgram/init(_:_:_:)`` throws.
  init(
    _ request: SimulationRequest, _ memory: ClassicalMemory, _ random: RandomStream, _ recognizer: CliffordRecognizer,
    stop: StopFlag
  ) throws(SimulatorError) {
    (self.request, self.memory, self.random, self.stop) = (request, memory, random, stop)
    bound = try FeedbackProgram(request.circuit, memory, recognizer)
    program = bound.program
    outcomes = PackedOutcomes(bitCount: bound.outputBits.count)
  }

  /// Runs all histories: those of the shots, or every one with its probability if there are none.
  ///
  /// - Throws: ``SimulatorError``: `limit_exceeded` for too many histories, steps or outcomes; `cancelled`.
  mutating func run() throws(SimulatorError) -> (counts: Counts?, expectations: [SimulationResult.Expectation], discarded: Double) {
    var pending = [History(shots: Array(0..<UInt32(request.shots ?? 0)))]
    var historyCount = 0
    while var history = pending.popLast() {
      if let leaf = try advance(&history, &pending) { try add(leaf, history) }
      historyCount += 1
      guard request.shots != nil || historyCount <= Limits.exactBranchCount else {
        throw SimulatorError(
          .limitExceeded, "more than \(Limits.exactBranchCount) measurement histories; ask for shots to sample them")
      }
    }
    outcomes.merge()
    return (request.shots == nil ? nil : outcomes.counts, expectations(), discarded)
  }

  /// Runs a history to its end; pushes the other side wherever it splits. Nil for one that stays in a loop until it is too improbable.
  private mutating func advance(_ history: inout History, _ pending: inout [History]) throws(SimulatorError) -> Leaf? {
    var tableau = StabilizerTableau(qubitCount: program.qubitCount)
    var position = ProgramPosition(program, memory: memory)
    var (executed, met, budget) = (0, 0, StepBudget())
    while true {
      if executed % Limits.stabilizerStopInterval == 0 { try stop.check() }
      executed += 1
      try budget.spend()
      if request.shots == nil, history.weight <= Limits.discardedBranchWeight {
        discarded += history.weight
        return nil
      }
      let place = position.step
      position.step += 1
      switch program.steps[place] {
      case .gate(let gate):
        for step in try bound.steps(of: gate, at: place, position.memory) { tableau.apply(step) }
      case .measure(let qubit, let bit, let readout):
        let outcome = tableau.measure(qubit) { Self.decide(&history, &met, &pending, random) }
        guard let bit else { continue }
        position.memory.bits[bit] =
          readout.map { Self.choose(&history, &met, &pending, $0[outcome ? 1 : 0]) == 1 } ?? outcome
      case .reset(let qubit):
        if tableau.measure(qubit, undecided: { Self.decide(&history, &met, &pending, random) }) {
          tableau.apply(CliffordStep(.x, qubit))
        }
      case .noise:
        guard let noise = bound.noise[place] else { preconditionFailure("noise that was not bound") }
        let choice = Self.choose(&history, &met, &pending, noise.probabilities)
        if choice > 0 { tableau.apply(noise.errors[choice - 1]) }
      case .end: return Leaf(tableau: tableau, memory: position.memory)
      case .operation: preconditionFailure("a lowered gate in a program of gates")
      case let step: try SimulatorError.translating { () throws(CircuitError) in try position.run(step) }
      }
    }
  }

  /// The outcome that the history has, or that most of its shots find; the others become a history of their own.
  private static func decide(
    _ history: inout History, _ met: inout Int, _ pending: inout [History], _ random: RandomStream
  ) -> Bool {
    if history.shots.isEmpty { return choose(&history, &met, &pending, [0.5, 0.5]) == 1 }
    defer { met += 1 }
    if met < history.choices.count { return history.choices[met] == 1 }
    var other = history
    let site = UInt32(met)
    let ones = history.shots.filter { isOne(random.draw(shot: $0, site: site)) }
    let zeros = history.shots.filter { !isOne(random.draw(shot: $0, site: site)) }
    let outcome = ones.count > zeros.count
    (history.shots, other.shots) = outcome ? (ones, zeros) : (zeros, ones)
    other.choices.append(outcome ? 0 : 1)
    if !other.shots.isEmpty { pending.append(other) }
    history.choices.append(outcome ? 1 : 0)
    return outcome
  }

  /// The choice that the history without shots has, or the first one; the others become histories of their own, each with its probability.
  private static func choose(
    _ history: inout History, _ met: inout Int, _ pending: inout [History], _ probabilities: [Double]
  ) -> Int {
    defer { met += 1 }
    if met < history.choices.count { return Int(history.choices[met]) }
    for (choice, probability) in probabilities.enumerated().dropFirst() where probability > 0 {
      var other = history
      other.weight *= probability
      other.choices.append(UInt16(choice))
      pending.append(other)
    }
    history.weight *= probabilities[0]
    history.choices.append(0)
    return 0
  }

  /// Half of all draws are below one half.
  private static func isOne(_ draw: UInt64) -> Bool { draw >> 63 == 0 }

  // MARK: Leaves

  private mutating func add(_ leaf: Leaf, _ history: History) throws(SimulatorError) {
    let share = request.shots.map { Double(history.shots.count) / Double(max($0, 1)) } ?? history.weight
    if !request.observables.isEmpty {
      let values = request.observables.map { observable in
        observable.terms.reduce(0) { $0 + $1.coefficient * Double(leaf.tableau.expectation(x: $1.pauli.x, z: $1.pauli.z)) }
      }
      leaves.append((share, values))
    }
    if program.measures, program.finalMeasurements.isEmpty {
      try count(leaf.memory.bits, history.shots.count)
    } else {
      for shot in history.shots { try count(finish(leaf, shot, firstSite: history.choices.count), 1) }
    }
  }

  /// The bits of a shot after the final measurements; those of the qubits themselves where nothing is measured.
  private func finish(_ leaf: Leaf, _ shot: UInt32, firstSite: Int) throws(SimulatorError) -> [Bool] {
    try stop.check()
    var (tableau, bits, site) = (leaf.tableau, leaf.memory.bits, UInt32(firstSite))
    func draw() -> Bool {
      defer { site += 1 }
      return Self.isOne(random.draw(shot: shot, site: site))
    }
    guard program.measures else { return (0..<program.qubitCount).map { tableau.measure($0, undecided: draw) } }
    for measurement in program.finalMeasurements {
      let outcome = tableau.measure(measurement.qubit, undecided: draw)
      if let bit = measurement.bit { bits[bit] = outcome }
    }
    return bits
  }

  private mutating func count(_ bits: [Bool], _ count: Int) throws(SimulatorError) {
    guard count > 0 else { return }
    outcomes.append(bound.outputBits.lazy.map { bits[$0] }, count: count)
    guard outcomes.byteCount > Limits.outcomeByteCount else { return }
    outcomes.merge()
    try outcomes.refuseIfTooLarge(shots: request.shots ?? 0)
  }

  /// The mean over leaves; its standard error if the leaves were drawn by shots.
  private func expectations() -> [SimulationResult.Expectation] {
    request.observables.indices.map { index in
      let mean = leaves.reduce(0) { $0 + $1.weight * $1.values[index] }
      guard let shots = request.shots, shots > 1 else { return .init(value: mean, standardError: 0) }
      let variance = leaves.reduce(0) { $0 + $1.weight * ($1.values[index] - mean) * ($1.values[index] - mean) }
      return .init(value: mean, standardError: (variance / Double(shots - 1)).squareRoot())
    }
  }
}

extension StabilizerTableau {
  /// Applies an error's string.
  fileprivate mutating func apply(_ error: PauliNoise.Error) {
    for qubit in error.x { apply(CliffordStep(.x, qubit)) }
    for qubit in error.z { apply(CliffordStep(.z, qubit)) }
  }
}
