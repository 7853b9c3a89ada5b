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
    if request.shots != nil, !branch.shots.isEmpty { try count(branch, program, register, random) }
    let weight = request.isDrawn && program.hasOutcomes ? Double(branch.shots.count) : branch.weight
    if request.isDrawn { total += weight } else { total = 1 }
    try addProbabilities(register, weight)
    try addExpectations(register, weight)
    if request.wantsStatevector { statevector = try register.amplitudes(from: 0, count: 1 << request.circuit.qubitCount) }
  }

  private mutating func count<Register: StateRegister & ~Copyable>(
    _ branch: borrowing Branch<Register>, _ program: Program, _ register: borrowing Register, _ random: RandomStream
  ) throws(SimulatorError) {
    if program.finalMeasurements.isEmpty && program.measures {
      tally.add(bits: branch.position.memory.bits, count: branch.shots.count)
    } else {
      let site = branch.history.count
      let found = try register.count(random.draws(shots: branch.shots, site: UInt32(site)))
      let read = Misreading(program.finalReadout).read(found, shots: branch.shots, random, site: site + 1)
      tally.add(read, program.finalMeasurements, bits: branch.position.memory.bits)
    }
  }

  private mutating func addProbabilities<Register: StateRegister & ~Copyable>(
    _ register: borrowing Register, _ share: Double
  ) throws(SimulatorError) {
    guard request.wantsProbabilities else { return }
    let values = try register.probabilities(of: Array(0..<request.circuit.qubitCount))
    // Rounded gates are not quite unitary: thousands of them in single precision move the norm by 1e-4, and little else.
    let scale = share / values.reduce(0, +)
    add(values.map { scale * $0 })
  }

  private mutating func addExpectations<Register: StateRegister & ~Copyable>(
    _ register: borrowing Register, _ share: Double
  ) throws(SimulatorError) {
    guard !observables.isEmpty else { return }
    let masks = observables.flatMap { $0.terms.map { PauliMask(x: $0.pauli.x, z: $0.pauli.z) } }
    // The identity's value is the squared norm, which rounding moves; see addProbabilities.
    let identity = PauliMask(x: 0, z: 0)
    let terms = try register.expectations(masks + [identity])
    let norm = terms[masks.count]
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
