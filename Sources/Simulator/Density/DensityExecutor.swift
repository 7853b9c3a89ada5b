internal import Circuits

/// Runs circuits as density matrices: exactly, noise included. Shots are drawn from the distribution of outcomes.
///
/// A circuit is followed through every history of outcomes of the measurements on its way that set classical bits; resets and noise have none.
struct DensityExecutor<Storage: DensityStorage & ~Copyable> {
  private static var methodName: String { SimulationMethod.densityMatrix.rawValue }
  private let makeStorage: StorageFactory

  /// Makes |0…0⟩⟨0…0| on a number of qubits in a precision, or refuses it.
  typealias StorageFactory = (Int, Precision) throws(SimulatorError) -> Storage

  /// Makes an executor over a device's matrices.
  init(_ makeStorage: @escaping StorageFactory) { self.makeStorage = makeStorage }

  /// Runs every row of a request, in order.
  ///
  /// - Throws: ``SimulatorError``: `unsupported` for what no density matrix gives; `invalid_argument`, `out_of_memory`, `limit_exceeded`, `cancelled`.
  func run(_ request: SimulationRequest, stop: StopFlag) throws(SimulatorError) -> [SimulationResult] {
    try Self.refuseUnsupported(request)
    try request.validate()
    let clock = ContinuousClock()
    let start = clock.now
    let program = try Program(request.circuit)
    var compiled = (clock.now - start).seconds
    var runner = try DensityRunner(request, program, stop, makeStorage)
    var results: [SimulationResult] = []
    for (offset, values) in request.rows.enumerated() {
      let begun = clock.now
      let memory = try SimulatorError.translating { () throws(CircuitError) in try request.circuit.initialMemory(values) }
      let random = RandomStream(seed: request.seed, circuit: request.circuitIndex, row: request.firstRow + UInt32(offset))
      var result = try runner.run(ProgramPosition(program, memory: memory)).result(random)
      (result.compileSeconds, result.executeSeconds) = (compiled, (clock.now - begun).seconds)
      results.append(result)
      compiled = 0
    }
    return results
  }

  private static func refuseUnsupported(_ request: SimulationRequest) throws(SimulatorError) {
    let asked = [
      ("amplitudes", request.wantsStatevector), ("a plan of passes", request.explainsPlan),
      ("gradients", request.differentiation != nil), ("trajectories", request.trajectories != nil || request.targetError != nil),
    ]
    if let refused = asked.first(where: \.1) {
      throw SimulatorError(
        .unsupported,
        "method \(methodName) gives counts, probabilities and expectation values, not \(refused.0); method statevector does")
    }
    let bitCount = request.circuit.measures ? request.circuit.outputBits.count : request.circuit.qubitCount
    guard request.shots == nil || bitCount <= UInt64.bitWidth else {
      throw SimulatorError(
        .unsupported,
        "method \(methodName) draws outcomes of at most \(UInt64.bitWidth) bits, not \(bitCount); method statevector does")
    }
  }
}

/// Follows rows through all of their histories.
private struct DensityRunner<Storage: DensityStorage & ~Copyable> {
  typealias Box = RegisterBox<DensityRegister<Storage>>

  private let makeStorage: DensityExecutor<Storage>.StorageFactory
  private let request: SimulationRequest
  private let program: Program
  private let qubitCount: Int
  private let precision: Precision
  private let stop: StopFlag
  private var sums: DensitySums
  /// The maps of steps that are the same in every row.
  private var maps: [Int: TransferMap] = [:]
  /// Those of channels, by their numbers in the program.
  private var channels: [Int: PauliTransferMatrix] = [:]

  init(
    _ request: SimulationRequest, _ program: Program, _ stop: StopFlag,
    _ makeStorage: @escaping DensityExecutor<Storage>.StorageFactory
  ) throws(SimulatorError) {
    self.makeStorage = makeStorage
    (self.request, self.program, self.stop, precision) = (request, program, stop, request.precision)
    qubitCount = max(request.circuit.qubitCount, 1)
    sums = try DensitySums(request, program)
  }

  /// Runs a row from its start, and every other history when its turn comes.
  mutating func run(_ start: ProgramPosition) throws(SimulatorError) -> DensitySums {
    sums = try DensitySums(request, program)
    var pending = [(position: start, state: RegisterBox(DensityRegister(try makeStorage(qubitCount, precision))))]
    while var branch = pending.popLast() {
      try advance(&branch.position, branch.state, &pending)
      guard sums.historyCount + pending.count <= Limits.exactBranchCount else {
        throw SimulatorError(.limitExceeded, "more than \(Limits.exactBranchCount) measurement histories")
      }
    }
    return sums
  }

  private mutating func advance(
    _ position: inout ProgramPosition, _ box: Box,
    _ pending: inout [(position: ProgramPosition, state: Box)]
  ) throws(SimulatorError) {
    var budget = StepBudget()
    while true {
      try stop.check()
      try budget.spend()
      let place = position.step
      position.step += 1
      switch program.steps[place] {
      case .gate(let gate):
        let resolved = try SimulatorError.translating { () throws(CircuitError) in try gate.resolved(in: position.memory) }
        if let operation = StateOperation.lowered(resolved) { try box.register.apply(operation) }
      case .operation(let operation):
        if let map = map(place, { TransferMap(operation) }) {
          try box.register.apply(map)
        } else {
          try box.register.apply(operation)
        }
      case .noise(let noise):
        let matrix = matrix(of: noise)
        if let map = map(place, { TransferMap(matrix, on: noise.qubits) }) { try box.register.apply(map) }
      case .reset(let qubit): try box.register.reset(qubit)
      case .measure(let qubit, nil, _): try box.register.dephase(qubit)
      case .measure(let qubit, let bit?, let readout):
        guard try measure(qubit, into: bit, readout ?? [[1, 0], [0, 1]], &position, box, &pending) else { return }
      case .end: return try sums.add(position.memory.bits, &box.register)
      default:
        let step = program.steps[place]
        try SimulatorError.translating { () throws(CircuitError) in try position.run(step) }
      }
    }
  }

  /// Goes on with the likelier value that is read, and puts the other aside; false if neither has a probability.
  private mutating func measure(
    _ qubit: Int, into bit: Int, _ readout: [[Double]], _ position: inout ProgramPosition, _ box: Box,
    _ pending: inout [(position: ProgramPosition, state: Box)]
  ) throws(SimulatorError) -> Bool {
    let found = try box.register.probabilities(of: [qubit])
    let probabilities = [0, 1].map { found[0] * readout[0][$0] + found[1] * readout[1][$0] }
    func weights(_ read: Bool) -> (Double, Double) { (readout[0][read ? 1 : 0], readout[1][read ? 1 : 0]) }
    let likelier = probabilities[1] > probabilities[0]
    let (more, less) = (probabilities[likelier ? 1 : 0], probabilities[likelier ? 0 : 1])
    if less > Limits.discardedBranchWeight {
      let copy = RegisterBox(DensityRegister(try makeStorage(qubitCount, precision)))
      try copy.register.copy(from: box.register)
      try copy.register.collapse(qubit, weights: weights(!likelier))
      var other = position
      other.memory.bits[bit] = !likelier
      pending.append((other, copy))
    } else {
      sums.discarded += max(less, 0)
    }
    guard more > Limits.discardedBranchWeight else {
      sums.discarded += max(more, 0)
      return false
    }
    try box.register.collapse(qubit, weights: weights(likelier))
    position.memory.bits[bit] = likelier
    return true
  }

  private mutating func matrix(of noise: NoiseStep) -> PauliTransferMatrix {
    let matrix = channels[noise.number] ?? PauliTransferMatrix(noise.channel)
    channels[noise.number] = matrix
    return matrix
  }

  /// The map of a step, made once; nil for what is none.
  private mutating func map(_ place: Int, _ make: () -> TransferMap?) -> TransferMap? {
    if let known = maps[place] { return known }
    let made = make()
    maps[place] = made
    return made
  }
}
