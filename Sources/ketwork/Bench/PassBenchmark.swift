internal import Circuits
internal import Simulator

/// Times each case on one register.
struct PassBenchmark {
  /// What was measured of one case.
  struct Timing {
    var pass: PassCase
    /// In ascending order, one or more, each of one pass and the wait for the device.
    var seconds: [Double]

    /// The middle time; of an even number the lower of the two.
    var medianSeconds: Double { seconds[(seconds.count - 1) / 2] }
  }

  var qubitCount: Int
  var precision: Precision
  var repetitions: Int
  var seed: UInt64

  /// One uncounted pass and the samples, case by case.
  ///
  /// The state is the uniform superposition, so that no amplitude is zero or denormal.
  func run<Register: StateRegister & ~Copyable>(
    on register: inout Register, progress: (Int, Int) -> Void
  ) throws(SimulatorError) -> [Timing] {
    try register.reset(to: 0)
    let half = Double(0.5).squareRoot()
    for qubit in 0..<qubitCount {
      try register.apply(.matrix([.init(half), .init(half), .init(half), .init(-half)], targets: [qubit], controls: .none))
    }
    let cases = PassCase.all(qubitCount: qubitCount, seed: seed)
    var timings = [Timing]()
    for (index, pass) in cases.enumerated() {
      progress(index, cases.count)
      try perform(pass.work, on: &register)
      var seconds = [Double]()
      for _ in 0..<repetitions {
        let clock = ContinuousClock()
        let start = clock.now
        try perform(pass.work, on: &register)
        seconds.append((clock.now - start) / .seconds(1))
      }
      timings.append(Timing(pass: pass, seconds: seconds.sorted()))
    }
    return timings
  }

  private func perform<Register: StateRegister & ~Copyable>(
    _ work: PassCase.Work, on register: inout Register
  ) throws(SimulatorError) {
    switch work {
    case .operation(let operation): try register.apply(operation)
    case .norm: _ = try register.normSquared()
    case .expectations(let paulis): _ = try register.expectations(paulis)
    case .samples(let count):
      let stream = RandomStream(seed: seed, circuit: 0, row: 0)
      _ = try register.sample(stream.draws(shots: 0..<UInt32(count), site: 0))
    }
    try register.synchronize()
  }
}
