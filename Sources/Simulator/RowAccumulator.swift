internal import Circuits

/// Gathers what the leaves of one row's branches contribute.
struct RowAccumulator {
  let request: SimulationRequest
  private let outputBits: [Int]
  private var counts: [String: Int] = [:]
  private var probabilities: [Double] = []
  /// Weight and value of each observable at each leaf.
  private var leaves: [(weight: Double, values: [Double])] = []
  private(set) var statevector: [Complex]?
  var discarded = 0.0

  init(_ request: SimulationRequest) {
    self.request = request
    outputBits = request.circuit.outputBits
  }

  /// Adds a finished branch.
  mutating func add<Register: StateRegister & ~Copyable>(
    _ branch: borrowing Branch<Register>, _ program: Program, _ register: borrowing Register, _ random: RandomStream
  ) throws(SimulatorError) {
    if !branch.shots.isEmpty { try count(branch, program, register, random) }
    let share = request.shots.map { program.hasOutcomes ? Double(branch.shots.count) / Double(max($0, 1)) : 1 } ?? branch.weight
    try addProbabilities(register, share)
    try addExpectations(register, share)
    if request.wantsStatevector { statevector = try register.amplitudes(from: 0, count: 1 << request.circuit.qubitCount) }
  }

  private mutating func count<Register: StateRegister & ~Copyable>(
    _ branch: borrowing Branch<Register>, _ program: Program, _ register: borrowing Register, _ random: RandomStream
  ) throws(SimulatorError) {
    let onAllQubits = !program.measures
    if program.finalMeasurements.isEmpty && !onAllQubits {
      counts[bitstring(branch.memory.bits), default: 0] += branch.shots.count
      return
    }
    let site = UInt32(branch.history.count)
    let draws = branch.shots.map { random.draw(shot: $0, site: site) }
    let measured =
      onAllQubits
      ? ClassicalValue.mask(request.circuit.qubitCount) : program.finalMeasurements.reduce(0) { $0 | 1 << UInt64($1.qubit) }
    var frequencies = [UInt64: Int]()
    for state in try register.sample(draws) { frequencies[state & measured, default: 0] += 1 }
    for (state, frequency) in frequencies {
      let key = onAllQubits ? bitstring(state) : bitstring(finalBits(branch.memory.bits, program, state))
      counts[key, default: 0] += frequency
    }
  }

  private func finalBits(_ bits: [Bool], _ program: Program, _ state: UInt64) -> [Bool] {
    var bits = bits
    for measurement in program.finalMeasurements {
      if let bit = measurement.bit { bits[bit] = state >> UInt64(measurement.qubit) & 1 == 1 }
    }
    return bits
  }

  private func bitstring(_ bits: [Bool]) -> String {
    String(decoding: outputBits.reversed().map { bits[$0] ? UInt8(ascii: "1") : UInt8(ascii: "0") }, as: UTF8.self)
  }

  private func bitstring(_ state: UInt64) -> String {
    String(
      decoding: (0..<request.circuit.qubitCount).reversed().map { UInt8(ascii: "0") + UInt8(state >> UInt64($0) & 1) },
      as: UTF8.self)
  }

  private mutating func addProbabilities<Register: StateRegister & ~Copyable>(
    _ register: borrowing Register, _ share: Double
  ) throws(SimulatorError) {
    guard request.wantsProbabilities else { return }
    let values = try register.probabilities(of: Array(0..<request.circuit.qubitCount))
    // Rounded gates are not quite unitary: thousands of them in single precision move the norm by 1e-4, and little else.
    let scale = share / values.reduce(0, +)
    if probabilities.isEmpty {
      probabilities = values.map { scale * $0 }
    } else {
      for index in values.indices { probabilities[index] += scale * values[index] }
    }
  }

  private mutating func addExpectations<Register: StateRegister & ~Copyable>(
    _ register: borrowing Register, _ share: Double
  ) throws(SimulatorError) {
    guard !request.observables.isEmpty else { return }
    let masks = request.observables.flatMap { $0.terms.map { PauliMask(x: $0.pauli.x, z: $0.pauli.z) } }
    // The identity's value is the squared norm, which rounding moves; see addProbabilities.
    let identity = PauliMask(x: 0, z: 0)
    let terms = try register.expectations(masks + [identity])
    let norm = terms[masks.count]
    var offset = 0
    var values = [Double]()
    for observable in request.observables {
      values.append(observable.terms.enumerated().reduce(0) { $0 + $1.element.coefficient * terms[offset + $1.offset] } / norm)
      offset += observable.terms.count
    }
    leaves.append((share, values))
  }

  /// The row's result, with the names and times the executor knows.
  func result(row: UInt32, hasOutcomes: Bool, device: String, precision: Precision, compile: Double, execute: Double)
    -> SimulationResult
  {
    SimulationResult(
      row: row, qubitCount: request.circuit.qubitCount, shots: request.shots, counts: request.shots == nil ? nil : counts,
      probabilities: request.wantsProbabilities ? probabilities : nil,
      expectations: expectations(isSampled: hasOutcomes && request.shots != nil),
      statevector: statevector, method: "statevector", device: device, precision: precision, discardedProbability: discarded,
      compileSeconds: compile, executeSeconds: execute)
  }

  /// The mean over leaves; its standard error if the leaves were drawn by shots.
  private func expectations(isSampled: Bool) -> [SimulationResult.Expectation] {
    request.observables.indices.map { index in
      let mean = leaves.reduce(0) { $0 + $1.weight * $1.values[index] }
      guard isSampled, let shots = request.shots, shots > 1 else { return .init(value: mean, standardError: 0) }
      let variance = leaves.reduce(0) { $0 + $1.weight * ($1.values[index] - mean) * ($1.values[index] - mean) }
      return .init(value: mean, standardError: (variance / Double(shots - 1)).squareRoot())
    }
  }
}
