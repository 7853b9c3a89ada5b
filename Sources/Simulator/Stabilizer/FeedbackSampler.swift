internal import Circuits

/// Draws shots of a Clifford circuit with noise whose steps depend on outcomes: a tableau for each history of bits that are read.
///
/// Shots that have read the same bits do the same steps. They share a reference state, in which outcomes that are not decided are 0, and each
/// differs from it by a Pauli string (``ShotFrames``), whatever errors it had. Where they read different bits, the fewer become a group of their
/// own, which runs from the start: a shot's draws are the same then.
///
/// Source: Gidney, arXiv:2103.02202 (2021), for circuits whose steps do not depend on outcomes.
struct FeedbackSampler {
  /// Shots, and the bits that they have read, in their order.
  private struct Group {
    var bits: [Bool] = []
    var shots: [UInt32]
  }

  private var bound: FeedbackProgram
  private let memory: ClassicalMemory
  private let random: RandomStream
  private let stop: StopFlag
  private let shotCount: Int
  private let observables: [Observable]
  /// The place of each bit in an outcome.
  private let places: [Int: Int]
  private var outcomes: PackedOutcomes
  /// Sums over the shots of each observable's values and of their squares.
  private var sums: [(value: Double, square: Double)]

  /// Binds a request's circuit to a row's values.
  ///
  /// - Throws: What ``FeedbackProgram/init(_:_:_:)`` throws; ``SimulatorError`` with code `limit_exceeded`.
  init(
    _ request: SimulationRequest, shots: Int, _ memory: ClassicalMemory, _ random: RandomStream, _ recognizer: CliffordRecognizer,
    stop: StopFlag
  ) throws(SimulatorError) {
    (self.memory, self.random, self.stop, shotCount) = (memory, random, stop, shots)
    bound = try FeedbackProgram(request.circuit, memory, recognizer)
    observables = try request.observablesAsRead()
    outcomes = PackedOutcomes(bitCount: bound.outputBits.count)
    places = Dictionary(uniqueKeysWithValues: bound.outputBits.enumerated().map { ($0.element, $0.offset) })
    sums = Array(repeating: (0, 0), count: observables.count)
  }

  /// Runs all shots, as many at a time as fit a core's cache.
  ///
  /// - Throws: ``SimulatorError``: `limit_exceeded` for too many steps or outcomes; `cancelled`; `unsupported` for a gate whose angle comes from
  ///   outcomes and that is no Clifford gate.
  mutating func run() throws(SimulatorError) -> (counts: Counts, expectations: [SimulationResult.Expectation]) {
    let length = max(64, 8 * Limits.frameWindowByteCount / max(2 * bound.program.qubitCount, 1))
    for first in stride(from: 0, to: shotCount, by: length) {
      var pending = [Group(shots: Array(UInt32(first)..<UInt32(min(first + length, shotCount))))]
      while let group = pending.popLast() { try run(group, &pending) }
      outcomes.merge()
    }
    return (outcomes.counts, expectations)
  }

  /// Runs a group to its end; pushes a part of it wherever shots read different bits.
  private mutating func run(_ start: Group, _ pending: inout [Group]) throws(SimulatorError) {
    var (group, met) = (start, 0)
    var frames = ShotFrames(group.shots, qubitCount: bound.program.qubitCount, random)
    var tableau = StabilizerTableau(qubitCount: bound.program.qubitCount)
    var position = ProgramPosition(bound.program, memory: memory)
    var (executed, budget) = (0, StepBudget())
    while true {
      if executed % Limits.stabilizerStopInterval == 0 { try stop.check() }
      executed += 1
      try budget.spend()
      let place = position.step
      position.step += 1
      switch bound.program.steps[place] {
      case .gate(let gate):
        for step in try bound.steps(of: gate, at: place, position.memory) {
          tableau.apply(step)
          frames.apply(step)
        }
      case .noise: if let noise = bound.noise[place] { frames.add(noise) }
      case .measure(let qubit, let bit, _):
        var found = frames.measure(qubit, reference: tableau.measure(qubit) { false })
        guard let bit else { continue }
        if let bounds = bound.readout[qubit] { frames.misread(&found, bounds) }
        position.memory.bits[bit] = Self.read(found, &frames, &group, met, &pending)
        met += 1
      case .reset(let qubit):
        if tableau.measure(qubit, undecided: { false }) { tableau.apply(CliffordStep(.x, qubit)) }
        frames.reset(qubit)
      case .end: return try finish(&frames, &tableau, position.memory.bits)
      case .operation: preconditionFailure("a lowered gate in a program of gates")
      case let step: try SimulatorError.translating { () throws(CircuitError) in try position.run(step) }
      }
    }
  }

  /// The bit that a group has read, or that most of its shots read; the others become a group of their own.
  private static func read(
    _ found: [UInt64], _ frames: inout ShotFrames, _ group: inout Group, _ met: Int, _ pending: inout [Group]
  ) -> Bool {
    if met < group.bits.count { return group.bits[met] }
    let count = frames.shots.count
    let ones = (0..<count).count { found[$0 / 64] >> UInt64($0 % 64) & 1 == 1 }
    let value = 2 * ones > count
    if ones > 0, ones < count {
      let others = frames.keep(found, value)
      pending.append(Group(bits: group.bits + [!value], shots: others))
    }
    group.bits.append(value)
    return value
  }

  // MARK: Ends

  private mutating func finish(
    _ frames: inout ShotFrames, _ tableau: inout StabilizerTableau, _ bits: [Bool]
  ) throws(SimulatorError) {
    addValues(frames, tableau)
    let count = frames.wordCount
    var record = [UInt64](repeating: 0, count: bound.outputBits.count * count)
    if bound.program.measures {
      for (place, bit) in bound.outputBits.enumerated() where bits[bit] {
        for word in 0..<count { record[place * count + word] = ~0 }
      }
    }
    let all = (0..<bound.program.qubitCount).map { Program.FinalMeasurement(qubit: $0, bit: $0) }
    for measurement in bound.program.measures ? bound.program.finalMeasurements : all {
      var found = frames.measure(measurement.qubit, reference: tableau.measure(measurement.qubit) { false })
      guard let bit = measurement.bit, let place = places[bit] else { continue }
      if let bounds = bound.readout[measurement.qubit] { frames.misread(&found, bounds) }
      for word in 0..<count { record[place * count + word] = found[word] }
    }
    outcomes.append(
      PackedOutcomes(bitCount: bound.outputBits.count, record: record, blockCount: count, shotCount: frames.shots.count))
    guard outcomes.byteCount > Limits.outcomeByteCount else { return }
    outcomes.merge()
    try outcomes.refuseIfTooLarge(shots: shotCount)
  }

  /// Adds the value of each observable in each shot's state: the reference's, with a sign.
  private mutating func addValues(_ frames: ShotFrames, _ tableau: StabilizerTableau) {
    for (index, observable) in observables.enumerated() {
      var values = [Double](repeating: 0, count: frames.shots.count)
      for term in observable.terms {
        let value = term.coefficient * Double(tableau.expectation(x: term.pauli.x, z: term.pauli.z))
        guard value != 0 else { continue }
        let signs = frames.anticommutes(with: term.pauli)
        for shot in values.indices { values[shot] += signs[shot / 64] >> UInt64(shot % 64) & 1 == 1 ? -value : value }
      }
      for value in values { sums[index] = (sums[index].value + value, sums[index].square + value * value) }
    }
  }

  /// The means over shots with their standard errors.
  private var expectations: [SimulationResult.Expectation] {
    let shots = Double(max(shotCount, 1))
    return sums.map { sum in
      let mean = sum.value / shots
      let variance = max(sum.square / shots - mean * mean, 0)
      return .init(value: mean, standardError: shots > 1 ? (variance / (shots - 1)).squareRoot() : 0)
    }
  }
}
