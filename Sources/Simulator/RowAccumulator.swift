internal import Circuits

/// Gathers what the leaves of one row's branches contribute.
struct RowAccumulator {
  let request: SimulationRequest
  /// The observables whose values are those that are wanted: with shots, what is read of the request's.
  private let observables: [Observable]
  private var tally: OutcomeTally
  private var probabilities: [Double] = []
  /// Weight and value of each observable at each leaf: the weights of all leaves are shots, or probabilities.
  private var leaves: [(weight: Double, values: [Double])] = []
  /// What the weights add up to.
  private var total = 0.0
  private(set) var statevector: [Complex]?
  /// Where the states were.
  var device = ""
  var discarded = 0.0
  /// How many trajectories were drawn, where they were asked for.
  var trajectories: Int?

  /// - Throws: ``SimulatorError`` with code `limit_exceeded` for an observable that is too long to be misread.
  init(_ request: SimulationRequest, _ program: Program) throws(SimulatorError) {
    self.request = request
    observables = try request.observablesAsRead()
    tally = OutcomeTally(request.circuit, measures: program.measures)
  }

  /// One for some of the branches, which is merged with this one later.
  var empty: RowAccumulator {
    var part = self
    (part.tally, part.probabilities, part.leaves, part.total, part.discarded) = (tally.empty, [], [], 0, 0)
    return part
  }

  /// Adds what another one gathered. Sums depend on the order in which others are merged, in their last bits.
  mutating func merge(_ other: RowAccumulator) {
    tally.merge(other.tally)
    add(other.probabilities)
    leaves += other.leaves
    total += other.total
    discarded += other.discarded
    device = other.device
  }

  private mutating func add(_ values: [Double]) {
    if probabilities.isEmpty {
      probabilities = values
    } else {
      for index in values.indices { probabilities[index] += values[index] }
    }
  }

  /// Adds a finished branch.
  mutating func add<Register: StateRegister & ~Copyable>(
    _ branch: borrowing Branch<Register>, _ program: Program, _ register: borrowing Register, _ random: RandomStream
  ) throws(SimulatorError) {
    var values = LeafValues()
    if isSampled(branch, program) { values.counts = try register.count(draws(of: branch, random)) }
    if request.wantsProbabilities { values.probabilities = try register.probabilities(of: Array(0..<request.circuit.qubitCount)) }
    if !observables.isEmpty { values.expectations = try register.expectations(masks) }
    add(branch, program, values, random)
    if request.wantsStatevector { statevector = try register.amplitudes(from: 0, count: 1 << request.circuit.qubitCount) }
  }

  /// Adds branches that finish side by side, in the order of their slots.
  mutating func add<Register: StateRegister & ~Copyable>(
    _ wide: WideBranches<Register>, _ program: Program, _ random: RandomStream
  ) throws(SimulatorError) {
    var values = [LeafValues](repeating: LeafValues(), count: wide.slots.count)
    let draws = wide.slots.map { branch in
      branch.flatMap { isSampled($0, program) ? self.draws(of: $0, random) : nil } ?? []
    }
    if draws.contains(where: { !$0.isEmpty }) {
      for (slot, counts) in try wide.box.register.count(slots: draws).enumerated() { values[slot].counts = counts }
    }
    if request.wantsProbabilities {
      let qubits = Array(0..<request.circuit.qubitCount) + setBits(wide.shape.mask)
      let all = try wide.box.register.probabilities(of: qubits)
      let count = all.count / values.count
      for slot in values.indices { values[slot].probabilities = Array(all[slot * count..<(slot + 1) * count]) }
    }
    if !observables.isEmpty {
      let all = try wide.box.register.expectations(masks, slotCount: values.count)
      for slot in values.indices { values[slot].expectations = all[slot] }
    }
    for (slot, branch) in wide.slots.enumerated() { if let branch { add(branch, program, values[slot], random) } }
    device = wide.box.register.deviceName
  }

  /// What the state at the end of a branch gives, as far as it is asked for.
  private struct LeafValues {
    /// Of the branch's draws.
    var counts = StateCounts()
    var probabilities: [Double] = []
    /// Of ``masks``.
    var expectations: [Double] = []
  }

  private mutating func add<Register: ~Copyable>(
    _ branch: borrowing Branch<Register>, _ program: Program, _ values: LeafValues, _ random: RandomStream
  ) {
    if request.shots != nil, !branch.shots.isEmpty { count(branch, program, values.counts, random) }
    let weight = request.isDrawn && program.hasOutcomes ? Double(branch.shots.count) : branch.weight
    if request.isDrawn { total += weight } else { total = 1 }
    if request.wantsProbabilities { addProbabilities(values.probabilities, weight) }
    if !observables.isEmpty { addExpectations(values.expectations, weight) }
  }

  /// Whether a branch's shots are drawn from the state at its end.
  private func isSampled<Register: ~Copyable>(_ branch: borrowing Branch<Register>, _ program: Program) -> Bool {
    request.shots != nil && !branch.shots.isEmpty && !(program.finalMeasurements.isEmpty && program.measures)
  }

  private func draws<Register: ~Copyable>(of branch: borrowing Branch<Register>, _ random: RandomStream) -> [UInt64] {
    random.draws(shots: branch.shots, site: UInt32(branch.history.count))
  }

  private mutating func count<Register: ~Copyable>(
    _ branch: borrowing Branch<Register>, _ program: Program, _ found: StateCounts, _ random: RandomStream
  ) {
    if isSampled(branch, program) {
      let read = Misreading(program.finalReadout).read(found, shots: branch.shots, random, site: branch.history.count + 1)
      tally.add(read, program.finalMeasurements, bits: branch.position.memory.bits)
    } else {
      tally.add(bits: branch.position.memory.bits, count: branch.shots.count)
    }
  }

  private mutating func addProbabilities(_ values: [Double], _ share: Double) {
    // Rounded gates are not quite unitary: thousands of them in single precision move the norm by 1e-4, and little else.
    let scale = share / values.reduce(0, +)
    add(values.map { scale * $0 })
  }

  /// The strings of all observables, and the identity: its value is the squared norm, which rounding moves; see addProbabilities.
  private var masks: [PauliMask] {
    observables.flatMap { $0.terms.map { PauliMask(x: $0.pauli.x, z: $0.pauli.z) } } + [PauliMask(x: 0, z: 0)]
  }

  private mutating func addExpectations(_ terms: [Double], _ share: Double) {
    let norm = terms[terms.count - 1]
    var offset = 0
    var values = [Double]()
    for observable in observables {
      values.append(observable.terms.enumerated().reduce(0) { $0 + $1.element.coefficient * terms[offset + $1.offset] } / norm)
      offset += observable.terms.count
    }
    leaves.append((share, values))
  }

  /// The probabilities of outcomes as they are read.
  private var probabilitiesAsRead: [Double] {
    let scale = total > 0 ? 1 / total : 0
    return request.circuit.readout.spread(probabilities.map { scale * $0 }, over: Array(0..<request.circuit.qubitCount))
  }

  /// By how much the least certain value may be off, as far as the trajectories so far tell; infinite for fewer than two.
  ///
  /// The standard error, but not less than what one more trajectory that differs may change: histories that are too rare to have come have no
  /// part in the variance, and where none has come it is zero.
  var uncertainty: Double {
    guard total > 1 else { return .infinity }
    return zip(expectations(isSampled: true), observables).map { found, observable in
      max(found.standardError, observable.terms.reduce(0) { $0 + abs($1.coefficient) } / total)
    }.max() ?? 0
  }

  /// The row's result, with the names and times the executor knows.
  func result(row: UInt32, hasOutcomes: Bool, precision: Precision, compile: Double, execute: Double)
    -> SimulationResult
  {
    SimulationResult(
      row: row, qubitCount: request.circuit.qubitCount, shots: request.shots, trajectories: trajectories,
      counts: request.shots == nil ? nil : tally.counts,
      probabilities: request.wantsProbabilities ? probabilitiesAsRead : nil,
      expectations: expectations(isSampled: hasOutcomes && request.isDrawn),
      statevector: statevector, method: "statevector", device: device, precision: precision, discardedProbability: discarded,
      pruned: nil,
      compileSeconds: compile, executeSeconds: execute)
  }

  /// The mean over leaves; its standard error if the leaves were drawn by shots.
  private func expectations(isSampled: Bool) -> [SimulationResult.Expectation] {
    request.observables.indices.map { index in
      // No shots at all have no mean.
      let mean = total > 0 ? leaves.reduce(0) { $0 + $1.weight * $1.values[index] } / total : 0
      guard isSampled, total > 1 else { return .init(value: mean, standardError: 0) }
      let squares = leaves.reduce(0) { $0 + $1.weight * ($1.values[index] - mean) * ($1.values[index] - mean) }
      return .init(value: mean, standardError: (squares / (total * (total - 1))).squareRoot())
    }
  }
}

extension SimulationRequest {
  /// Whether histories are drawn, by shots or by trajectories, instead of all being followed.
  var isDrawn: Bool { shots != nil || trajectories != nil || targetError != nil }

  /// The observables whose values in the state are those that are wanted: with shots, of what is read.
  ///
  /// - Throws: ``SimulatorError`` with code `limit_exceeded`.
  func observablesAsRead() throws(SimulatorError) -> [Observable] {
    guard shots != nil, !circuit.readout.isEmpty else { return observables }
    var result = [Observable]()
    for observable in observables {
      result.append(try SimulatorError.translating { () throws(CircuitError) in try observable.misread(circuit.readout) })
    }
    return result
  }
}
