internal import Circuits

/// Runs circuits on one register at a time: static ones once a row, dynamic ones branch by branch.
///
/// One executor belongs to one thread. It keeps its last registers, so that many small circuits allocate once.
package final class CircuitExecutor<Register: StateRegister & ~Copyable> {
  /// Makes a register of a number of qubits in a precision, or refuses it.
  package typealias RegisterFactory = (Int, Precision) throws(SimulatorError) -> Register

  /// How many registers may hold a branch's state at once on each thread; further branches are replayed from the start.
  var branchRegisterCount = Limits.branchRegisterCount

  private let threadCount: Int
  private let wideQubitCount: Int
  private let makeRegister: RegisterFactory
  private var pool: RegisterPool<PlannedRegister<Register>>?
  private var wideRegisters: WideRegisters<Register>?
  private var poolKey: PoolKey?

  private struct PoolKey: Equatable {
    var qubitCount: Int
    var precision: Precision
    var limit: Int
  }

  /// Makes an executor over a factory of registers.
  ///
  /// - Parameters:
  ///   - threadCount: Threads that each may work on registers of their own: 1 for those of a device that has one owner. Results do not depend on
  ///     it.
  ///   - wideQubitCount: Qubits of a register in which states of branches that start from one lie side by side, at most: where branches of n
  ///     qubits are so run, the last bits of values are those of this number. 0 to run each by itself, as requests for reproducible results are.
  package init(threadCount: Int = 1, wideQubitCount: Int = 0, _ makeRegister: @escaping RegisterFactory) {
    (self.threadCount, self.wideQubitCount, self.makeRegister) = (threadCount, wideQubitCount, makeRegister)
  }

  /// Runs every row of a request, in order.
  ///
  /// - Throws: ``SimulatorError``: `invalid_argument`, `unsupported`, `out_of_memory`, `limit_exceeded`, `cancelled`, `device_failure`.
  package func run(_ request: SimulationRequest, stop: StopFlag = StopFlag()) throws(SimulatorError) -> [SimulationResult] {
    try request.validate()
    let clock = ContinuousClock()
    let start = clock.now
    let program = try Program(request.circuit)
    if request.wantsStatevector, program.hasOutcomes {
      throw SimulatorError(
        .unsupported, "a state vector of a circuit that measures, resets or has noise on its way; ask for probabilities or counts")
    }
    var compile = (clock.now - start).seconds
    var results = [SimulationResult]()
    results.reserveCapacity(request.rows.count)
    for (offset, values) in request.rows.enumerated() {
      let rowStart = clock.now
      var accumulator = try RowAccumulator(request, program)
      let row = request.firstRow + UInt32(offset)
      let recorder = request.explainsPlan && offset == 0 ? PlanRecorder { (clock.now - start).seconds } : nil
      try runRow(program, values, row, &accumulator, recorder, stop)
      var result = accumulator.result(
        row: row, hasOutcomes: program.hasOutcomes, precision: request.precision, compile: compile,
        execute: (clock.now - rowStart).seconds)
      result.plan = recorder?.report
      results.append(result)
      compile = 0
    }
    return results
  }

  private func runRow(
    _ program: Program, _ values: [Double], _ row: UInt32, _ accumulator: inout RowAccumulator, _ recorder: PlanRecorder?,
    _ stop: StopFlag
  ) throws(SimulatorError) {
    let request = accumulator.request
    let memory = try SimulatorError.translating { () throws(CircuitError) in try request.circuit.initialMemory(values) }
    let random = RandomStream(seed: request.seed, circuit: request.circuitIndex, row: row)
    var rounds = TrajectoryRounds(request, isDrawn: request.isDrawn && program.hasOutcomes)
    let registers = registers(request)
    var runner = BranchRunner(
      program: program, start: ProgramPosition(program, memory: memory), random: random, isExact: !request.isDrawn, stop: stop,
      recorder: recorder, registers: registers)
    let wideRegisters = self.wideRegisters
    if !request.isReproducible { runner.wideRegisters = wideRegisters }
    // Whoever is stopped leaves registers in use.
    (pool, self.wideRegisters) = (nil, nil)
    while let shots = rounds.next(error: accumulator.uncertainty) {
      let first = Branch<PlannedRegister<Register>>(position: runner.start, shots: Array(shots))
      if runner.sharesThreads(first) {
        try runner.runGroups(first, &accumulator, threadCount: threadCount)
      } else {
        try runner.run(first, &accumulator)
      }
    }
    (pool, self.wideRegisters) = (registers, wideRegisters)
    if request.shots == nil, request.isDrawn, program.hasOutcomes { accumulator.trajectories = rounds.count }
  }

  /// Registers for a request: those of the last one, if they are of the same kind.
  private func registers(_ request: SimulationRequest) -> RegisterPool<PlannedRegister<Register>> {
    let (qubitCount, precision) = (max(request.circuit.qubitCount, 1), request.precision)
    let isLarge = precision.amplitudeByteCount > Limits.branchRegisterByteCount >> qubitCount
    let limit = isLarge ? 1 : branchRegisterCount * threadCount
    let key = PoolKey(qubitCount: qubitCount, precision: precision, limit: limit)
    if let pool, poolKey == key { return pool }
    pool = nil
    poolKey = key
    let makeRegister = makeRegister
    wideRegisters = WideRegisters(qubitCount: qubitCount, wideQubitCount: wideQubitCount) { wideQubitCount throws(SimulatorError) in
      try makeRegister(wideQubitCount, precision)
    }
    return RegisterPool(limit: limit) { () throws(SimulatorError) in PlannedRegister(try makeRegister(qubitCount, precision)) }
  }
}

extension SimulationRequest {
  /// Refuses what no device could run.
  ///
  /// - Parameter qubitLimit: How many qubits the method holds.
  package func validate(qubitLimit: Int = Circuits.Limits.qubitCount) throws(SimulatorError) {
    if let shots, !(0...Limits.shotCount).contains(shots) {
      throw SimulatorError(.invalidArgument, "\(shots) shots; 0 to \(Limits.shotCount) are accepted")
    }
    if let trajectories, !(1...Limits.shotCount).contains(trajectories) {
      throw SimulatorError(.invalidArgument, "\(trajectories) trajectories; 1 to \(Limits.shotCount) are accepted")
    }
    if let targetError, !(targetError > 0 && targetError.isFinite) {
      throw SimulatorError(.invalidArgument, "a target error of \(targetError); a positive number is accepted")
    }
    if shots != nil, isDrawn, trajectories != nil || targetError != nil {
      throw SimulatorError(.invalidArgument, "shots and trajectories in one run; shots are trajectories that are measured")
    }
    guard circuit.qubitCount <= qubitLimit else {
      throw SimulatorError(
        .outOfMemory,
        "a state of \(circuit.qubitCount) qubits takes 2^\(circuit.qubitCount) × \(precision.amplitudeByteCount) bytes; no device holds more than \(Circuits.Limits.qubitCount) qubits; circuits of Clifford gates alone, with no noise but noise of Pauli strings, of which counts or observables are asked, run on \(Limits.stabilizerQubitCount)"
      )
    }
    try validateObservables()
    guard rows.count <= Int(UInt32.max - firstRow) else {
      throw SimulatorError(.invalidArgument, "\(rows.count) rows from row \(firstRow) on; row numbers are below 2³²")
    }
    for (index, row) in rows.enumerated() where row.count != circuit.parameters.count {
      let names = circuit.parameters.map(\.name).joined(separator: ", ")
      throw SimulatorError(
        .invalidArgument,
        "row \(Int(firstRow) + index) has \(row.count) values for \(circuit.parameters.count) parameters"
          + (names.isEmpty ? "" : " (\(names))"))
    }
    if wantsProbabilities || wantsStatevector, circuit.qubitCount > Limits.denseResultQubitCount {
      throw SimulatorError(
        .unsupported,
        "all \(wantsStatevector ? "amplitudes" : "probabilities") of \(circuit.qubitCount) qubits; at most \(Limits.denseResultQubitCount) qubits: ask for shots or observables"
      )
    }
  }
}

extension SimulationRequest {
  /// Refuses observables of another size than the circuit's.
  func validateObservables() throws(SimulatorError) {
    for observable in observables where observable.qubitCount != circuit.qubitCount {
      throw SimulatorError(
        .invalidArgument, "observable '\(observable)' is on \(observable.qubitCount) qubits, the circuit has \(circuit.qubitCount)")
    }
  }
}

extension Duration {
  /// The duration in seconds.
  package var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
