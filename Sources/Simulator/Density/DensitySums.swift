internal import Circuits

/// Adds up what the histories of one row contribute; each state's trace is its history's probability.
struct DensitySums {
  private let request: SimulationRequest
  /// The observables whose values are those that are wanted: with shots, what is read of the request's.
  private let observables: [Observable]
  private let readout: [Circuit.Readout]
  /// The qubit whose measurement at the end sets each bit of an outcome, each qubit once; nil for bits that are set on the way.
  private let sources: [Int?]
  /// The classical bit of each bit of an outcome, where the circuit measures.
  private let outputBits: [Int]
  private var probabilities: [Double]
  private var expectations: [Double]
  private var outcomes: [UInt64: Double] = [:]
  private var weight = 0.0
  private(set) var historyCount = 0
  /// The device of the states.
  private var device = ""
  /// The probability of what was not followed.
  var discarded = 0.0

  /// - Throws: ``SimulatorError`` with code `limit_exceeded` for an observable that is too long to be misread.
  init(_ request: SimulationRequest, _ program: Program) throws(SimulatorError) {
    (self.request, readout) = (request, program.finalReadout)
    observables = try request.observablesAsRead()
    probabilities = Array(repeating: 0, count: request.wantsProbabilities ? 1 << request.circuit.qubitCount : 0)
    expectations = Array(repeating: 0, count: request.observables.count)
    if program.measures {
      outputBits = request.circuit.outputBits
      var measured = [Int: Int]()
      // A bit that is measured twice keeps the last value.
      for measurement in program.finalMeasurements { if let bit = measurement.bit { measured[bit] = measurement.qubit } }
      sources = outputBits.map { measured[$0] }
    } else {
      outputBits = Array(0..<request.circuit.qubitCount)
      sources = outputBits
    }
  }

  /// Adds the end of a history.
  mutating func add<Storage: DensityStorage & ~Copyable>(
    _ bits: [Bool], _ register: inout DensityRegister<Storage>
  ) throws(SimulatorError) {
    historyCount += 1
    device = register.deviceName
    weight += try register.trace()
    if request.wantsProbabilities {
      for (state, value) in try register.probabilities(of: Array(0..<request.circuit.qubitCount)).enumerated() {
        probabilities[state] += max(value, 0)
      }
    }
    for (index, observable) in observables.enumerated() {
      let values = try register.expectations(observable.terms.map { PauliMask(x: $0.pauli.x, z: $0.pauli.z) })
      expectations[index] += zip(observable.terms, values).reduce(0) { $0 + $1.0.coefficient * $1.1 }
    }
    if request.shots != nil { try addOutcomes(bits, &register) }
  }

  private mutating func addOutcomes<Storage: DensityStorage & ~Copyable>(
    _ bits: [Bool], _ register: inout DensityRegister<Storage>
  ) throws(SimulatorError) {
    var known: UInt64 = 0
    for (place, bit) in outputBits.enumerated() where sources[place] == nil && bits[bit] { known |= 1 << UInt64(place) }
    let places = sources.indices.filter { sources[$0] != nil }
    // Those that are misread together are measured together, though an outcome may show some of them only.
    var measured = sources.compactMap(\.self)
    for qubit in readout.flatMap(\.qubits) where !measured.contains(qubit) { measured.append(qubit) }
    for (state, value) in readout.spread(try register.probabilities(of: measured), over: measured).enumerated() where value > 0 {
      let outcome = places.enumerated().reduce(known) { $0 | UInt64(state >> $1.offset & 1) << UInt64($1.element) }
      outcomes[outcome, default: 0] += value
    }
  }

  /// The row's result but for its times.
  func result(_ random: RandomStream) -> SimulationResult {
    let total = probabilities.reduce(0, +)
    let read = request.circuit.readout.spread(probabilities, over: Array(0..<request.circuit.qubitCount))
    return SimulationResult(
      row: random.row, qubitCount: request.circuit.qubitCount, shots: request.shots, trajectories: nil,
      counts: request.shots.map { counts(shots: $0, random) },
      probabilities: request.wantsProbabilities ? read.map { $0 / total } : nil,
      expectations: expectations.map { .init(value: $0 / weight, standardError: 0) }, statevector: nil,
      method: SimulationMethod.densityMatrix.rawValue, device: device, precision: request.precision,
      discardedProbability: discarded, pruned: nil,
      compileSeconds: 0, executeSeconds: 0)
  }

  /// Draws shots from the outcomes, by inversion, in the order of their words.
  private func counts(shots: Int, _ random: RandomStream) -> Counts {
    let ascending = outcomes.sorted { $0.key < $1.key }
    let total = ascending.reduce(0) { $0 + $1.value }
    let draws = random.draws(shots: 0..<UInt32(shots), site: 0).sorted()
    var (states, counts, sum, next) = ([UInt64](), [UInt64](), 0.0, 0)
    for (index, outcome) in ascending.enumerated() {
      sum += outcome.value / total
      let isLast = index == ascending.count - 1 || sum >= 1
      let bound = isLast ? UInt64.max : RandomStream.bound(sum)
      let first = next
      while next < draws.count, isLast || draws[next] < bound { next += 1 }
      guard next > first else { continue }
      states.append(outcome.key)
      counts.append(UInt64(next - first))
    }
    return Counts(bitCount: outputBits.count, ascending: states, values: counts)
  }
}
