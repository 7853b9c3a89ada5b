internal import Circuits
internal import Simulator

/// Times circuits from nothing to their state on one device, and what is read off the state.
struct CircuitBenchmark {
  /// What is timed of a circuit.
  enum Work: String, Hashable {
    /// Memory for the state, the plan, every pass, and the wait for the device.
    case evolution
    /// The same on a state that is there: reset instead of memory.
    case reusedState = "evolution_reused"
    /// The draws of all shots and their basis states.
    case samples
    /// The expectation values of all strings.
    case expectations
  }

  /// What was measured of one kind of work.
  struct Timing {
    var work: Work
    /// How many shots or strings; 1 for an evolution.
    var count = 1
    /// In ascending order, one or more.
    var seconds: [Double]
    /// The most memory that the process had resident meanwhile, the state included; nil where the system does not say.
    var peakByteCount: Int?

    /// The middle time; of an even number the lower of the two.
    var medianSeconds: Double { seconds[(seconds.count - 1) / 2] }
  }

  var precision: Precision
  /// Samples of each figure, after one run that is not counted.
  var repetitions: Int
  /// Whether runs on a state that is there are timed as well.
  var reusesState = false
  /// Shots to draw of the final state; nil for none.
  var shots: Int?
  /// Strings of the length of every circuit.
  var paulis: [PauliString] = []
  var seed: UInt64

  /// Times one circuit.
  ///
  /// - Throws: ``SimulatorError`` when the state does not fit or the device fails.
  func run<Register: StateRegister & ~Copyable>(
    _ circuit: PreparedCircuit, _ makeRegister: (Int, Precision) throws(SimulatorError) -> Register
  ) throws(SimulatorError) -> [Timing] {
    ResidentMemory.resetPeak()
    let evolution = try evolve(circuit, makeRegister)
    var timings = [Timing(work: .evolution, seconds: evolution, peakByteCount: ResidentMemory.peakByteCount)]
    guard reusesState || shots != nil || !paulis.isEmpty else { return timings }
    var register = PlannedRegister(try makeRegister(circuit.qubitCount, precision))
    if reusesState {
      let seconds = try sample { () throws(SimulatorError) in try circuit.run(on: &register) }
      timings.append(Timing(work: .reusedState, seconds: seconds, peakByteCount: ResidentMemory.peakByteCount))
    } else {
      try circuit.run(on: &register)
    }
    if let shots {
      let stream = RandomStream(seed: seed, circuit: 0, row: 0)
      let seconds = try sample { () throws(SimulatorError) in
        _ = try register.sample(stream.draws(shots: 0..<UInt32(shots), site: 0))
      }
      timings.append(Timing(work: .samples, count: shots, seconds: seconds, peakByteCount: ResidentMemory.peakByteCount))
    }
    if !paulis.isEmpty {
      let masks = paulis.map { PauliMask(x: $0.x, z: $0.z) }
      let seconds = try sample { () throws(SimulatorError) in _ = try register.expectations(masks) }
      timings.append(
        Timing(work: .expectations, count: masks.count, seconds: seconds, peakByteCount: ResidentMemory.peakByteCount))
    }
    return timings
  }

  /// Times of the whole way, each with memory of its own, which is given back after the clock has stopped.
  private func evolve<Register: StateRegister & ~Copyable>(
    _ circuit: PreparedCircuit, _ makeRegister: (Int, Precision) throws(SimulatorError) -> Register
  ) throws(SimulatorError) -> [Double] {
    let clock = ContinuousClock()
    var seconds = [Double]()
    for _ in 0...repetitions {
      let start = clock.now
      var register = PlannedRegister(try makeRegister(circuit.qubitCount, precision))
      try circuit.apply(to: &register)
      seconds.append((clock.now - start) / .seconds(1))
    }
    return seconds.dropFirst().sorted()
  }

  private func sample(_ body: () throws(SimulatorError) -> Void) throws(SimulatorError) -> [Double] {
    ResidentMemory.resetPeak()
    let clock = ContinuousClock()
    var seconds = [Double]()
    for _ in 0...repetitions {
      let start = clock.now
      try body()
      seconds.append((clock.now - start) / .seconds(1))
    }
    return seconds.dropFirst().sorted()
  }
}
